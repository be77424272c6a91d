// Rich text blocks: sections, lists, quotes, preformatted text, and the pieces in them.

import { el } from "../dom.js";
import { emoji } from "../emoji.js";
import { slackDate } from "../time.js";
import { channelMention, link, mention } from "./parts.js";
import { unknown, unknownInline } from "./unknown.js";

/** A rich_text block. */
export function richText(block) {
  return el("div", { class: "b-rich" }, (block.elements || []).map(part));
}

function part(element) {
  const pieces = element.elements || [];
  switch (element.type) {
    case "rich_text_section":
      return el("p", {}, pieces.map(piece));
    case "rich_text_list": {
      const ordered = element.style === "ordered";
      const list = el(ordered ? "ol" : "ul", { start: ordered && element.offset ? element.offset + 1 : null });
      list.classList.add(`indent-${Math.min(element.indent || 0, 8)}`);
      list.append(...pieces.map((row) => el("li", {}, row.type === "rich_text_section" ? row.elements.map(piece) : part(row))));
      return list;
    }
    case "rich_text_quote":
      return el("blockquote", {}, pieces.map(piece));
    case "rich_text_preformatted":
      return el("pre", {}, pieces.map(piece));
    default:
      return unknown("rich text", element);
  }
}

function piece(element) {
  return styled(bare(element), element.style || {});
}

function bare(element) {
  switch (element.type) {
    case "text":
      return el("span", { text: element.text });
    case "link":
      return link(element.url, element.text);
    case "emoji":
      return document.createTextNode(emoji(element.name) ?? `:${element.name}:`);
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return el("span", { class: "mention", text: `@${element.usergroup_id}` });
    case "broadcast":
      return el("span", { class: "mention", text: `@${element.range}` });
    case "date":
      return el("time", { title: element.fallback, text: slackDate(element.timestamp, element.format) });
    case "color":
      return el("code", { text: element.value });
    default:
      return unknownInline(element);
  }
}

function styled(node, style) {
  for (const [name, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}
