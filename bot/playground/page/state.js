// What the page knows of the workspace and what it shows now. Plain data and look-ups, no DOM.

export const state = {
  as: null,
  team: "",
  people: [],
  channels: [],
  bot: { id: "", name: "PPRNet", initials: "P", color: "#2c5f5d" },
  command: { name: "/pprnet", hint: "", subcommands: [] },
  shortcuts: [], // {name, description, type, callback_id}
  suggestions: [],
  clock: { today: "", next: "", can_move: false },
  homeEnabled: false,
  place: null, // {kind: "channel", id} or {kind: "home"}
  thread: null, // {channel, ts}
};

/** Take over what the server says; what is shown stays. */
export function adopt(answer) {
  const { home_enabled: homeEnabled, ...rest } = answer;
  Object.assign(state, rest, { homeEnabled });
}

export const channel = (id) => state.channels.find((each) => each.id === id) || null;

export const direct = () => state.channels.find((each) => each.kind === "dm") || null;

export const shownChannel = () => (state.place?.kind === "channel" ? channel(state.place.id) : null);

/** The app's shortcuts as entries of a menu: "global", or "message" for those on a message. */
export const shortcuts = (type) =>
  state.shortcuts.filter((each) => each.type === type).map((each) => ({ label: each.name, note: each.description, id: each.callback_id }));

/** The name of a person or of the bot; null where there is none with this id. */
export function nameOf(id) {
  const found = id === state.bot.id ? state.bot : state.people.find((each) => each.id === id);
  return found ? found.name : null;
}

/** "#name", or the bot's name for the direct message with it. */
export function placeName(id) {
  const found = channel(id);
  if (!found) return "a channel you are not in";
  return found.kind === "dm" ? state.bot.name : `#${found.name}`;
}
