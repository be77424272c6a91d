// Times and dates in the reader's zone and language, and Slack's date formats.

import { state } from "./state.js";

const locale = navigator.language || "en";
const formatters = new Map();

/** A formatter takes milliseconds to make: each is made when it is first used. */
function formatter(options) {
  const key = JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale, options));
  return formatters.get(key);
}

const CLOCK = { hour: "numeric", minute: "2-digit" };
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const FULL = { dateStyle: "full", timeStyle: "medium" };

export const clockTime = (seconds) => formatter(CLOCK).format(seconds * 1000);
export const dayName = (seconds) => formatter(DAY).format(seconds * 1000);
export const fullTime = (seconds) => formatter(FULL).format(seconds * 1000);

/** "31 December 2023" from "2023-12-31": a day of the calendar, in no zone. */
export function calendarDay(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  if (!date) return iso;
  return formatter({ day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
}

const PIECES = {
  date_num: (at) => [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, "0")).join("-"),
  date: (at) => formatter({ dateStyle: "long" }).format(at),
  date_short: (at) => formatter({ dateStyle: "medium" }).format(at),
  date_long: (at) => formatter({ dateStyle: "full" }).format(at),
  time: (at) => formatter(CLOCK).format(at),
  time_secs: (at) => formatter({ timeStyle: "medium" }).format(at),
  ago: (at) => ago(at),
};

/** Slack's `{date_long} at {time}` for a moment. The `_pretty` forms say today, yesterday and tomorrow. */
export function slackDate(seconds, format) {
  const at = new Date(inStory(seconds) * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    const plain = name.replace(/_pretty$/, "");
    if (!PIECES[plain]) return whole;
    return (plain !== name && nearDay(at)) || PIECES[plain](at);
  });
}

/** A moment of the database, whose clock is the real one, as one of the demo, which is years before it. */
function inStory(seconds) {
  const { started, ahead } = state.clock;
  return Math.abs(ahead) > 2 * 86_400 && seconds >= started ? seconds + ahead : seconds;
}

function nearDay(at) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const apart = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
  return Math.abs(apart) <= 1 ? new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(apart, "day") : null;
}

function ago(at) {
  const minutes = Math.round((at - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}
