// Slack's mrkdwn as DOM nodes: *bold* _italic_ ~strike~ `code` ```pre``` > quote, <links>, <@people>, <#channels>, <!dates>.

import { el } from "../dom.js";
import { emoji } from "../emoji.js";
import { slackDate } from "../time.js";
import { channelMention, link, mention, unescape } from "./parts.js";

const WORD = "[\\p{L}\\p{N}_]";
const span = (mark) =>
  // Opened at a word's start, closed at a word's end, on one line; a <link> inside may hold the mark.
  `(?<!${WORD}|[${mark}])[${mark}](?!\\s)((?:<[^<>]*>|[^${mark}\\n])+?)(?<!\\s)[${mark}](?!${WORD}|[${mark}])`;
const INLINE = new RegExp(
  ["<([^<>\\n]+)>", "`([^`\\n]+)`", "(?<![\\w:]):([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?(?!\\w)", span("*"), span("_"), span("~")].join("|"),
  "gu",
);
const BARE = /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}"'”’]/g;

/** mrkdwn as nodes. `bareLinks`: addresses without brackets become links too, as in messages that people write. */
export function mrkdwn(text, { bareLinks = false } = {}) {
  const nodes = [];
  text.split(/```\n?([\s\S]+?)\n?```/).forEach((piece, at) => {
    if (at % 2) nodes.push(el("pre", { text: unescape(piece) }));
    else if (piece) nodes.push(...lines(at ? piece.replace(/^\n/, "") : piece, bareLinks));
  });
  return nodes;
}

function lines(text, bareLinks) {
  const nodes = [];
  let quote = null;
  let fresh = true; // nothing on the present line yet that would need a line break before it
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append(el("br"));
      else nodes.push((quote = el("blockquote")));
      quote.append(...inline(quoted[1], bareLinks));
      fresh = true;
      continue;
    }
    if (!fresh) nodes.push(el("br"));
    quote = null;
    nodes.push(...inline(line, bareLinks));
    fresh = false;
  }
  return nodes;
}

function inline(text, bareLinks) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...plain(text.slice(done, match.index), bareLinks));
    const [whole, bracket, code, shortcode, bold, italic, struck] = match;
    if (bracket !== undefined) nodes.push(bracketed(bracket));
    else if (code !== undefined) nodes.push(el("code", { text: unescape(code) }));
    else if (shortcode !== undefined) nodes.push(emoji(shortcode) ?? whole);
    else if (bold !== undefined) nodes.push(el("strong", {}, inline(bold, bareLinks)));
    else if (italic !== undefined) nodes.push(el("em", {}, inline(italic, bareLinks)));
    else nodes.push(el("s", {}, inline(struck, bareLinks)));
    done = match.index + whole.length;
  }
  nodes.push(...plain(text.slice(done), bareLinks));
  return nodes;
}

function plain(text, bareLinks) {
  if (!text) return [];
  if (!bareLinks) return [unescape(text)];
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(BARE)) {
    nodes.push(unescape(text.slice(done, match.index)), link(unescape(match[0]), null));
    done = match.index + match[0].length;
  }
  nodes.push(unescape(text.slice(done)));
  return nodes;
}

function bracketed(inside) {
  const cut = inside.indexOf("|");
  const target = unescape(cut < 0 ? inside : inside.slice(0, cut));
  const label = cut < 0 ? null : unescape(inside.slice(cut + 1));
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  const [kind, stamp, format, address] = target.split("^");
  if (kind === "!date") {
    const said = Number.isFinite(Number(stamp)) && format ? slackDate(Number(stamp), format) : label || "";
    return address ? link(address, said) : el("time", { title: label, text: said });
  }
  if (target.startsWith("!")) return el("span", { class: "mention", text: label || `@${kind.slice(1)}` });
  return link(target, label);
}
