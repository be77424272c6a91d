// Who you are: the people of the workspace, to be switched between.

import { el } from "./dom.js";
import { avatar } from "./render/parts.js";
import { state } from "./state.js";

/** A radio for each person; `become(id)` is called with the one chosen. */
export function peopleSwitch(become) {
  const rows = state.people.map((person) =>
    el(
      "label",
      { class: "person" },
      el("input", { type: "radio", name: "person", value: person.id, checked: person.id === state.as, on: { change: () => become(person.id) } }),
      avatar(person, "avatar-small"),
      el("span", { text: person.name }),
    ),
  );
  return el("fieldset", { class: "people" }, el("legend", { text: "You are" }), rows);
}
