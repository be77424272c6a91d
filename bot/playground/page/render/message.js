// One message: who, when, what, its blocks, and the way into its thread.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { menuButton } from "../menu.js";
import { shortcuts, state } from "../state.js";
import { clockTime, fullTime } from "../time.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./parts.js";

/**
 * `compact`: said by the same person just before, so without name and picture.
 * `press(message, what)` sends a press, `act(message, id)` uses a shortcut on it; `openThread(ts)`, where given, leads to the
 * thread.
 */
export function messageNode(message, { compact, press, act, openThread }) {
  const from = message.from;
  const moment = el("time", { title: fullTime(message.time), datetime: new Date(message.time * 1000).toISOString(), text: clockTime(message.time) });
  const head = el(
    "header",
    { class: compact ? "m-head visually-hidden" : "m-head" },
    el("strong", { class: "m-name", text: from.name }),
    from.bot && el("span", { class: "m-app", text: "App" }),
    moment,
  );
  const body = message.blocks?.length
    ? blocks(message.blocks, { press: (what) => press(message, what) })
    : el("div", { class: "m-text" }, mrkdwn(message.text || "", { bareLinks: true }));
  // A reply that is shown in the channel too leads to its thread.
  const above = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null;
  const article = el(
    "article",
    { class: `message${message.ephemeral ? " message-ephemeral" : ""}${compact ? " message-compact" : ""}`, tabindex: "-1", "aria-label": `${from.name}, ${clockTime(message.time)}` },
    message.ephemeral && el("p", { class: "m-private" }, icon("eye"), "Only visible to you"),
    el("div", { class: "m-side" }, compact ? el("span", { class: "m-hover-time", "aria-hidden": "true", text: clockTime(message.time) }) : avatar(from)),
    el(
      "div",
      { class: "m-main" },
      head,
      openThread && above && el("button", { type: "button", class: "m-replies", on: { click: () => openThread(above) } }, el("span", { class: "quiet", text: "Replied to a thread" })),
      (message.text || message.blocks?.length) && body,
      message.files?.map(file),
      message.edited && el("span", { class: "m-edited", text: "(edited)" }),
      openThread && message.reply_count > 0 && replies(message, openThread),
    ),
    // Slack has no shortcuts on what one person alone sees.
    !message.ephemeral && toolbar(message, act, openThread && (() => openThread(above || message.ts))),
  );
  article.dataset.ts = message.ts;
  return article;
}

/** A picture of an uploaded file, which opens in full size, with its description for those who do not see it; others by name. */
function file(each) {
  const source = `/api/files/${encodeURIComponent(each.id)}?${new URLSearchParams({ as: state.as })}`;
  const caption = el("figcaption", { class: "quiet", text: each.title });
  if (!each.picture) return el("figure", { class: "m-file" }, caption);
  const picture = el("img", { src: source, alt: each.alt || each.title });
  const whole = { href: source, target: "_blank", rel: "noopener noreferrer", title: "Open in full size" };
  return el("figure", { class: "m-file" }, el("a", whole, picture), caption);
}

function replies(message, openThread) {
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return el(
    "button",
    { type: "button", class: "m-replies", on: { click: () => openThread(message.ts) } },
    el("strong", { text: count }),
    el("span", { class: "quiet", text: "View thread" }),
  );
}

function toolbar(message, act, openThread) {
  const label = `Reply in thread to ${message.from.name}`;
  const items = shortcuts("message");
  return el(
    "div",
    { class: "m-tools" },
    openThread && el("button", { type: "button", class: "icon-button", title: "Reply in thread", "aria-label": label, on: { click: openThread } }, icon("reply")),
    items.length > 0 && menuButton({ label: "More actions", shape: "more", items, choose: (item) => act(message, item.id) }),
  );
}
