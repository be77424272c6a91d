// Small things inside texts: links, mentions, avatars.

import { el } from "../dom.js";
import { nameOf, placeName, state } from "../state.js";

/** Slack's three entities undone. */
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A link that opens elsewhere; an address that is neither web nor mail stays text. */
export function link(address, label) {
  const said = label || address.replace(/^mailto:/, "");
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return document.createTextNode(said);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: said });
}

/** A mention of a person. */
export function mention(id, label) {
  const self = id === state.as;
  return el("span", { class: self ? "mention mention-self" : "mention", text: `@${nameOf(id) || label || id}` });
}

/** #somewhere. */
export function channelMention(id, label) {
  const known = state.channels.some((each) => each.id === id);
  return el("span", { class: "mention", text: known ? placeName(id) : `#${label || id}` });
}

/** The square with a person's initials, in ink that can be read on their colour. */
export function avatar(who, size = "") {
  const square = el("span", { class: `avatar ${size}`, "aria-hidden": "true", text: who.initials || (who.name || "?").slice(0, 1) });
  square.style.backgroundColor = who.color || "#5c6b6a";
  square.classList.toggle("avatar-dark-ink", isLight(who.color));
  return square;
}

function isLight(color) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color || "");
  if (!hex) return false;
  const [r, g, b] = hex.slice(1).map((part) => {
    const share = parseInt(part, 16) / 255;
    return share <= 0.04 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18;
}
