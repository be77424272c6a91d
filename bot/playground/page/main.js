// The page: starts everything, decides what is shown, and fetches again what the server says has changed.

import * as address from "./address.js";
import * as api from "./api.js";
import { announce, hush, toast } from "./announce.js";
import { ChannelPane } from "./channel.js";
import { HomePane } from "./home.js";
import { Modals } from "./modal.js";
import { refresh } from "./refresh.js";
import { drawSidebar } from "./sidebar.js";
import { adopt, channel, direct, nameOf, placeName, shownChannel, state } from "./state.js";
import { ThreadPane } from "./thread.js";
import { TrafficPanel } from "./traffic.js";

const app = document.getElementById("app");
const shade = document.getElementById("shade");
const sidebar = document.getElementById("sidebar");
const main = document.getElementById("main");
const trouble = document.getElementById("trouble");
const skip = document.querySelector(".skip");
const phone = matchMedia("(max-width: 720px)");

const channelPane = new ChannelPane({ openThread, openMenu: () => menu(true), ask, after: all });
const homePane = new HomePane({ openMenu: () => menu(true), after: all });
const threadPane = new ThreadPane({ close: closeThread, after: all });
const modals = new Modals({ after: all });
const traffic = new TrafficPanel({ close: () => toggleTraffic(false) });

let stream = null;

/** Fetch everything that is shown. */
async function all() {
  await Promise.all([updateState(), updatePlace(), threadPane.update(), modals.update(), traffic.update()]);
}

const updatePlace = () => (state.place?.kind === "home" ? homePane.update() : channelPane.update());

function updateState() {
  return refresh("state", async () => {
    const as = state.as;
    const answer = await api.fetchState(as);
    if (as !== null && as !== state.as) return; // another person by now
    adopt(answer);
    sidebarNow();
  });
}

function sidebarNow() {
  drawSidebar({ go, become, toggleTraffic: () => toggleTraffic(), trafficShown: () => traffic.shown, moved });
  app.classList.toggle("with-unread", state.channels.some((each) => each.unread > 0 && each.id !== state.place?.id));
  document.title = state.place ? `${state.place.kind === "home" ? "Home" : placeName(state.place.id)} · ${state.team} · PPRNet playground` : "PPRNet playground";
}

/** Time has moved: on a phone, close the sidebar to show what arrives. */
async function moved() {
  menu(false);
  await all();
}

/** Show a place; a thread stays open only in its own channel. */
async function go(place, thread = null) {
  if (thread === null && place.kind === "channel" && state.thread?.channel === place.id) thread = state.thread;
  const fromMenu = app.classList.contains("with-menu");
  menu(false);
  hush();
  state.place = place;
  state.thread = thread;
  address.write(state);
  app.classList.toggle("with-thread", Boolean(thread));
  skip.textContent = place.kind === "home" ? "Skip to Home" : "Skip to the message box";
  sidebarNow();
  const unread = shownChannel()?.unread > 0;
  if (place.kind === "home") channelPane.list.reset(null);
  else if (homePane.root.isConnected) channelPane.scroller.replaceChildren(channelPane.list.top, channelPane.list.rows);
  await guarded(Promise.all([place.kind === "home" ? homePane.show() : channelPane.show(), showThread()]));
  if (fromMenu) menuButton().focus(); // its place has been redrawn
  if (unread) await guarded(updateState()); // it is read now
}

async function openThread(ts) {
  state.thread = { channel: state.place.id, ts };
  address.keepPage();
  address.write(state);
  await guarded(showThread());
  threadPane.composer.focus();
}

function closeThread() {
  const ts = state.thread?.ts;
  state.thread = null;
  address.write(state);
  showThread();
  const parent = [...channelPane.list.rows.querySelectorAll("article")].find((each) => each.dataset.ts === ts);
  (parent?.querySelector(".m-replies, .m-tools button") || channelPane.composer.area).focus();
}

/** The browser's Back leaves what is on top. */
addEventListener("popstate", () => {
  if (!modals.leave() && state.thread) closeThread();
  if (state.place) address.write(state);
});

async function showThread() {
  app.classList.toggle("with-thread", Boolean(state.thread));
  cover();
  await threadPane.show();
}

