// Block Kit blocks as DOM nodes. `surface` is where they are shown: {press, inputs?}; a modal collects its inputs in `inputs`.

import { el, newId } from "../dom.js";
import { interactive } from "./elements.js";
import { field, isField } from "./fields.js";
import { richText } from "./richtext.js";
import { textNodes, words } from "./text.js";
import { unknown } from "./unknown.js";

/** Characters from which on a cell is a text, not a word or a number. */
const LONG_CELL = 60;

const KINDS = {
  header: (block) => el("h3", { class: "b-header" }, textNodes(block.text)),
  divider: () => el("hr", { class: "b-divider" }),
  rich_text: richText,
  section,
  context,
  actions: (block, surface) =>
    el("div", { class: "b-actions" }, block.elements.map((element) => interactive(element, block.block_id, surface))),
  input,
  table,
};

/** All blocks of a message or view. */
export function blocks(list, surface) {
  return el("div", { class: "blocks" }, list.map((block) => one(block, surface)));
}

function one(block, surface) {
  if (!Object.hasOwn(KINDS, block?.type)) return unknown("block", block);
  try {
    return KINDS[block.type](block, surface);
  } catch {
    return unknown("block (it is malformed)", block);
  }
}

function section(block, surface) {
  const body = el("div", { class: "b-text" });
  if (block.text) body.append(el("div", {}, textNodes(block.text)));
  if (block.fields) body.append(el("div", { class: "b-fields" }, block.fields.map((each) => el("div", {}, textNodes(each)))));
  return el(
    "div",
    { class: "b-section" },
    body,
    block.accessory && el("div", { class: "b-accessory" }, interactive(block.accessory, block.block_id, surface)),
  );
}

function table(block) {
  const settings = block.column_settings || [];
  const [head, ...rows] = block.rows;
  const row = (cells, scopeOf) => el("tr", {}, cells.map((each, at) => cell(each, scopeOf(each, at), settings[at] || {})));
  const named = (each, at) => (at === 0 && isBold(each) ? "row" : null);
  return el(
    "div",
    { class: "b-table", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, row(head, () => "col")), el("tbody", {}, rows.map((cells) => row(cells, named)))),
  );
}

/** A cell: plain text, a number, or rich text; with a scope ("col" or "row"), a header. */
function cell(each, scope, { align, is_wrapped: wrapped }) {
  const inside = each.type === "rich_text" ? richText(each) : String(each.text ?? each.value ?? "");
  const made = el(scope ? "th" : "td", { scope }, inside);
  const long = made.textContent.length > LONG_CELL;
  const kinds = [align && align !== "left" && `cell-${align}`, wrapped && "cell-wrapped", wrapped && long && "cell-long"];
  made.className = kinds.filter(Boolean).join(" ");
  return made;
}

/** Whether a cell begins with bold text: in front of a row that is its name. */
function isBold(each) {
  return Boolean(each.elements?.[0]?.elements?.[0]?.style?.bold);
}

function context(block) {
  return el(
    "div",
    { class: "b-context" },
    block.elements.map((element) => el("span", {}, textNodes(element))),
  );
}

function input(block, surface) {
  if (!surface.inputs) return unknown("block outside a form:", block);
  if (!isField(block.element)) return unknown("input", block.element);
  const id = newId("field");
  const made = field({ ...block.element, ...entered(surface, block) }, (value) => {
    if (block.dispatch_action) surface.press({ block_id: block.block_id, action_id: block.element.action_id, value });
  });
  const hint = block.hint && el("p", { class: "b-hint", id: `${id}-hint` }, textNodes(block.hint));
  const error = el("p", { class: "b-error", id: `${id}-error`, hidden: true });
  const label = el("label", { class: "b-label", for: id, id: `${id}-label` }, words(block.label), block.optional && el("span", { class: "quiet", text: " (optional)" }));
  made.control.id = id;
  if (made.control.getAttribute("role")) made.control.setAttribute("aria-labelledby", `${id}-label`);
  else if (!block.optional) made.control.setAttribute("aria-required", "true");
  describe(made.control, hint && hint.id);
  surface.inputs.push({
    blockId: block.block_id,
    actionId: block.element.action_id,
    optional: Boolean(block.optional),
    read: made.read,
    focus: made.focus,
    /** Show a complaint at the field, or take it away. */
    complain(sentence) {
      error.hidden = !sentence;
      error.textContent = sentence || "";
      made.control.toggleAttribute("aria-invalid", false);
      if (sentence) made.control.setAttribute("aria-invalid", "true");
      describe(made.control, [sentence && error.id, hint && hint.id].filter(Boolean).join(" "));
    },
  });
  return el("div", { class: "b-input" }, label, made.node, error, hint);
}

/** What was entered into a field before its view was updated, as the element's initial value. */
function entered(surface, block) {
  const entered = surface.state?.[block.block_id]?.[block.element.action_id] || {};
  const names = Object.entries(entered).filter(([name]) => name !== "type");
  return Object.fromEntries(names.map(([name, value]) => [`initial_${name.replace(/^selected_/, "")}`, value]));
}

function describe(node, ids) {
  if (ids) node.setAttribute("aria-describedby", ids);
  else node.removeAttribute("aria-describedby");
}
