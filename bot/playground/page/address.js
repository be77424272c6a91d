// The address keeps who you are and what is shown, so that a reload or a second window finds it again.

/** What the address says. */
export function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  return { as: said.get("as"), place: said.get("in"), thread: said.get("thread") };
}

/** Write what is shown into the address, without a new entry in the history. */
export function write({ as, place, thread }) {
  const said = new URLSearchParams({ as, in: place.kind === "home" ? "home" : place.id });
  if (thread) said.set("thread", thread.ts);
  history.replaceState(history.state, "", `#${said}`);
}

/** Something is on top now: let the browser's Back leave that, and not the page. */
export function keepPage() {
  if (!history.state?.over) history.pushState({ over: true }, "", location.href);
}
