// One fetch at a time for each thing: a request that comes while one runs makes it run once more, so the latest wins.

const running = new Map();

/** Run `work` under a name. Resolves when it has run to its end after this call. */
export function refresh(name, work) {
  const entry = running.get(name);
  if (entry) {
    entry.work = work;
    entry.again ||= entry.now.catch(() => {}).then(() => start(name, entry.work));
    return entry.again;
  }
  return start(name, work);
}

function start(name, work) {
  const entry = { work, again: null, now: null };
  entry.now = Promise.resolve()
    .then(work)
    .finally(() => {
      if (running.get(name) === entry) running.delete(name);
    });
  running.set(name, entry);
  return entry.now;
}
