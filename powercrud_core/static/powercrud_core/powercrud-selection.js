/** PowerCRUD: keeps the rows that are chosen in a list while its pages and its order change. Without this script the
 * boxes of one page, or all that match, are sent as they are.
 *
 *   data-pc-part="selection-bar"   in a view: data-pc-state says which rows match: with another one the choice is
 *                        dropped; data-pc-total how many. In it the "selection-form" with the inputs "selected"
 *                        and "except", the "selection-status", and perhaps "select-matching"
 *   data-pc-part="row-select", "page-select"   boxes of rows, which belong to that form, and of a whole page;
 *                        shift-click on a row's box chooses all up to the one clicked before
 *   data-pc-text-none, -some, -all, -dropped   on the bar: texts, with {count}
 *   data-pc-implies="#id" on what holds a field of a bulk form: to write in it picks the second option of that select
 *
 * Packs style what it writes: data-pc-empty on a bar while nothing is chosen. It listens to pc:swapped, and to
 * pc:changed, which the server sends when rows were changed: nothing is chosen then. pc:selection bubbles from the
 * bar when the choice has changed, with {count, keys, all}.
 */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const part = name => `[data-pc-part="${name}"]`;
  const BAR = part("selection-bar"), BOX = part("row-select"), PAGE = part("page-select"), ALL = part("select-matching");
  const choices = new Map(); // a view's id → which rows are chosen in it: keys, or all but `except`
  let last; // the box that was clicked before
  const viewOf = element => element?.closest?.("[data-pc-view][id]");
  const boxesIn = view => all(`${BOX}:not(:disabled)`, view);
  const pack = keys => keys.map(key => key.replace(/[\\,]/g, "\\$&")).join(",");
  const chosen = ({ keys, except, every }, value) => (every ? !except.has(value) : keys.has(value));
  const sizeOf = ({ keys, except, every }, bar) => (every ? bar.dataset.pcTotal - except.size : keys.size);
  const none = bar => ({ keys: new Set(), except: new Set(), every: false, state: bar.dataset.pcState });
  const emit = (element, type, detail) => element.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));

  /** Bring boxes, counts and what is sent to the state of the choice. */
  function show(view) {
    const bar = view.querySelector(BAR);
    if (!bar) return;
    let choice = choices.get(view.id) ?? none(bar);
    // Said until something else is chosen: one answer may bring several swaps.
    if (choice.state !== bar.dataset.pcState) choice = { ...none(bar), dropped: choice.every || choice.keys.size > 0 };
    choices.set(view.id, choice);
    const boxes = boxesIn(view), page = view.querySelector(PAGE), every = bar.querySelector(ALL);
    for (const box of boxes) box.checked = chosen(choice, box.value);
    const ticked = boxes.filter(box => box.checked), count = sizeOf(choice, bar);
    if (page) {
      page.hidden = !boxes.length;
      page.checked = boxes.length > 0 && ticked.length === boxes.length;
      page.indeterminate = ticked.length > 0 && !page.checked;
    }
    if (every) every.checked = choice.every;
    const here = new Set(boxes.map(box => box.value)), { elements } = bar.querySelector("form");
    elements.selected.value = pack([...choice.keys].filter(key => !here.has(key)));
    elements.except.value = pack([...choice.except]);
    const text = bar.dataset[choice.dropped ? "pcTextDropped" : !count ? "pcTextNone" : choice.every && !choice.except.size ? "pcTextAll" : "pcTextSome"];
    const status = bar.querySelector(part("selection-status")), said = text.replace("{count}", count.toLocaleString(document.documentElement.lang || undefined));
    if (status.textContent !== said) status.textContent = said;
    bar.toggleAttribute("data-pc-empty", !count);
  }

  function change(view, alter) {
    const bar = view.querySelector(BAR), choice = choices.get(view.id) ?? none(bar);
    alter(choice);
    choice.dropped = false;
    choices.set(view.id, choice);
    show(view);
    emit(bar, "pc:selection", { count: sizeOf(choice, bar), keys: [...choice.keys], all: choice.every });
  }

  /** Choose some rows, or leave them out. */
  const mark = (view, boxes, on) => change(view, ({ keys, except, every }) => {
    for (const { value } of boxes) (every ? except : keys)[on === every ? "delete" : "add"](value);
  });

  addEventListener("click", event => {
    const { target } = event, view = viewOf(target);
    if (!view || !target.matches(BOX)) return;
    const boxes = boxesIn(view), from = boxes.indexOf(last), to = boxes.indexOf(target);
    if (event.shiftKey && from >= 0) mark(view, boxes.slice(Math.min(from, to), Math.max(from, to) + 1), target.checked);
    last = target;
  });
  addEventListener("change", ({ target }) => {
    const view = viewOf(target);
    if (!view || !target.matches(`${BOX}, ${PAGE}, ${ALL}`)) return;
    if (target.matches(BOX)) mark(view, [target], target.checked);
    else if (target.matches(PAGE)) mark(view, boxesIn(view), target.checked);
    else change(view, choice => Object.assign(choice, { ...none(view.querySelector(BAR)), every: target.checked }));
  });
  addEventListener("reset", event => {
    const view = event.target.matches(part("selection-form")) && viewOf(event.target);
    if (!view) return;
    event.preventDefault();
    change(view, choice => Object.assign(choice, none(view.querySelector(BAR))));
    boxesIn(view)[0]?.focus();
  });
  addEventListener("submit", event => {
    const bar = event.target.closest(`${BAR}:has(${part("selection-form")})`);
    if (!bar?.hasAttribute("data-pc-empty")) return;
    event.preventDefault(); // nothing is chosen: said again, so that it is announced
    const status = bar.querySelector(part("selection-status"));
    status.textContent = "";
    setTimeout(() => show(viewOf(bar)), 50);
  }, true);
  addEventListener("pc:swapped", ({ target }) => { if (viewOf(target)) show(viewOf(target)); });
  addEventListener("pc:changed", ({ target }) => {
    const view = viewOf(target);
    if (view) choices.delete(view.id);
  });
  for (const type of ["input", "change"]) addEventListener(type, ({ target }) => {
    const select = document.querySelector(target.closest("[data-pc-implies]")?.dataset.pcImplies ?? ":not(*)");
    if (select && select !== target && !select.selectedIndex) select.selectedIndex = 1;
  });

  for (const bar of all(BAR)) {
    const view = viewOf(bar), ticked = boxesIn(view).filter(box => box.checked).map(box => box.value);
    if (ticked.length) choices.set(view.id, { ...none(bar), keys: new Set(ticked) });
    show(view);
  }
})();
