// Elements that hold a value: text inputs, selects, dates, boxes. Each is {node, read, focus}: `read` gives the value to send.

import { el, newId } from "../dom.js";
import { state } from "../state.js";
import { textNodes, words } from "./text.js";

const KINDS = {
  plain_text_input: textInput,
  email_text_input: (element, changed) => textInput(element, changed, "email"),
  url_text_input: (element, changed) => textInput(element, changed, "url"),
  number_input: (element, changed) => textInput(element, changed, "text"),
  static_select: (element, changed) => select(element, changed, optionGroups(element), element.initial_option?.value),
  conversations_select: (element, changed) => select(element, changed, conversations(element), element.initial_conversation),
  channels_select: (element, changed) => select(element, changed, publicChannels(), element.initial_channel),
  users_select: (element, changed) => select(element, changed, people(), element.initial_user),
  datepicker: (element, changed) => dateInput(element, changed, "date", element.initial_date),
  timepicker: (element, changed) => dateInput(element, changed, "time", element.initial_time),
  checkboxes: (element, changed) => boxes(element, changed, "checkbox"),
  radio_buttons: (element, changed) => boxes(element, changed, "radio"),
};

/** Whether this page can draw an element as a field. */
export const isField = (element) => Object.hasOwn(KINDS, element?.type);

/** A field. `changed` is called when a choice is made. */
export const field = (element, changed = () => {}) => KINDS[element.type](element, changed);

function simple(node, read) {
  return { node, control: node, read, focus: () => node.focus() };
}

function textInput(element, changed, type = "text") {
  const props = { class: "field", placeholder: words(element.placeholder) || null, maxlength: element.max_length };
  const node = element.multiline ? el("textarea", { ...props, rows: 4 }) : el("input", { ...props, type });
  node.value = element.initial_value ?? "";
  node.addEventListener("change", () => changed(node.value));
  return simple(node, () => node.value || null);
}

function dateInput(element, changed, type, initial) {
  const node = el("input", { class: "field", type });
  node.value = initial ?? "";
  node.addEventListener("change", () => changed(node.value));
  return simple(node, () => node.value || null);
}

function select(element, changed, groups, initial) {
  const node = el("select", { class: "field" });
  node.append(el("option", { value: "", text: words(element.placeholder) || "Choose one" }));
  for (const { label, options } of groups) {
    const made = options.map(({ value, text }) => el("option", { value, text }));
    node.append(...(label ? [el("optgroup", { label }, made)] : made));
  }
  if (initial && groups.some((group) => group.options.some((option) => option.value === initial))) node.value = initial;
  node.addEventListener("change", () => changed(node.value));
  return { ...simple(el("span", { class: "select" }, node), () => node.value || null), control: node, focus: () => node.focus() };
}

function boxes(element, changed, type) {
  const name = newId("choice");
  const chosen = new Set([...(element.initial_options || []), ...(element.initial_option ? [element.initial_option] : [])].map((each) => each.value));
  const inputs = element.options.map((option) => el("input", { type, name, value: option.value, checked: chosen.has(option.value) }));
  const read = () => {
    const values = inputs.filter((each) => each.checked).map((each) => each.value);
    return type === "checkbox" ? values : values[0] ?? null;
  };
  const rows = element.options.map((option, at) =>
    el("label", { class: "choice" }, inputs[at], el("span", {}, textNodes(option.text), option.description && el("span", { class: "quiet" }, textNodes(option.description)))),
  );
  const node = el("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", on: { change: () => changed(read()) } }, rows);
  return { ...simple(node, read), focus: () => inputs[0]?.focus() };
}

function optionGroups(element) {
  const plain = (options) => options.map((option) => ({ value: option.value, text: words(option.text) }));
  if (element.option_groups) return element.option_groups.map((group) => ({ label: words(group.label), options: plain(group.options) }));
  return [{ options: plain(element.options || []) }];
}

function conversations(element) {
  const wanted = element.filter?.include || ["public", "private", "im"];
  const fits = (channel) => {
    if (channel.kind === "dm") return wanted.includes("im") && !element.filter?.exclude_bot_users;
    if (channel.shared && element.filter?.exclude_external_shared_channels) return false;
    return wanted.includes(channel.private ? "private" : "public");
  };
  return [{ options: state.channels.filter(fits).map(choice) }];
}

const publicChannels = () => [{ options: state.channels.filter((each) => each.kind !== "dm" && !each.private).map(choice) }];

const people = () => [{ options: state.people.map((each) => ({ value: each.id, text: each.name })) }];

function choice(channel) {
  if (channel.kind === "dm") return { value: channel.id, text: state.bot.name };
  return { value: channel.id, text: `# ${channel.name}${channel.private ? " (private)" : ""}` };
}
