// What this page cannot draw, said plainly in a box: nothing is dropped.

import { el } from "../dom.js";

/** A box that names the type and shows its JSON on demand. */
export function unknown(what, thing) {
  return el(
    "div",
    { class: "unknown" },
    el("p", {}, `This playground cannot draw the ${what} `, el("code", { text: String(thing?.type ?? "without a type") }), ". Slack may."),
    el("details", {}, el("summary", { text: "Show its JSON" }), el("pre", { text: JSON.stringify(thing, null, 2) })),
  );
}

/** The same, inside a line of text. */
export const unknownInline = (thing) => el("span", { class: "unknown-inline", text: `[${String(thing?.type ?? "unknown")}]` });
