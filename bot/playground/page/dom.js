// Building DOM nodes. Text only ever enters the page as text nodes: nothing here takes HTML.

/** An element. `props`: attributes; `class`, `on` (listeners), `text`; null, undefined and false are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

let last = 0;

/** A new id for labels and descriptions. */
export function newId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
