// Follows the Tab key through a page: powercrudFocus.stop() tells where it is, leave() takes the focus away
// without losing the place, missed() tells what was never reached.
() => {
  const CONTROLS = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary";
  const seen = new Set(), order = [];
  const html = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const shown = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const label = e => [...(e.labels ?? [])];
  // What is drawn as a searched list is the box around its input; the select that it stands for is hidden on purpose.
  const frame = e => (e.matches("input[role=combobox]") ? e.parentElement : e);
  const replaced = e => e.tabIndex < 0 && !!e.closest("[aria-hidden=true]");
  const covered = e => {
    const box = e.getClientRects()[0];
    if (!box) return "focus is on something without a place";
    const [left, top, right, bottom] =
      [Math.max(0, box.left), Math.max(0, box.top), Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
    if (right - left < 1 || bottom - top < 1) return "focus is outside the window";
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const own = [e, ...label(e)].some(o => o.contains(over));
    return own ? "" : `focus is covered by ${over ? html(over).slice(0, 60) : "something"}`;
  };
  const start = document.createElement("span");
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
  window.powercrudFocus = {
    stop() {
      const e = document.activeElement;
      if (!e || e === document.body || e === document.documentElement) return order.length ? null : { again: true };
      if (order.at(-1) === e) return { again: true }; // parts of a date
      if (seen.has(e)) return null;
      seen.add(e);
      order.push(e);
      const b = frame(e).getBoundingClientRect(), pad = 8;
      const x = Math.max(0, b.left - pad), y = Math.max(0, b.top - pad);
      const width = Math.min(innerWidth, b.right + pad) - x, height = Math.min(innerHeight, b.bottom + pad) - y;
      return { again: false, html: html(e), problem: covered(e), x, y, width, height };
    },
    leave() { document.activeElement.blur(); },
    missed() {
      const wanted = [...document.querySelectorAll(CONTROLS)].filter(e => shown(e) && e.type !== "radio" && !replaced(e));
      const reached = e => order.some(stop => e.contains(stop)); // an option of a list, in its place
      return wanted.filter(e => !reached(e)).map(html);
    },
  };
}
