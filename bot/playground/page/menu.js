// A button that opens a small menu, such as the shortcuts of an app: arrow keys move, Enter chooses, Escape closes.

import { el, newId } from "./dom.js";
import { icon } from "./icons.js";

/** `items`: {label, note}; `choose(item)` is called once the menu is closed and the button has the focus again. */
export function menuButton({ label, shape, items, choose }) {
  const name = newId("menu");
  const entries = items.map((item) =>
    el(
      "button",
      { type: "button", role: "menuitem", tabindex: "-1", on: { click: () => take(item) } },
      el("span", { class: "menu-label", text: item.label }),
      item.note && el("span", { class: "quiet", text: item.note }),
    ),
  );
  const menu = el("div", { class: "menu", id: name, role: "menu", "aria-label": label, popover: "auto" }, entries);
  const opener = el(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": name },
    icon(shape),
  );

  const leave = () => {
    menu.hidePopover();
    opener.focus();
  };
  const take = (item) => {
    leave();
    choose(item);
  };
  opener.addEventListener("click", () => {
    menu.showPopover();
    place(menu, opener);
    entries[0].focus();
  });
  menu.addEventListener("toggle", (event) => opener.setAttribute("aria-expanded", String(event.newState === "open")));
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    if (to !== undefined) entries[to % entries.length].focus();
    else if (event.key === "Escape") leave();
    else if (event.key === "Tab") return menu.hidePopover(); // the focus goes on from where it is
    else return undefined;
    event.preventDefault();
    event.stopPropagation(); // a thread would close at Escape too
    return undefined;
  });
  return el("div", { class: "menu-root" }, opener, menu);
}

/** Beside the button, where there is room on the screen. */
function place(menu, opener) {
  const at = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4;
  menu.style.top = `${below + height < innerHeight ? below : Math.max(4, at.top - height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
}
