// Modals: shows the top of the person's stack in a dialog that traps the focus, with its form and the errors at the fields.

import * as address from "./address.js";
import * as api from "./api.js";
import { announce } from "./announce.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { refresh } from "./refresh.js";
import { blocks } from "./render/blocks.js";
import { words } from "./render/text.js";
import { state } from "./state.js";

const REQUIRED = "Please complete this required field.";

export class Modals {
  /** `after()` is called when something was sent. */
  constructor({ after }) {
    this.root = document.getElementById("modal");
    this.after = after;
    this.shown = null; // what identifies the version on the screen
    this.top = null; // the view on the screen
    this.left = new Map(); // where a person was in each view when they pressed something: {action, scroll}
    this.sent = null; // the view that was submitted: what comes in its place is read from its top
    this.opener = null;
  }

  /** Fetch the stack and show its top. */
  update() {
    return refresh("views", async () => {
      const as = state.as;
      const { modals } = await api.fetchViews(as);
      if (as === state.as) this.#show(modals);
    });
  }

  #show(modals) {
    const view = modals.at(-1);
    if (!view) return this.#hide();
    const version = JSON.stringify([state.as, view.id, view.hash, view.blocks, modals.length]);
    if (version === this.shown) return undefined;
    if (!this.dialog) this.opener = document.activeElement;
    address.keepPage();
    this.shown = version;
    const scroll = this.dialog?.querySelector(".modal-body").scrollTop;
    this.#remove();
    this.#draw(view, modals.length);
    if (view.id !== this.top?.id) this.#comeBack(view.id);
    else if (view.id !== this.sent && isSamePage(view, this.top)) this.#stay(view.id, scroll);
    this.sent = null;
    this.top = view;
    return undefined;
  }

  /** Close what is on top, as its own button does; whether there is anything. */
  leave() {
    if (this.dialog) this.close();
    return Boolean(this.dialog);
  }

  #hide() {
    this.shown = null;
    this.top = null;
    this.left.clear();
    this.#remove();
    if (this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  #remove() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }

  /** Return to a view under others: restore its scroll position and the button that had the focus. */
  #comeBack(id) {
    const left = this.left.get(id);
    if (left) this.#stay(id, left.scroll);
  }

  /** Scroll a view to where it was and focus the button that was pressed, which stays in sight with what came of it. */
  #stay(id, scroll) {
    const action = this.left.get(id)?.action;
    this.left.delete(id);
    const button = [...this.dialog.querySelectorAll("[data-action-id]")].find((each) => each.dataset.actionId === action);
    button?.focus();
    this.dialog.querySelector(".modal-body").scrollTop = scroll;
    const block = button?.closest(".blocks > *");
    block?.previousElementSibling?.scrollIntoView({ block: "nearest" }); // often says what came of it
    block?.scrollIntoView({ block: "nearest" });
  }

  #draw(view, depth) {
    const inputs = [];
    const press = (what) => {
      this.sent = null;
      this.left.set(view.id, { action: what.action_id, scroll: this.dialog.querySelector(".modal-body").scrollTop });
      return this.#do(() => api.press(state.as, { view: view.id, values: valuesOf(inputs), ...what }));
    };
    const surface = { inputs, press, state: view.state?.values };
    let closing = false;
    const close = async () => {
      if (closing) return; // Escape, pressed twice: once is on its way
      closing = true;
      await this.#do(() => api.close(state.as, view.id));
      closing = false;
    };
    this.close = close;
    const leave = depth > 1 ? { label: "Back", shape: "back" } : { label: "Close", shape: "close" };
    this.trouble = el("p", { class: "modal-trouble", role: "alert", hidden: true });
    const body = el("div", { class: "modal-body", tabindex: "0", role: "region", "aria-label": "Contents" }, this.trouble, blocks(view.blocks, surface));
    const form = el(
      "form",
      { class: "modal-form", novalidate: true, autocomplete: "off" },
      el(
        "header",
        { class: "modal-head" },
        depth > 1 && el("button", { type: "button", class: "icon-button", "aria-label": leave.label, on: { click: close } }, icon(leave.shape)),
        el("h2", { id: "modal-title", text: words(view.title) }),
        depth === 1 && el("button", { type: "button", class: "icon-button", "aria-label": leave.label, on: { click: close } }, icon(leave.shape)),
      ),
      body,
      el(
        "footer",
        { class: "modal-foot" },
        el("button", { type: "button", class: "button", text: words(view.close) || (view.submit ? "Cancel" : "Close"), on: { click: close } }),
        view.submit && el("button", { type: "submit", class: "button button-primary", text: words(view.submit) }),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(view, inputs, form);
    });
    this.dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title" }, form);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // the server closes it, and says what is under it
      close();
    });
    this.dialog.addEventListener("keydown", keepFocus);
    this.root.append(this.dialog);
    this.dialog.showModal();
    const updated = view.id === this.top?.id; // what it says now is more than the field
    if (inputs.length && !updated) inputs[0].focus();
    else body.focus();
  }

  async #submit(view, inputs, form) {
    if (form.getAttribute("aria-busy") === "true") return;
    const values = valuesOf(inputs);
    const empty = (value) => value === null || value === "" || (Array.isArray(value) && !value.length);
    const missing = inputs.filter((input) => !input.optional && empty(input.read()));
    if (this.#complain(inputs, Object.fromEntries(missing.map((input) => [input.blockId, REQUIRED])))) return;
    form.setAttribute("aria-busy", "true");
    await this.#do(async () => {
      this.sent = view.id;
      const { errors } = await api.submit(state.as, view.id, values);
      if (errors && Object.keys(errors).length) this.sent = null;
      this.#complain(inputs, errors || {});
    });
    form.removeAttribute("aria-busy");
  }

  /** Show complaints at their fields; whether there are any. */
  #complain(inputs, errors) {
    for (const input of inputs) input.complain(errors[input.blockId] || "");
    const first = inputs.find((input) => errors[input.blockId]);
    first?.focus();
    if (first) announce(errors[first.blockId]);
    return Boolean(first);
  }

  async #do(work) {
    try {
      await work();
      await this.after();
    } catch (error) {
      if (!this.dialog) return;
      this.trouble.hidden = false;
      this.trouble.textContent = error.message;
    }
  }
}

/** What is entered in the fields: Slack sends it with every press in a modal too. */
function valuesOf(inputs) {
  const values = {};
  for (const input of inputs) (values[input.blockId] ||= {})[input.actionId] = input.read();
  return values;
}

/** Whether a view was only changed in part: half of its blocks are as before. A next page of a list is read from its top. */
function isSamePage(view, before) {
  const content = (block) => JSON.stringify({ ...block, block_id: null }); // Slack gives blocks new names at every change
  const known = new Set(before.blocks.map(content));
  return view.blocks.filter((block) => known.has(content(block))).length * 2 >= view.blocks.length;
}

/** Tab goes round inside the dialog. */
function keepFocus(event) {
  if (event.key !== "Tab") return;
  const all = [...event.currentTarget.querySelectorAll("button, input, select, textarea, a[href], summary, [tabindex='0']")];
  const able = all.filter((node) => !node.disabled && node.checkVisibility());
  const edge = event.shiftKey ? able[0] : able.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? able.at(-1) : able[0]).focus();
}
