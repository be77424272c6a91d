// The confirmation dialog that a button may ask for before it acts.

import { el, newId } from "./dom.js";
import { textNodes, words } from "./render/text.js";

/** Ask; resolves to whether the answer was yes. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const title = newId("confirm");
    const dialog = el("dialog", { class: "modal modal-small", "aria-labelledby": title });
    const answer = (value) => () => dialog.close(value);
    dialog.append(
      el("header", { class: "modal-head" }, el("h2", { id: title, text: words(confirm.title) })),
      el("div", { class: "modal-body" }, el("p", {}, textNodes(confirm.text))),
      el(
        "footer",
        { class: "modal-foot" },
        el("button", { type: "button", class: "button", text: words(confirm.deny), on: { click: answer("no") } }),
        el("button", { type: "button", class: `button button-${confirm.style || "primary"}`, text: words(confirm.confirm), on: { click: answer("yes") } }),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