/** Ask a suggested question where it belongs. */
async function ask(suggestion) {
  try {
    if (suggestion.channel && suggestion.channel !== state.place.id && channel(suggestion.channel)) await go({ kind: "channel", id: suggestion.channel });
    await channelPane.say(suggestion.text);
  } catch (error) {
    toast(error.message);
  }
}

/** Be another person, at the same place where they can see it. */
async function become(id) {
  const wasDirect = shownChannel()?.kind === "dm";
  const place = state.place;
  state.as = id;
  state.thread = null;
  connect();
  await guarded(updateState());
  const there = wasDirect ? direct() : place.kind === "home" ? null : channel(place.id);
  await go(place.kind === "home" ? place : { kind: "channel", id: (there || state.channels[0]).id });
  await guarded(modals.update());
  announce(`You are now ${nameOf(id)}, in ${state.place.kind === "home" ? "Home" : placeName(state.place.id)}.`);
}

async function toggleTraffic(shown) {
  await guarded(traffic.toggle(shown));
  app.classList.toggle("with-traffic", traffic.shown);
  menu(false);
  cover();
  sidebarNow();
  if (traffic.shown) traffic.root.querySelector(".icon-button").focus();
  else if (phone.matches) menuButton().focus();
  else sidebar.querySelector("[data-key=traffic]").focus();
}

const menuButton = () => (state.place?.kind === "home" ? homePane.menu : channelPane.menu);

/** On a phone: open or close the sidebar. */
function menu(open) {
  const was = app.classList.contains("with-menu");
  app.classList.toggle("with-menu", open);
  shade.hidden = !open;
  cover();
  if (open) sidebar.querySelector("[aria-current], button")?.focus();
  else if (was && sidebar.contains(document.activeElement)) menuButton().focus();
}

/** On a phone one thing covers the others: what is covered takes no focus. */
function cover() {
  const open = app.classList.contains("with-menu");
  const small = phone.matches;
  sidebar.inert = small && !open;
  main.inert = small && (open || traffic.shown || Boolean(state.thread));
  threadPane.root.inert = small && (open || traffic.shown);
  traffic.root.inert = small && open;
}

function changed(names) {
  const tasks = new Set();
  for (const name of names) {
    const [kind, id, ts] = name.split(":");
    if (kind === "channel") tasks.add(state.place?.id === id ? updatePlace : updateState);
    if (kind === "thread" && state.thread?.channel === id && state.thread.ts === ts) tasks.add(() => threadPane.update());
    if (kind === "views") tasks.add(() => modals.update());
    if (kind === "home") tasks.add(() => homePane.update());
    if (kind === "state") tasks.add(updateState);
    if (kind === "traffic") tasks.add(() => traffic.update());
  }
  for (const task of tasks) guarded(task());
}

function connect() {
  stream?.close();
  let lost = false;
  stream = api.listen(state.as, {
    onChange: changed,
    onOpen: () => {
      trouble.hidden = true;
      if (lost) guarded(all());
      lost = false;
    },
    onLost: () => {
      lost = true;
      complain("The playground does not respond. Is it still running in your terminal? Trying again …");
    },
  });
}

function complain(sentence) {
  if (!trouble.hidden && trouble.textContent === sentence) return;
  trouble.textContent = sentence;
  trouble.hidden = false;
}

async function guarded(promise) {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
    if (error.lost) complain(error.message);
    else toast(error.message);
  }
}

async function start() {
  const wanted = address.read();
  adopt(await api.fetchState(wanted.as).catch(() => api.fetchState(null)));
  connect();
  const there = channel(wanted.place) || state.channels[0];
  const home = wanted.place === "home" && state.homeEnabled;
  await go(home ? { kind: "home" } : { kind: "channel", id: there.id }, wanted.thread && !home && wanted.place === there.id ? { channel: there.id, ts: wanted.thread } : null);
  await modals.update();
  if (!phone.matches && !home) channelPane.composer.focus();
  document.documentElement.dataset.ready = "";
}

shade.addEventListener("click", () => menu(false));
skip.addEventListener("click", (event) => {
  event.preventDefault(); // the address says who you are and where
  (state.place?.kind === "home" ? homePane.scroller : channelPane.composer.area).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && app.classList.contains("with-menu")) menu(false);
});
phone.addEventListener("change", cover);
guarded(start());
