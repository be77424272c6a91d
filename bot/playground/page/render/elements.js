// Interactive elements outside input blocks: buttons, and fields whose choice is sent at once.

import { ask } from "../confirm.js";
import { el } from "../dom.js";
import { field, isField } from "./fields.js";
import { words } from "./text.js";
import { unknown } from "./unknown.js";

/** An element of an actions block or a section's accessory. `surface.press({block_id, action_id, value})` sends the press. */
export function interactive(element, blockId, surface) {
  if (element.type === "button") return button(element, blockId, surface);
  if (isField(element)) return choosing(element, blockId, surface);
  return unknown("element", element);
}

function button(element, blockId, surface) {
  const kind = element.style ? `button button-${element.style}` : "button";
  const node = el("button", { type: "button", class: kind, "aria-label": element.accessibility_label || null, text: words(element.text) });
  node.dataset.actionId = element.action_id;
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    if (element.confirm && !(await ask(element.confirm))) return;
    if (/^https?:\/\//i.test(element.url || "")) window.open(element.url, "_blank", "noopener,noreferrer");
    await busy(node, () => surface.press({ block_id: blockId, action_id: element.action_id, value: null }));
  });
  return node;
}

function choosing(element, blockId, surface) {
  const made = field(element, (value) =>
    busy(made.control, () => surface.press({ block_id: blockId, action_id: element.action_id, value })),
  );
  made.control.setAttribute("aria-label", words(element.placeholder) || "Choose");
  return made.node;
}

async function busy(node, work) {
  node.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    node.removeAttribute("aria-busy");
  }
}
