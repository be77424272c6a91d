// The sidebar: the workspace, its channels, the direct message and Home of the bot; below, the playground's own controls.

import { clockBox } from "./clock.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { peopleSwitch } from "./people.js";
import { avatar } from "./render/parts.js";
import { state } from "./state.js";

const root = document.getElementById("sidebar");
let drawn = "";

/** Draw it, unless it would look the same. `actions`: go(place), become(id), toggleTraffic(), trafficShown(), moved(). Focus stays where it was. */
export function drawSidebar(actions) {
  const version = JSON.stringify([state.as, state.team, state.people, state.channels, state.bot, state.clock, state.homeEnabled, state.place, actions.trafficShown()]);
  if (version === drawn) return;
  drawn = version;
  const focused = root.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  const channels = state.channels.filter((each) => each.kind !== "dm");
  const direct = state.channels.filter((each) => each.kind === "dm");
  root.replaceChildren(
    el("div", { class: "workspace" }, el("strong", { text: state.team }), el("span", { class: "workspace-kind", text: "Playground" })),
    el(
      "div",
      { class: "side-scroll" },
      group("Channels", channels.length ? channels.map((each) => entry(each, icon(each.private ? "lock" : "channel"), each.name, actions, each.shared ? "Shared" : "")) : empty("No channels")),
      group("Direct messages", direct.map((each) => entry(each, avatar(state.bot, "avatar-tiny"), state.bot.name, actions, "App"))),
      state.homeEnabled && group("Apps", [home(actions)]),
    ),
    keyed("controls", el("div", { class: "side-foot" }, peopleSwitch(actions.become), clockBox(actions.moved), trafficButton(actions))),
  );
  if (focused) focusAgain(focused);
}

function group(name, entries) {
  return el("section", { class: "side-group" }, el("h2", { text: name }), el("ul", {}, entries));
}

const empty = (sentence) => el("li", { class: "side-quiet", text: sentence });

function entry(channel, mark, name, actions, kind = "") {
  const here = state.place?.kind === "channel" && state.place.id === channel.id;
  const unread = here ? 0 : channel.unread;
  const go = () => actions.go({ kind: "channel", id: channel.id });
  return el(
    "li",
    {},
    keyed(
      channel.id,
      el(
        "button",
        { type: "button", class: `side-entry${unread ? " side-unread" : ""}`, "aria-current": here ? "page" : null, on: { click: go } },
        mark,
        el("span", { class: "side-name", text: name }),
        kind && el("span", { class: "side-kind", text: kind }),
        channel.private && !kind && el("span", { class: "visually-hidden", text: "(private)" }),
        unread > 0 && el("span", { class: "badge" }, String(unread), el("span", { class: "visually-hidden", text: " unread" })),
      ),
    ),
  );
}

function home(actions) {
  const here = state.place?.kind === "home";
  const props = { type: "button", class: "side-entry", "aria-current": here ? "page" : null, on: { click: () => actions.go({ kind: "home" }) } };
  return el("li", {}, keyed("home", el("button", props, icon("home"), el("span", { class: "side-name", text: `${state.bot.name} Home` }))));
}

function trafficButton(actions) {
  const props = { type: "button", class: "side-button", "aria-pressed": String(actions.trafficShown()), "aria-controls": "traffic", on: { click: actions.toggleTraffic } };
  return keyed("traffic", el("button", props, icon("traffic"), el("span", { text: "Traffic between bot and Slack" })));
}

function keyed(key, node) {
  node.dataset.key = key;
  return node;
}

function focusAgain(key) {
  const place = [...root.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!place) return;
  if (place.matches("button")) place.focus();
  else (place.querySelector("input:checked") || place.querySelector("button:enabled"))?.focus();
}
