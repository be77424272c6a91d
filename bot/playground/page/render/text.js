// Slack's text objects: plain_text and mrkdwn.

import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { unknownInline } from "./unknown.js";

/** The words of a plain_text object. */
export const words = (text) => (text?.emoji === false ? text.text : withEmoji(text?.text ?? ""));

/** A text object as nodes. */
export function textNodes(text) {
  if (text?.type === "mrkdwn") return mrkdwn(text.text, { bareLinks: !text.verbatim });
  if (text?.type !== "plain_text") return [unknownInline(text)];
  return words(text)
    .split("\n")
    .flatMap((line, at) => (at ? [el("br"), line] : [line]));
}
