// The thread beside the channel: the parent message, its replies and a composer. On a phone it covers the page.

import * as api from "./api.js";
import { toast } from "./announce.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { refresh } from "./refresh.js";
import { channel, placeName, state } from "./state.js";

export class ThreadPane {
  /** `close()` is called by the button and by Escape; `after()` when something was sent. */
  constructor({ close, after }) {
    this.root = document.getElementById("thread");
    this.close = close;
    this.after = after;
    this.where = el("span", { class: "quiet" });
    const scroller = el("div", { class: "list", role: "region", tabindex: "0", "aria-label": "Messages in this thread" });
    const dock = el("div", { class: "dock" });
    this.root.replaceChildren(
      el(
        "header",
        { class: "place" },
        el("h2", { class: "place-name" }, el("span", { text: "Thread" }), this.where),
        el("button", { type: "button", class: "icon-button", "aria-label": "Close thread", title: "Close", on: { click: close } }, icon("close")),
      ),
      scroller,
      dock,
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    });
    this.list = new MessageList(scroller, {
      press: (message, what) => this.#do(() => api.press(state.as, { message: this.#at(message), ...what })),
      act: (message, id) => this.#do(() => api.shortcut(state.as, id, this.#at(message))),
    });
    this.composer = new Composer(dock, { id: "reply", commands: false, send: (text) => this.#say(text) });
  }

  /** Show the thread that the state names, or nothing. */
  async show() {
    this.root.hidden = !state.thread;
    if (!state.thread) {
      this.list.reset(null);
      return;
    }
    const name = threadName();
    if (this.list.name !== name) this.list.reset(name);
    const direct = channel(state.thread.channel)?.kind === "dm";
    this.where.textContent = placeName(state.thread.channel);
    this.composer.aim(name, {
      label: "Reply…",
      note: direct ? [] : ["To ask again, mention ", el("code", { text: `@${state.bot.name}` }), ". For the next answer: ", el("code", { text: `@${state.bot.name} more` }), "."],
    });
    await this.update();
  }

  /** Fetch and show what has changed in the thread. */
  update() {
    return refresh("thread", async () => {
      if (!state.thread) return;
      const name = threadName();
      const { messages } = await api.fetchThread(state.as, state.thread.channel, state.thread.ts);
      if (this.list.name !== name) return;
      if (!messages.length) {
        this.close(); // its first message was deleted
        return;
      }
      const shown = messages.filter((message) => !message.deleted);
      const count = shown.length - 1;
      this.list.show(shown, { days: false, between: count < 1 ? "No replies yet" : count === 1 ? "1 reply" : `${count} replies` });
    });
  }

  async #say(text) {
    if (text.startsWith("/")) throw new Error(`Slack has no commands in threads. Mention @${state.bot.name} instead.`);
    await api.say(state.as, state.thread.channel, text, state.thread.ts);
    await this.after();
  }

  #at(message) {
    return { channel: state.thread.channel, ts: message.ts };
  }

  async #do(work) {
    try {
      await work();
      await this.after();
    } catch (error) {
      toast(error.message);
    }
  }
}

const threadName = () => `${state.as} ${state.thread.channel} ${state.thread.ts}`;
