// Saying what happened: to screen readers (a polite live region), and with `toast` to everybody for a few seconds.

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

/** Take the sentence away: the person has gone on to something else. */
export function hush() {
  box.hidden = true;
}
