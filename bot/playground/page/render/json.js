// Pretty-printed JSON with keys and values in different colours.

import { el } from "../dom.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A value as a block of JSON. */
export function json(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "";
  const pre = el("pre", { class: "json", tabindex: "0" });
  let done = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    const kind = colon ? "json-key" : string ? "json-string" : word ? "json-word" : "json-number";
    pre.append(text.slice(done, match.index), el("span", { class: kind, text: string ?? whole }), colon ?? "");
    done = match.index + whole.length;
  }
  pre.append(text.slice(done));
  return pre;
}
