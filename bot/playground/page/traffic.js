// The traffic panel: each request between bot and Slack with its answer, as it was sent. Newest first.

import * as api from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { refresh } from "./refresh.js";
import { json } from "./render/json.js";

const MOST = 300; // entries shown on the page

export class TrafficPanel {
  /** `close()` is called by its button and by Escape. */
  constructor({ close }) {
    this.root = document.getElementById("traffic");
    this.last = 0;
    this.list = el("ol", { class: "traffic-list", reversed: true });
    this.empty = el("p", { class: "empty", text: "Nothing yet. Ask something, and every request and its answer will be listed here." });
    this.root.replaceChildren(
      el(
        "header",
        { class: "traffic-head" },
        el("h2", { id: "traffic-title", text: "Traffic between bot and Slack" }),
        el("p", { class: "quiet", text: "Every request, signed as Slack signs it. Tokens are masked." }),
        el("button", { type: "button", class: "icon-button", "aria-label": "Close traffic", title: "Close", on: { click: close } }, icon("close")),
      ),
      el("div", { class: "traffic-scroll", tabindex: "0", role: "region", "aria-label": "Requests" }, this.empty, this.list),
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  get shown() {
    return !this.root.hidden;
  }

  /** Show or hide it. */
  async toggle(shown = !this.shown) {
    this.root.hidden = !shown;
    if (shown) await this.update();
  }

  /** Fetch what is new, if it is shown. */
  update() {
    if (!this.shown) return Promise.resolve();
    return refresh("traffic", async () => {
      const { entries } = await api.fetchTraffic(this.last);
      for (const entry of entries.filter((each) => each.n > this.last)) {
        this.last = entry.n;
        this.list.prepend(row(entry));
      }
      while (this.list.children.length > MOST) this.list.lastChild.remove();
      this.empty.hidden = this.list.children.length > 0;
    });
  }
}

function row(entry) {
  const toBot = entry.direction === "to bot";
  const status = entry.answer?.status;
  const refusal = !toBot && entry.answer?.body?.ok === false ? String(entry.answer.body.error) : null;
  const details = el("details", { class: "traffic-entry" });
  details.append(
    el(
      "summary",
      {},
      el("span", { class: "traffic-time", text: stamp(entry.time) }),
      el("span", { class: `traffic-way ${toBot ? "traffic-in" : "traffic-out"}`, text: toBot ? "Slack → bot" : "bot → Slack" }),
      el("span", { class: "traffic-what", text: entry.what }),
      entry.signature && el("span", { class: `traffic-sign${entry.signature === "valid" ? "" : " traffic-bad"}`, text: `signature ${entry.signature}` }),
      refusal && el("span", { class: "traffic-sign traffic-bad", text: refusal }),
      el("span", { class: `traffic-status${status >= 400 || !status ? " traffic-bad" : ""}`, text: status ? String(status) : "no answer" }),
      el("span", { class: "traffic-ms", text: `${Math.round(entry.ms)} ms` }),
    ),
  );
  // Drawn when first opened: most entries never are.
  details.addEventListener("toggle", () => details.append(part("Request", entry.request), part("Answer", entry.answer)), { once: true });
  return el("li", {}, details);
}

const part = (name, value) => el("div", { class: "traffic-part" }, el("h3", { text: name }), json(value));

const stamp = (time) => (typeof time === "number" ? new Date(time * 1000).toLocaleTimeString([], { hour12: false }) : String(time));
