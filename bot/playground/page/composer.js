// The box to write in: Enter sends, Shift+Enter makes a new line, and a list completes commands and mentions.

import { announce } from "./announce.js";
import { complete } from "./completion.js";
import { el, newId } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { shortcuts } from "./state.js";

export class Composer {
  /** `send(text)` resolves when it was sent, and rejects with a sentence to show; `act(id)`, where given, uses a shortcut. */
  constructor(root, { id = newId("composer"), send, act = null, commands = true }) {
    this.send = send;
    this.act = act;
    this.commands = commands;
    this.drafts = new Map();
    this.key = null;
    this.offer = null;
    this.active = -1;
    this.underWay = 0; // a message may be sent while the one before still is, as in Slack
    const list = `${id}-list`;
    this.error = el("p", { class: "composer-error", role: "alert", hidden: true });
    this.list = el("ul", { class: "completion-options", id: list, role: "listbox", "aria-label": "Suggestions" });
    this.head = el("p", { class: "completion-head" });
    this.popup = el("div", { class: "completion", hidden: true }, this.head, this.list);
    this.area = el("textarea", {
      class: "composer-text",
      id: `${id}-text`,
      rows: 1,
      maxlength: 4000,
      autocomplete: "off",
      "aria-autocomplete": "list", // a textarea may not be a combobox; the list is said when it opens
      "aria-haspopup": "listbox",
      "aria-controls": list,
      on: {
        input: () => this.#changed(),
        keydown: (event) => this.#key(event),
        blur: () => this.#offer(null),
      },
    });
    this.button = el("button", { type: "submit", class: "composer-send", "aria-label": "Send", title: "Send", disabled: true }, icon("send"));
    this.note = el("p", { class: "composer-note" });
    this.form = el("form", { class: "composer", autocomplete: "off", on: { submit: (event) => this.#submit(event) } }, this.area, this.button);
    this.menu = null; // the shortcuts, once it is known which there are
    root.replaceChildren(el("div", { class: "composer-wrap" }, this.popup, this.error, this.form, this.note));
  }

  /** Write to another place; the draft of the last one is saved. */
  aim(key, { label, note = "" }) {
    this.note.replaceChildren(...[note].flat());
    this.area.placeholder = label;
    this.area.setAttribute("aria-label", label);
    const items = this.act && !this.menu ? shortcuts("global") : [];
    if (items.length) {
      this.menu = menuButton({ label: "Shortcuts", shape: "bolt", items, choose: (item) => this.act(item.id) });
      this.form.prepend(this.menu);
    }
    if (key === this.key) return;
    if (this.key !== null) this.drafts.set(this.key, this.area.value);
    this.key = key;
    this.#complain("");
    this.#set(this.drafts.get(key) || "");
    this.#offer(null);
  }

  /** Put the cursor into the box. */
  focus() {
    this.area.focus();
  }

  #set(text) {
    this.area.value = text;
    this.#fit();
  }

  #changed() {
    this.#complain("");
    this.#fit();
    const atEnd = this.area.selectionStart === this.area.value.length;
    this.#offer(atEnd ? complete(this.area.value, { commands: this.commands }) : null);
  }

  #fit() {
    this.button.disabled = !this.area.value.trim();
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, 180)}px`;
  }

  #offer(offer) {
    const had = Boolean(this.offer);
    this.offer = offer;
    this.active = offer?.preselect ? 0 : -1;
    this.popup.hidden = !offer;
    if (offer) {
      if (!had) announce(`${offer.options.length} suggestions. Choose with the arrow keys, accept with Enter, close with Escape.`);
      this.head.replaceChildren(el("strong", { text: offer.title }), ` ${offer.hint || ""}`);
      this.list.replaceChildren(...offer.options.map((option, at) => this.#option(option, at)));
    } else {
      this.list.replaceChildren();
    }
    this.#mark();
  }

  #option(option, at) {
    const pick = (event) => {
      event.preventDefault(); // before the box loses focus, which would close the list
      this.#pick(at);
    };
    return el(
      "li",
      { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false", on: { mousedown: pick } },
      el("span", { class: "completion-label", text: option.label }),
      " ",
      el("span", { class: "quiet", text: option.description }),
    );
  }

  #mark() {
    [...this.list.children].forEach((node, at) => {
      node.setAttribute("aria-selected", String(at === this.active));
      if (at === this.active) node.scrollIntoView({ block: "nearest" });
    });
    if (this.active >= 0) this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.area.removeAttribute("aria-activedescendant");
  }

  #pick(at) {
    const { from, options } = this.offer;
    this.#set(this.area.value.slice(0, from) + options[at].insert);
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.#changed();
    if (this.offer?.preselect) this.#offer(null);
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // confirms what an input method offers (Safari says so late)
    if (this.offer && this.#keyInList(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  /** Whether the list took the key. */
  #keyInList(event) {
    const count = this.offer.options.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
      this.#mark();
      return true;
    }
    if (event.key === "Escape") {
      this.#offer(null);
      return true;
    }
    if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.active >= 0) {
      this.#pick(this.active);
      return true;
    }
    return false;
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.area.value.trim();
    if (!text) return;
    const key = this.key;
    this.underWay += 1;
    this.#set("");
    this.#offer(null);
    this.form.setAttribute("aria-busy", "true");
    try {
      await this.send(text);
    } catch (error) {
      if (this.key === key && !this.area.value) this.#set(text);
      else this.drafts.set(key, text);
      this.#complain(error.message);
    } finally {
      this.underWay -= 1;
      if (!this.underWay) this.form.removeAttribute("aria-busy");
    }
  }

  #complain(sentence) {
    this.error.hidden = !sentence;
    this.error.textContent = sentence;
  }
}
