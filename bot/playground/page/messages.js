// A scrolling list of messages that changes in place: unchanged ones keep their nodes, so focus and menus stay.

import { announce } from "./announce.js";
import { el } from "./dom.js";
import { messageNode } from "./render/message.js";
import { mrkdwn } from "./render/mrkdwn.js";
import { state } from "./state.js";
import { dayName } from "./time.js";

const TOGETHER = 300; // seconds within which messages of one person share one heading

export class MessageList {
  /** `scroller` scrolls; `press(message, what)`; `act(message, id)`; `openThread(ts)` or null. */
  constructor(scroller, { press, act, openThread = null }) {
    this.scroller = scroller;
    this.options = { press, act, openThread };
    this.top = el("div", { class: "list-top" });
    this.rows = el("div", { class: "rows" });
    scroller.replaceChildren(this.top, this.rows);
    scroller.addEventListener("scroll", () => this.#notice(), { passive: true });
    const sized = new ResizeObserver(() => {
      if (!this.rows.isConnected) return; // Home is shown instead
      if (this.stuck) this.#toEnd();
      this.#notice(true);
    });
    sized.observe(scroller);
    sized.observe(this.rows); // a picture that has loaded makes its message longer
    sized.observe(this.top);
    this.reset(null);
  }

  /** Clear everything: another channel, thread or person is shown next. */
  reset(name) {
    this.name = name;
    this.known = null;
    this.stuck = false; // whether the end is in sight, and stays so when the list changes its size
    this.size = null; // not measured yet
    this.nodes = new Map();
    this.rows.replaceChildren();
    this.top.replaceChildren();
  }

  /** Show these messages. `between`, where given, is shown after the first one (a thread's count of replies). */
  show(messages, { days = true, between = null } = {}) {
    const first = this.known === null;
    const atEnd = this.#distance() < 80;
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.closest("article")?.dataset.ts : null;
    const rows = this.#rows(messages, days, between);
    this.#place(rows);
    if (focused && !this.rows.contains(document.activeElement)) this.#article(focused)?.focus({ preventScroll: true });
    const fresh = messages.filter((message) => !this.known?.has(message.ts));
    this.known = new Set(messages.map((message) => message.ts));
    if (first) {
      this.scroller.scrollTop = 0;
      const last = messages.at(-1);
      const inSight = !last || this.#topOf(last) < this.scroller.clientHeight * 0.4; // a short question above its answer
      if (!inSight && messages.some((message) => message.from.bot)) this.#reveal(last);
    } else if (fresh.length) {
      if (atEnd || fresh.some(concernsMe)) this.#reveal(fresh[0]);
      fresh.filter((message) => message.from.id !== state.as).forEach(say);
    } else if (atEnd) this.#toEnd();
    this.#notice(true);
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /**
   * Note whether the end is in sight. A scroll event does not count while the list's size differs from the one last
   * measured: it may only be a consequence of the change, or older. The ResizeObserver runs next and decides.
   */
  #notice(anySize = false) {
    const size = this.#size();
    if (anySize || size === this.size) this.stuck = this.#distance() < 80;
    if (anySize) this.size = size;
  }

  #size() {
    return [this.scroller.clientWidth, this.scroller.clientHeight, this.scroller.scrollHeight].join(" ");
  }

  #rows(messages, days, between) {
    const rows = [];
    let day = null;
    let before = null;
    for (const message of messages) {
      const today = dayName(message.time);
      if (days && today !== day) {
        rows.push([`day ${today}`, () => el("div", { class: "day" }, el("span", { text: today }))]);
        before = null;
      }
      day = today;
      const compact = Boolean(before) && goesWith(before, message);
      const key = JSON.stringify([message, compact]);
      rows.push([key, () => messageNode(message, { ...this.options, compact })]);
      before = message;
      if (between && rows.length === 1) {
        rows.push([`between ${between}`, () => el("div", { class: "day day-left" }, el("span", { text: between }))]);
        before = null;
      }
    }
    return rows;
  }

  #place(rows) {
    const nodes = new Map();
    for (const [key, make] of rows) nodes.set(key, this.nodes.get(key) || make());
    for (const [key, node] of this.nodes) if (!nodes.has(key)) node.remove();
    let at = this.rows.firstChild;
    for (const node of nodes.values()) {
      if (node === at) at = at.nextSibling;
      else this.rows.insertBefore(node, at);
    }
    this.nodes = nodes;
  }

  /** To the end, but never past the top of what is new: a long card is read from its title. */
  #reveal(message) {
    this.scroller.scrollTop += Math.min(this.#topOf(message) - 12, this.#distance());
  }

  /** How far below the list's upper edge a message begins. */
  #topOf(message) {
    const article = this.#article(message.ts);
    return article ? article.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top : Infinity;
  }

  #article(ts) {
    return [...this.rows.querySelectorAll("article")].find((each) => each.dataset.ts === ts) || null;
  }

  #distance() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }
}

function goesWith(before, message) {
  return (
    before.from.id === message.from.id &&
    before.ephemeral === message.ephemeral &&
    !message.ephemeral &&
    !message.blocks?.length &&
    !before.reply_count &&
    message.time - before.time < TOGETHER
  );
}

const concernsMe = (message) => message.ephemeral || message.from.id === state.as;

function say(message) {
  const lines = message.text.split("\n").map((line) => el("p", {}, mrkdwn(line)).textContent);
  const text = lines.join(" ");
  const said = text.length > 300 ? `${text.slice(0, 300)} …` : text;
  announce(`${message.ephemeral ? "Only visible to you. " : ""}${message.from.name}: ${said}`);
}
