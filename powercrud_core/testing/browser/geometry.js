// Finds sideways scroll of the page; controls that are tiny, cut off or on top of each other.
() => {
  const found = [], seen = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const box = element => element.getBoundingClientRect();
  const html = element => element.outerHTML.replace(/\s+/g, " ").slice(0, 90);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  const hidden = element => { const b = box(element); return b.width <= 1 || b.height <= 1 || b.bottom < 0; };
  const top = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const all = [...top.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary, label")];
  const controls = all.filter(element => seen(element) && !element.closest("[hidden]") && !hidden(element));
  const scroller = element => element.closest('[data-pc-part="table-scroller"]');
  for (const element of controls) {
    const b = box(element);
    if (!element.matches("label, p a, td a, th a, li a, dd a") && (b.width < 12 || b.height < 12)) found.push(`tiny: ${html(element)}`);
    if (!scroller(element) && (b.left < -1 || b.right > innerWidth + 1)) found.push(`cut off: ${html(element)}`);
  }
  // What stays in sight lies over what is scrolled; both can be reached.
  const stuck = element => {
    while (element && !["sticky", "fixed"].includes(getComputedStyle(element).position)) element = element.parentElement;
    return element;
  };
  const floats = element => element.closest("details[open] > :not(summary)") ?? stuck(element);
  controls.forEach((a, i) => controls.slice(i + 1).forEach(b => {
    if (a.contains(b) || b.contains(a) || a.control === b || b.control === a || floats(a) !== floats(b)) return;
    const [x, y] = [box(a), box(b)];
    const width = Math.min(x.right, y.right) - Math.max(x.left, y.left);
    const height = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
    if (width > 3 && height > 3) found.push(`overlap: ${html(a)} / ${html(b)}`);
  }));
  return found;
}
