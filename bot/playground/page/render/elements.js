// Interactive elements outside input blocks: buttons, menus, and fields whose choice is sent at once.

import { ask } from "../confirm.js";
import { el } from "../dom.js";
import { field, isField } from "./fields.js";
import { words } from "./text.js";
import { unknown } from "./unknown.js";

/** An element of an actions block or a section's accessory. `surface.press({block_id, action_id, value})` sends the press. */
export function interactive(element, blockId, surface) {
  if (element.type === "button") return button(element, blockId, surface);
  if (element.type === "overflow") return overflow(element, blockId, surface);
  if (element.type === "image") return image(element);
  if (isField(element)) return choosing(element, blockId, surface);
  return unknown("element", element);
}

/** A picture: only its description is shown, since this page loads nothing from elsewhere. */
export const image = (element) => el("span", { class: "picture", role: "img", "aria-label": element.alt_text, text: element.alt_text || "Picture" });

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

function overflow(element, blockId, surface) {
  const options = element.options.map((option) => ({ ...option, text: option.text }));
  const { node, control } = field({ type: "static_select", placeholder: { type: "plain_text", text: "More" }, options }, async (value) => {
    if (!value || (element.confirm && !(await ask(element.confirm)))) return;
    await busy(control, () => surface.press({ block_id: blockId, action_id: element.action_id, value }));
    control.value = "";
  });
  control.setAttribute("aria-label", "More actions");
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
