// Moving time: to tomorrow morning, when a journal club's reminder may be due, or to the 1st of the next month, when the blog
// has new summaries and the bot sends them to its curator.

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
    el("span", { text: "Skip to the 1st of next month" }),
  );
  const tomorrow = el(
    "button",
    { type: "button", class: "side-button", on: { click: () => move(tomorrow, after, toNextMorning) } },
    icon("calendar"),
    el("span", { text: "Skip to tomorrow morning" }),
  );
  return el(
    "div",
    { class: "clock" },
    el("p", {}, "Today is ", el("time", { datetime: today, text: calendarDay(today) })),
    tomorrow,
    button,
    movable && el("p", { class: "side-quiet", text: `${why ? `${why} ` : ""}New summaries appear on the blog then. PPRNet sends them to ${curator()}, who approves them.` }),
    !movable && el("p", { class: "side-quiet", text: why || "The library has no later months." }),
  );
}

/** The first of the people is the curator. */
const curator = () => state.people[0]?.name || "the curator";

async function toNextMonth() {
  const date = state.clock.next;
  await api.moveTime();
  toast(`${date}. The blog has new summaries. In a few seconds PPRNet sends them to ${curator()} in a direct message: press Post there.`);
}

async function toNextMorning() {
  await api.moveDay();
  toast("It is now 9 o’clock the next morning. Any reminders from PPRNet arrive in a few seconds.");
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
