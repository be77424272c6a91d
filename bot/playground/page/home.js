// The app's Home tab: what the bot has published for this person.

import * as api from "./api.js";
import { toast } from "./announce.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { refresh } from "./refresh.js";
import { blocks } from "./render/blocks.js";
import { avatar } from "./render/parts.js";
import { state } from "./state.js";

export class HomePane {
  /** `openMenu()` (phone); `after()` when something was pressed. */
  constructor({ openMenu, after }) {
    this.head = document.getElementById("place");
    this.scroller = document.getElementById("list");
    this.dock = document.getElementById("composer");
    this.menu = el("button", { type: "button", class: "icon-button menu-button", "aria-label": "Channels and people", on: { click: openMenu } }, icon("menu"));
    this.root = el("div", { class: "home" });
    this.after = after;
  }

  /** Show Home: notify the bot that it was opened, then draw what it has published. */
  async show() {
    this.dock.hidden = true;
    this.head.replaceChildren(this.menu, el("h1", { class: "place-name" }, avatar(state.bot, "avatar-small"), el("span", { text: state.bot.name })), el("p", { class: "place-kind quiet", text: "Home" }));
    this.scroller.setAttribute("aria-label", `Home of ${state.bot.name}`);
    this.scroller.replaceChildren(this.root);
    this.shown = null;
    await api.homeOpened(state.as);
    await this.update();
  }

  /** Fetch and draw the Home. */
  update() {
    return refresh("home", async () => {
      if (state.place?.kind !== "home") return;
      const { view } = await api.fetchHome(state.as);
      const version = JSON.stringify(view);
      if (version === this.shown) return;
      this.shown = version;
      const surface = { inputs: [], press: (what) => this.#press(view, what) };
      this.root.replaceChildren(el("h2", { class: "visually-hidden", text: "Home" }), view ? blocks(view.blocks, surface) : el("p", { class: "empty", text: `${state.bot.name} has not published a Home tab yet.` }));
    });
  }

  async #press(view, what) {
    try {
      await api.press(state.as, { view: view.id, ...what });
      await this.after();
    } catch (error) {
      toast(error.message);
    }
  }
}
