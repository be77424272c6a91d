// The start of a channel or direct message: what this is, and questions to click. An empty channel shows only this.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./render/parts.js";
import { channel, state } from "./state.js";

const WHAT = "This is a practice workspace on your own computer, with the real PPRNet bot in it. Nothing you type leaves this computer.";

/** The welcome section of a channel or direct message. `ask(suggestion)` is called with the question that was clicked. */
export function welcome(place, ask) {
  const direct = place.kind === "dm";
  const title = direct ? state.bot.name : place.name;
  const line = direct
    ? `This is your direct message with ${state.bot.name}. Ask in your own words. Nobody else can read this.`
    : place.private
      ? `This is the start of #${place.name}, a private channel. Only its members can see it.`
      : `This is the start of #${place.name}.`;
  return el(
    "section",
    { class: "welcome", "aria-label": "About this place" },
    el("div", { class: "welcome-mark" }, direct ? avatar(state.bot, "avatar-large") : icon(place.private ? "lock" : "channel")),
    el("h2", { text: title }),
    el("p", { text: line }),
    el("p", { class: "welcome-what", text: WHAT }),
    state.suggestions.length > 0 && suggestions(ask),
  );
}

function suggestions(ask) {
  const buttons = state.suggestions.map((each) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "suggestion", on: { click: (event) => press(event.currentTarget, each, ask) } },
        el("span", { class: "suggestion-text", text: each.text }),
        " ",
        el("span", { class: "suggestion-who quiet", text: audience(each) }),
      ),
    ),
  );
  return el("div", { class: "suggestions" }, el("p", { id: "try", text: "Try one of these:" }), el("ul", { "aria-labelledby": "try" }, buttons));
}

/** Who sees the answer. */
function audience(suggestion) {
  if (suggestion.text.startsWith("/")) return "Only you see the answer";
  return channel(suggestion.channel)?.kind === "dm" ? "In a direct message" : "Everyone in the channel sees the answer";
}

async function press(button, suggestion, ask) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await ask(suggestion);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
