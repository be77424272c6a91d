// Moving time: to the next morning, when the bot may remind of a journal club, or to the first of the next month, when a new
// month stands on the blog and the bot shows it to its curator.

import * as api from "./api.js";
import { toast } from "./announce.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./state.js";
import { calendarDay } from "./time.js";

/** The day it is, and the buttons. `after()` is called when time has moved. */
export function clockBox(after) {
  const { today, can_move: movable, why } = state.clock;
  const button = el(
    "button",
    { type: "button", class: "side-button", disabled: !movable, title: movable ? state.clock.next : null, on: { click: () => move(button, after, toNextMonth) } },
    icon("calendar"),
    el("span", { text: "It is the first of next month" }),
  );
  const tomorrow = el(
    "button",
    { type: "button", class: "side-button", on: { click: () => move(tomorrow, after, toNextMorning) } },
    icon("calendar"),
    el("span", { text: "It is the next morning" }),
  );
  return el(
    "div",
    { class: "clock" },
    el("p", {}, "Today is ", el("time", { datetime: today, text: calendarDay(today) })),
    tomorrow,
    button,
    movable && el("p", { class: "side-quiet", text: `The blog has a new month then. PPRNet shows it to ${curator()}, who lets it out.` }),
    !movable && el("p", { class: "side-quiet", text: why || "The library holds no later month." }),
  );
}

/** The first of the people is the one whom the bot asks. */
const curator = () => state.people[0]?.name || "its curator";

async function toNextMonth() {
  const said = state.clock.next;
  await api.moveTime();
  toast(`${said}. The blog has a new month. In a few seconds PPRNet shows it to ${curator()} in a direct message: press Post there.`);
}

async function toNextMorning() {
  await api.moveDay();
  toast("It is nine in the morning of the next day. What PPRNet has to say comes in a few seconds.");
}

async function move(button, after, go) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await go();
    await after();
  } catch (error) {
    toast(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
