// What the composer suggests while someone types: the slash command's forms after "/", and who can be mentioned after "@".

import { state } from "./state.js";

/**
 * What can be completed at the end of `text`: null, or {title, hint, options, preselect, from}. Each option's `insert`
 * replaces the text from `from` on. Nothing is preselected once words are typed, so that Enter sends what was typed.
 */
export function complete(text, { commands }) {
  return (commands && command(text)) || mention(text);
}

function command(text) {
  const { name, hint, subcommands } = state.command;
  if (!text.startsWith("/") || text.includes("\n")) return null;
  const begun = text.toLowerCase();
  const bare = !begun.includes(" ");
  if (bare && !name.startsWith(begun)) return null;
  const fitting = subcommands.filter(({ text: each }) => each.toLowerCase().startsWith(begun) && each.toLowerCase() !== begun.trimEnd());
  const itself = bare ? [{ label: name, description: "Ask in your own words", insert: `${name} ` }] : [];
  const options = [...itself, ...fitting.map((each) => ({ label: each.text, description: each.description, insert: each.text }))];
  return options.length ? { title: name, hint, options, preselect: bare, from: 0 } : null;
}

function mention(text) {
  const begun = /(?:^|\s)@([\p{L}\p{N}.-]*)$/u.exec(text);
  if (!begun) return null;
  const typed = begun[1].toLowerCase();
  const names = [{ name: state.bot.name, description: "App" }, ...state.people.filter((each) => each.id !== state.as)];
  const options = names
    .filter((each) => each.name.toLowerCase().startsWith(typed) && each.name.toLowerCase() !== typed)
    .map((each) => ({ label: `@${each.name}`, description: each.description || "", insert: `@${each.name} ` }));
  return options.length ? { title: "People and apps", hint: "", options, preselect: true, from: text.length - typed.length - 1 } : null;
}
