// Every visible text whose contrast with what is painted behind it is below WCAG AA (4.5, or 3 for large text).
() => {
  const rgba = (value) => {
    const [r, g, b, a = 1] = value.match(/[\d.]+/g).map(Number);
    return value.startsWith("color(") ? { r: r * 255, g: g * 255, b: b * 255, a } : { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (name) => top[name] * top.a + under[name] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const layer = rgba(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const weak = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    const seen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!text || !seen || node.closest(":disabled, noscript, script, style")) continue;
    texts += 1;
    const style = getComputedStyle(node);
    const behind = ground(node);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const found = contrast(over(rgba(style.color), behind), behind);
    if (found < enough) weak.push(`${found.toFixed(2)} ${node.tagName}.${node.className}: ${text.slice(0, 60)}`);
  }
  return { texts, weak };
};
