// The beginning of a channel, direct message or thread: what this is, and questions to click. It is also the empty form.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./render/parts.js";
import { channel, state } from "./state.js";

const WHAT = "This is a practice workspace on your own computer, with the real PPRNet bot in it. Nothing you type leaves this machine.";

/** The head of a channel or of the direct message. `ask(suggestion)` is called with the question that was clicked. */
export function welcome(place, ask) {
  const direct = place.kind === "dm";
  const title = direct ? state.bot.name : place.name;
  const line = direct
    ? `This is your direct message with ${state.bot.name}. Write to it in your own words; only the two of you read this.`
    : place.private
      ? `This is the beginning of #${place.name}, a private channel: only its members see it.`
      : `This is the beginning of #${place.name}.`;
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

/** Who will see the answer. */
function audience(suggestion) {
  if (suggestion.text.startsWith("/")) return "Only you see the answer";
  return channel(suggestion.channel)?.kind === "dm" ? "A direct message to the bot" : "The team sees the answer";
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
