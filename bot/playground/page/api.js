// The playground's JSON interface and its stream of changes. No other module calls fetch.

/** A refusal of the server; its message can be shown as it is. `lost`: there was no answer at all. */
export class ApiError extends Error {
  constructor(message, lost = false) {
    super(message);
    this.lost = lost;
  }
}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch {
    throw new ApiError("The playground does not respond. Is it still running in your terminal?", true);
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok || body.error) throw new ApiError(body.error || `The playground answered ${answer.status}.`);
  return body;
}

const get = (path, query = {}) => call(`/api/${path}?${new URLSearchParams(query)}`);

const post = (path, body = {}) =>
  call(`/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Playground": "1" },
    body: JSON.stringify(body),
  });

const part = encodeURIComponent;

export const fetchState = (as) => get("state", as ? { as } : {});
export const fetchChannel = (as, id) => get(`channel/${part(id)}`, { as });
export const fetchThread = (as, id, ts) => get(`thread/${part(id)}/${part(ts)}`, { as });
export const fetchViews = (as) => get("views", { as });
export const fetchHome = (as) => get("home", { as });
export const fetchTraffic = (after) => get("traffic", { after });

export const say = (as, channel, text, threadTs = null) => post("say", { as, channel, text, thread_ts: threadTs });
export const press = (as, what) => post("press", { as, message: null, view: null, ...what });
export const shortcut = (as, callbackId, message = null) => post("shortcut", { as, callback_id: callbackId, message });
export const submit = (as, view, values) => post("submit", { as, view, values });
export const close = (as, view) => post("close", { as, view });
export const homeOpened = (as) => post("home_opened", { as });
export const moveTime = () => post("time");
export const moveDay = () => post("day");

/** Listen for changes as this person. `onOpen` is called at every (re)connection, `onLost` when the stream breaks. */
export function listen(as, { onChange, onOpen, onLost }) {
  let source = null;
  let retry = null;
  const open = () => {
    source = new EventSource(`/api/events?${new URLSearchParams({ as })}`);
    source.addEventListener("open", onOpen);
    source.addEventListener("message", (event) => onChange(JSON.parse(event.data).changed || []));
    source.addEventListener("error", () => {
      onLost();
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 2000); // otherwise the browser retries automatically
    });
  };
  open();
  return {
    close() {
      clearTimeout(retry);
      source.close();
    },
  };
}
