// Elements that have a value: text inputs, menus, dates, radio buttons. Each is {node, read, focus}: `read` gives the value to send.

import { el, newId } from "../dom.js";
import { state } from "../state.js";
import { textNodes, words } from "./text.js";

const KINDS = {
  plain_text_input: textInput,
  conversations_select: conversationsSelect,
  datepicker,
  radio_buttons: radioButtons,
  static_select: staticSelect,
  multi_static_select: multiSelect,
};

/** Whether this page can draw an element as a field. */
export const isField = (element) => Object.hasOwn(KINDS, element?.type);

/** A field. `changed` is called when a choice is made. */
export const field = (element, changed = () => {}) => KINDS[element.type](element, changed);

function simple(node, read) {
  return { node, control: node, read, focus: () => node.focus() };
}

function textInput(element, changed) {
  const props = { class: "field", placeholder: words(element.placeholder) || null, maxlength: element.max_length };
  const node = element.multiline ? el("textarea", { ...props, rows: rowsFor(element.initial_value) }) : el("input", { ...props, type: "text" });
  node.value = element.initial_value ?? "";
  node.addEventListener("change", () => changed(node.value));
  return simple(node, () => node.value || null);
}

/** Rows for a text, where a browser cannot fit a field to what is typed (blocks.css). */
function rowsFor(text) {
  const lines = (text ?? "").split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 55)), 0);
  return Math.min(Math.max(lines, 2), 16);
}

function datepicker(element, changed) {
  const node = el("input", { class: "field", type: "date" });
  node.value = element.initial_date ?? "";
  node.addEventListener("change", () => changed(node.value));
  return simple(node, () => node.value || null);
}

function conversationsSelect(element, changed) {
  const options = conversations(element);
  const initial = options.some((option) => option.value === element.initial_conversation) && element.initial_conversation;
  return select(element, options.map(({ value, text }) => el("option", { value, text })), initial, changed);
}

function staticSelect(element, changed) {
  const listed = (options) => options.map((option) => el("option", { value: option.value, text: words(option.text) }));
  const children = element.option_groups
    ? element.option_groups.map((group) => el("optgroup", { label: words(group.label) }, listed(group.options)))
    : listed(element.options);
  return select(element, children, element.initial_option?.value, changed);
}

function select(element, children, initial, changed) {
  const node = el("select", { class: "field" });
  node.append(el("option", { value: "", text: words(element.placeholder) || "Choose one" }), ...children);
  if (initial) node.value = initial;
  node.addEventListener("change", () => changed(node.value));
  return { ...simple(el("span", { class: "select" }, node), () => node.value || null), control: node, focus: () => node.focus() };
}

function radioButtons(element, changed) {
  const name = newId("choice");
  const chosen = element.initial_option?.value;
  const inputs = element.options.map((option) => el("input", { type: "radio", name, value: option.value, checked: option.value === chosen }));
  const read = () => inputs.find((each) => each.checked)?.value ?? null;
  const rows = element.options.map((option, at) =>
    el("label", { class: "choice" }, inputs[at], el("span", {}, textNodes(option.text), option.description && el("span", { class: "quiet" }, textNodes(option.description)))),
  );
  const node = el("div", { class: "choices", role: "radiogroup", on: { change: () => changed(read()) } }, rows);
  return { ...simple(node, read), focus: () => inputs[0]?.focus() };
}

function multiSelect(element, changed) {
  const chosen = new Set((element.initial_options || []).map((option) => option.value));
  const all = element.options || element.option_groups.flatMap((group) => group.options);
  const options = [...all].sort((one, other) => chosen.has(other.value) - chosen.has(one.value)); // Slack shows what is chosen first
  const inputs = options.map((option) => el("input", { type: "checkbox", value: option.value, checked: chosen.has(option.value) }));
  const read = () => inputs.filter((each) => each.checked).map((each) => each.value);
  const rows = options.map((option, at) => el("label", { class: "choice" }, inputs[at], el("span", {}, textNodes(option.text))));
  const node = el("div", { class: "field choices choices-many", role: "group", tabindex: "0", on: { change: () => changed(read()) } }, rows);
  return { ...simple(node, read), focus: () => inputs[0]?.focus() };
}

function conversations(element) {
  const wanted = element.filter?.include || ["public", "private", "im"];
  const fits = (channel) => {
    if (channel.kind === "dm") return wanted.includes("im") && !element.filter?.exclude_bot_users;
    if (channel.shared && element.filter?.exclude_external_shared_channels) return false;
    return wanted.includes(channel.private ? "private" : "public");
  };
  return state.channels.filter(fits).map(choice);
}

function choice(channel) {
  if (channel.kind === "dm") return { value: channel.id, text: state.bot.name };
  return { value: channel.id, text: `# ${channel.name}${channel.private ? " (private)" : ""}` };
}
