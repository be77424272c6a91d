// Announces what happened: to screen readers (a polite live region), and with `toast` to everyone for a few seconds.

const live = document.getElementById("live");
const box = document.getElementById("toast");
let hiding = null;

/** Say a sentence to screen readers. */
export function announce(sentence) {
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = sentence));
}

/** Show a sentence for a while, and say it. */
export function toast(sentence) {
  announce(sentence);
  box.textContent = sentence;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(hush, 6000);
}

/** Hide the sentence: the person has moved on. */
export function hush() {
  box.hidden = true;
}
