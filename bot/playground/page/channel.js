// The middle of the page when a channel or the direct message is shown: its head, messages and composer.

import * as api from "./api.js";
import { toast } from "./announce.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { avatar } from "./render/parts.js";
import { refresh } from "./refresh.js";
import { placeName, shownChannel, state } from "./state.js";
import { welcome } from "./welcome.js";

export class ChannelPane {
  /** `openThread(ts)`, `openMenu()` (phone), `ask(suggestion)`, `after()` when something was sent. */
  constructor({ openThread, openMenu, ask, after }) {
    this.head = document.getElementById("place");
    this.dock = document.getElementById("composer");
    this.scroller = document.getElementById("list");
    this.menu = el("button", { type: "button", class: "icon-button menu-button", "aria-label": "Channels and people", on: { click: openMenu } }, icon("menu"));
    this.ask = ask;
    this.after = after;
    this.list = new MessageList(this.scroller, {
      press: (message, what) => this.#do(() => api.press(state.as, { message: this.#where(message), ...what })),
      act: (message, id) => this.#do(() => api.shortcut(state.as, id, this.#where(message))),
      openThread,
    });
    this.composer = new Composer(this.dock, { id: "composer", send: (text) => this.say(text), act: (id) => this.#do(() => api.shortcut(state.as, id)) });
  }

  /** Show the channel that the state names. */
  async show() {
    const channel = shownChannel();
    const name = `${state.as} ${channel.id}`;
    this.dock.hidden = false;
    this.#title(channel);
    if (this.list.name !== name) {
      this.list.reset(name);
      this.list.top.replaceChildren(welcome(channel, this.ask));
    }
    this.scroller.setAttribute("aria-label", `Messages in ${placeName(channel.id)}`);
    this.composer.aim(name, {
      label: `Message ${placeName(channel.id)}`,
      note: channel.kind === "dm" ? ["Ask in your own words. After an answer, type ", code("more"), " for the next one."] : [code(state.command.name), ": only you see the answer. ", code(`@${state.bot.name}`), ": everyone here does."],
    });
    await this.update();
  }

  /** Fetch and show what has changed in the channel. */
  update() {
    return refresh("channel", async () => {
      const channel = shownChannel();
      if (!channel) return;
      const name = `${state.as} ${channel.id}`;
      const { messages } = await api.fetchChannel(state.as, channel.id);
      if (this.list.name === name) this.list.show(messages.filter((message) => !message.deleted));
    });
  }

  /** Say something here. */
  async say(text) {
    await api.say(state.as, state.place.id, text);
    await this.after();
  }

  #title(channel) {
    const direct = channel.kind === "dm";
    this.head.replaceChildren(
      this.menu,
      el(
        "h1",
        { class: "place-name" },
        direct ? avatar(state.bot, "avatar-small") : icon(channel.private ? "lock" : "channel"),
        el("span", { text: direct ? state.bot.name : channel.name }),
      ),
      el("p", { class: "place-kind quiet", text: direct ? "Direct message with an app" : channel.private ? "Private channel" : "Channel" }),
    );
  }

  #where(message) {
    return { channel: state.place.id, ts: message.ts };
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

const code = (text) => el("code", { text });
