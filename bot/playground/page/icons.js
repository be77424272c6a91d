// The few line icons of the page, drawn as SVG nodes; always decoration beside a text or a label.

const SHAPES = {
  channel: ["M6.5 3 5 15M13 3l-1.500 12M3 6.700h12.500M2.500 11.300H15"],
  lock: ["M4.500 8h9v7h-9zM6.500 8V5.500a2.500 2.500 0 0 1 5 0V8"],
  home: ["M3 8.500 9 3.500l6 5M4.500 7.500V15h9V7.500"],
  close: ["M4.500 4.500l9 9M13.500 4.500l-9 9"],
  back: ["M11 4 6 9l5 5"],
  menu: ["M3 5h12M3 9h12M3 13h12"],
  reply: ["M3 4h12v8H9l-3.500 3v-3H3z"],
  more: ["M4 9h.01M9 9h.01M14 9h.01"],
  bolt: ["M10 2.500 4.500 10H9l-1 5.500L13.500 8H9z"],
  eye: ["M1.800 9S4.500 4.500 9 4.500 16.200 9 16.200 9 13.500 13.500 9 13.500 1.800 9 1.800 9z", "M9 7.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600z"],
  send: ["M3 3.500 15.500 9 3 14.500 4.500 9z", "M4.500 9H9"],
  traffic: ["M3 6.200h11M11.500 3.700 14 6.200l-2.500 2.500M15 11.800H4M6.500 9.300 4 11.800l2.500 2.500"],
  calendar: ["M3 4.500h12V15H3zM3 8h12M6 2.800v3M12 2.800v3"],
};

/** An icon by name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of SHAPES[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
