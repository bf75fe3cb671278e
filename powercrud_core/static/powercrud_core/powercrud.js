/** PowerCRUD's script: lists change and are edited in place, pages open in dialogs. One file, no dependency, no build.
 *
 * Every address answers with a whole page, script or no script. This follows the links and sends the forms
 * with fetch(), takes the parts it needs out of the page that comes back, by id, and leaves the rest alone.
 * What it does not understand it leaves to the browser.
 *
 *   data-pc-view         a list and all that belongs to it; has an id. A new request takes the place of an
 *                        older one of the same view; several views on a page do not disturb each other
 *   data-pc-region       a part of a view; has an id; its namesake in the fetched page replaces it
 *   data-pc-live         anywhere; has an id; the element stays and takes new content, so it is announced; "before"
 *                        in a fetched page: it comes before what the element says, until that is said anew
 *   data-pc-swap         on a link or a GET form in a view; "replace" makes no history entry
 *   data-pc-shift="URL"  on such a link: where a shift-click leads
 *   data-pc-auto="350"   on such a form: it sends itself that many milliseconds after the last key, and at
 *                        once when something is picked; a run of typing is one history entry
 *   data-pc-field        on what holds a field: its name. With data-pc-refresh its change is told to the server,
 *                        and fields with its name in data-pc-depends take their place anew
 *   data-pc-validate     on a POST form: a changed field is validated when it is left; nothing is saved
 *   data-pc-part         "page-link" brings the list's top back into sight; "table-scroller" keeps its sideways
 *                        scroll; "sort-panel" on <details> goes by Escape and by a click elsewhere; a POST form
 *                        with a part is not sent twice; a link or a field
 *                        outside the regions with a part or an id takes its namesake's address or value;
 *                        "cell-edit" on a link in a list: the editor on its page takes the place of the "cell", or
 *                        of the "row" where that page has the "row-form" outside of cells; "row-cancel" takes it away
 *   data-pc-cell         on a "cell": the field that is edited there
 *   data-pc-text-offline, data-pc-text-retry and others   on #pc-messages and the mould of dialogs: texts
 *   data-pc-page         what a page shows; a dialog shows that of another address, its ids ending in --1, --2 …
 *   data-pc-open="dialog" or "drawer"   on a link or a submit button: the page opens on top of this one
 *   data-pc-accept="#id" on such a link: the control that takes what is created there
 *   data-pc-leave        on such a link: what it stands on is gone when the dialog is done
 *   data-pc-dismiss      on a link or button in a dialog: closes it
 *   data-pc-send         on a POST form: it is sent with fetch(), once, and errors are shown in its place
 *   data-pc-go-on        on its submit button: the dialog stays and goes on at the address after saving
 *   data-pc-guard        on such a form: asks before what differs from its first state is lost; "unsaved": all does
 *
 * To a POST that names a part (X-PC-Part) a view answers 204 with X-PC-Location in place of a redirect, so any
 * redirect means that somebody else answered: the session is over. X-PC-Events: {"pc:accept": {value, label}}, and
 * "pc:changed" where rows were changed though the dialog stays; others are raised on the opener as they are.
 *
 * Packs style what it writes: aria-busy on a view, a link or a form that waits; data-pc-stale on a view whose
 * last request failed; data-pc-kind on a dialog; in messages <div data-pc-part="message" data-pc-tone="error"
 * data-pc-problem="id of the view"> with <p>, <a data-pc-part="sign-in"> and <button data-pc-part="retry">.
 * Events bubble and, but for pc:swapped and pc:saved, can be canceled:
 *
 *   pc:edit         on a link, {url}: before an editor opens; canceled: nothing happens
 *   pc:saved        on a row that was saved, with its new content; cannot be canceled
 *   pc:open         on a link, {url}: before its page opens in a dialog; canceled: nothing happens
 *   pc:send         on a form, {url, body}: before it is sent; canceled: it is not
 *   pc:accept       on a control, {value, label}: something was created for it; canceled: it stays as it is
 *   pc:unsaved      on a form: before the question; canceled: what was typed is given up without asking
 *   pc:visit        on a view, {url}: before a request; canceled: nothing is asked for
 *   pc:before-swap  on a region, {fresh}: before it is replaced; canceled: it stays
 *   pc:swapped      on a new region or page, and on a live element with new content
 *   pc:error        on a view, a link or a form, {url, error, retry}: no answer or none of use; canceled: no message
 * It listens to pc:refresh on a view, brought up to date unless it is edited, and to pc:parse, {text}, which gets {page}.
 * @example document.addEventListener("pc:swapped", event => startMyCharts(event.target));
 */
(() => {
  "use strict";
  const VIEW = "[data-pc-view][id]", PICKED = "select, [type=checkbox], [type=radio]";
  const HELD = "select, textarea, input:not([type=checkbox], [type=radio], [type=submit])";
  const FOCUSABLE = "a[href], button:not([disabled]), input, select, textarea, summary, [tabindex]";
  const PAGE = "[data-pc-page]", GUARDED = "form[data-pc-guard]", TOKEN = "[name=csrfmiddlewaretoken]";
  const OWN = /^(_|csrfmiddlewaretoken$)/; // names of inputs that are no input of the user's
  const REFERENCE = /^(for|form|list|headers|popovertarget|commandfor|aria-(labelledby|describedby|controls|details))$/;
  const NOT_HERE = [401, 403, 404, 410]; // answers that must not take the place of a form
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = id => document.getElementById(id);
  const regionsOf = view => all("[data-pc-region][id]", view);
  const partOf = (root, name) => root.querySelector(`[data-pc-part="${CSS.escape(name || "-")}"]`);
  const problemsOfOthers = (box, id) => all(`[data-pc-problem]:not([data-pc-problem="${CSS.escape(id)}"])`, box);
  const scrollersOf = root => all('[data-pc-part="table-scroller"]', root);
  const emit = (element, type, detail) =>
    element.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable: true, detail }));
  const same = text => text, nonce = document.currentScript?.nonce ?? "";
  const policy = window.trustedTypes?.createPolicy("powercrud", { createHTML: same, createScriptURL: same });
  const parse = text => new DOMParser().parseFromString(policy?.createHTML(text) ?? text, "text/html");
  const isAuto = form => form?.hasAttribute("data-pc-auto") && form.closest(VIEW);
  const forget = form => { clearTimeout(timers.get(form)); timers.delete(form); };
  const address = () => location.pathname + location.search;

  const warn = event => { if (places.some(isDirty)) event.preventDefault(); };
  const requests = new Map(); // a view's id → the AbortController of its request
  const timers = new Map(); // a form that is about to send itself → its timer
  const rendered = new WeakMap(); // a region → the address it was made for
  const ownText = new WeakMap(); // a live element → its text without what was put before it
  let sentForms = new WeakSet(), shown = address(), pressed;

  /** Put the view's parts of an address in place. `how` is for record(); `form` is one that sent itself; `quiet`: nobody
   * asked for it, so it disturbs nobody who edits, takes no message away, and waits for what is under way. */
  async function visit(wish, view, how, { form, toTop, quiet } = {}) {
    if (isEdited(view)) return quiet ? undefined : giveUp([places[0]], () => visit(wish, view, how, { form, toTop }));
    if (quiet && requests.has(view.id)) return void (requests.get(view.id).again = true); // its answer may bring a message
    const url = merge(new URL(wish, location.href), view), request = new AbortController();
    if (!emit(view, "pc:visit", { url: url.href })) return;
    requests.get(view.id)?.abort();
    requests.set(view.id, request);
    view.setAttribute("aria-busy", "true");
    record(url, how, form);
    const [page, problem] = await ask(url, request.signal).then(answer => [answer], error => [null, error]);
    if (requests.get(view.id) !== request) return;
    requests.delete(view.id);
    if (problem) fail(view, url, problem, () => visit(wish, view, "replace", { toTop }));
    else if (page?.getElementById(view.id)) swap(view, page, url, form, quiet);
    else location.replace(url); // a log-in page, a refusal: the browser goes there
    view.removeAttribute("aria-busy");
    if (request.again && !problem) visit(location.href, view, "keep", { quiet: true });
    if (page && toTop && view.getBoundingClientRect().top < 0) view.scrollIntoView();
  }

  /** Return the page at an address; null for a redirect, which only the browser can follow anywhere. */
  async function ask(url, signal) {
    const answer = await fetch(url, { signal, redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.status >= 500) throw new Error(`The server answered ${answer.status}.`);
    return answer.type === "opaqueredirect" ? null : parse(await answer.text());
  }

  /** Keep the old rows, mark them, and say so with a button to try again. */
  function fail(view, url, error, again) {
    const box = byId("pc-messages"), origin = document.activeElement.id;
    const retry = () => { (byId(origin) || regionsOf(view).at(-1))?.focus({ preventScroll: true }); again(); };
    view.setAttribute("data-pc-stale", "");
    if (!emit(view, "pc:error", { url: url.href, error, retry })) return;
    if (!box) return location.replace(url); // the browser has an error page of its own
    complain(box, view.id, box.dataset.pcTextOffline, make("button", "retry", box.dataset.pcTextRetry, { onclick: retry }));
  }

  function make(name, part, textContent, properties) {
    const element = Object.assign(document.createElement(name), { textContent }, properties);
    if (part) element.dataset.pcPart = part;
    if (name === "button") element.type = "button";
    return element;
  }

  /** Say what went wrong, in place of the owner's last problem. */
  function complain(box, owner, text, ...actions) {
    const message = make("div", "message", "", { role: "alert" });
    Object.assign(message.dataset, { pcTone: "error", pcProblem: owner });
    message.append(make("p", "", text), ...actions);
    box.replaceChildren(...problemsOfOthers(box, owner), message);
    message.scrollIntoView({ block: "nearest" });
  }

  /** Return an address with what a view's link changes and the other views as they are, not as they were. */
  function merge(url, view) {
    url.hash = "";
    const made = rendered.get(regionsOf(view).at(-1));
    if (all(VIEW).length < 2 || !made || url.pathname !== location.pathname) return url;
    const before = new URL(made).searchParams, now = new URLSearchParams(location.search);
    for (const name of new Set([...before.keys(), ...url.searchParams.keys()])) {
      const wanted = url.searchParams.getAll(name);
      if (String(wanted) === String(before.getAll(name))) continue;
      now.delete(name);
      wanted.forEach(value => now.append(name, value));
    }
    url.search = now;
    return url;
  }

  /** Show an address. `how` is "push", "replace", "typing" (one entry for a run of it) or "keep". */
  function record(url, how, form) {
    if (how === "keep") return;
    const mark = how === "typing" ? form.getAttribute("id") || "form" : true, last = history.state?.powercrud;
    const here = how === "replace" || url.pathname + url.search === shown || (how === "typing" && last === mark);
    history.replaceState({ ...history.state, powercrud: here ? mark : last ?? true }, "", here ? url : undefined);
    if (!here) history.pushState({ powercrud: mark }, "", url);
    shown = address();
  }

  function swap(view, page, url, form, quiet) {
    const focused = document.activeElement, restoreFocus = rememberFocus(view);
    const kept = form && focused.form === form && focused.matches(HELD) ? focused : null;
    for (const old of regionsOf(view)) {
      const fresh = page.getElementById(old.id);
      const typing = all(HELD, old).some(field => field.type !== "hidden" && timers.has(field.form));
      if (!fresh || typing || !emit(old, "pc:before-swap", { fresh })) continue;
      const restoreState = rememberState(old);
      renew(old, fresh, kept);
      restoreState(byId(old.id));
      announce(byId(old.id));
    }
    for (const region of regionsOf(view)) rendered.set(region, url.href);
    updateLoose(view, page, kept);
    updateLive(view, page, quiet);
    document.title = page.title || document.title;
    view.removeAttribute("data-pc-stale");
    restoreFocus();
  }

  function announce(element) {
    window.htmx?.process?.(element); // the site's own htmx, 2 or 4
    emit(element, "pc:swapped");
  }

  /** Replace an element; one that holds the control in use only around that control. */
  function renew(old, fresh, kept) {
    if (!old.contains(kept)) return old.replaceWith(fresh);
    const twins = [...fresh.children];
    if (old.children.length !== twins.length) return;
    [...old.children].forEach((child, i) => {
      if (child.localName === twins[i].localName && !child.isEqualNode(twins[i])) renew(child, twins[i], kept);
    });
  }

  /** Bring links and fields of the view that stand outside its regions to their new state. */
  function updateLoose(view, page, kept) {
    for (const old of all("a[href], input, select, textarea", view)) {
      if (old === kept || old.closest("[data-pc-region]") || timers.has(old.form)) continue;
      const name = old.id ? `#${CSS.escape(old.id)}` : `[data-pc-part="${CSS.escape(old.dataset.pcPart || "-")}"]`;
      const fresh = page.getElementById(view.id).querySelector(name);
      if (fresh?.localName !== old.localName) continue;
      if (old.localName === "a") old.setAttribute("href", fresh.getAttribute("href"));
      else if (old.value !== fresh.value) old.value = fresh.value;
    }
  }

  function updateLive(view, page, quiet) {
    for (const old of all("[data-pc-live][id]")) {
      const fresh = page.getElementById(old.id), home = old.closest(VIEW);
      if (!fresh || (home && home !== view) || old.isEqualNode(fresh)) continue;
      if (quiet && old.id === "pc-messages" && !fresh.firstElementChild) {
        all(`[data-pc-problem="${CSS.escape(view.id)}"]`, old).forEach(message => message.remove());
        continue;
      }
      const own = ownText.get(old) ?? old.textContent, before = fresh.dataset.pcLive === "before";
      if (before) fresh.append(` ${own}`);
      ownText[before ? "set" : "delete"](old, own);
      old.replaceChildren(...problemsOfOthers(old, view?.id ?? ""), ...fresh.childNodes);
      if (old.id === "pc-messages" && old.firstElementChild) old.scrollIntoView({ block: "nearest" });
      announce(old);
    }
  }

  /** Remember open details and popovers, and the sideways scroll of tables; return what brings them back. */
  function rememberState(region) {
    const open = new Map(all("details[id]", region).map(details => [details.id, details.open]));
    const offsets = scrollersOf(region).map(scroller => scroller.scrollLeft);
    const popped = all(":popover-open[id]", region).map(({ id, scrollTop }) => [id, scrollTop]);
    return root => {
      const isOpen = panel => (open.get(panel.id) ?? panel.open) || !!panel.querySelector("[aria-invalid=true]");
      all("details[id]", root).forEach(panel => (panel.open = isOpen(panel)));
      scrollersOf(root).forEach((scroller, i) => (scroller.scrollLeft = offsets[i] ?? 0));
      for (const [id, scrollTop] of popped) {
        const popover = byId(id), source = root.querySelector(`[popovertarget="${CSS.escape(id)}"]`) ?? undefined;
        if (!popover?.popover) continue;
        source?.focus(); // Escape leads back to it,
        popover.showPopover({ source }); // and it stands at it
        popover.scrollTop = scrollTop;
      }
    };
  }

  /** Remember focus and caret; return what brings them back: the same id, else the nearest place left. */
  function rememberFocus(view) {
    const active = document.activeElement, { id, selectionStart: start, selectionEnd: end } = active, ids = [];
    for (let at = active; at && at !== view; at = at.parentElement) {
      if (at.id) ids.push(at.id);
      if (at.dataset.pcPart === "row") ids.push(at.nextElementSibling?.id, at.previousElementSibling?.id);
    }
    return () => {
      if (active.isConnected) return;
      const places = ids.map(byId).filter(Boolean);
      const inside = at => partOf(at, active.dataset.pcPart) ?? at.querySelector(FOCUSABLE);
      const landing = places.map(at => (at.matches(FOCUSABLE) ? at : inside(at))).find(Boolean);
      landing?.focus({ preventScroll: true });
      if (start != null && landing?.id === id) landing.setSelectionRange(start, end);
    };
  }

  function send(form, submitter, how) {
    forget(form);
    const url = new URL(form.getAttribute("action") || "", location.href); // form.action may be a field
    url.search = new URLSearchParams([...new FormData(form, submitter)].filter(([, value]) => value !== ""));
    visit(url, form.closest(VIEW), how, { form: submitter === undefined ? form : null });
  }

  // What lies on what: the browser's own page, then dialogs. Each has the files chosen in it, by name; what its form
  // would have sent at first (null: nothing to lose); `held`, whether input is kept where no form shows it; `changed`,
  // whether something was saved. A dialog has its element, its opener and that one's view, and its address.
  const places = [{ files: new Map(), original: null }];
  const placeOf = element => places.findLast(({ dialog }) => dialog?.contains(element)) ?? places[0];
  const pageIn = ({ dialog }) => all(PAGE).find(page => (page.closest("dialog") ?? undefined) === dialog);
  const guardedIn = place => pageIn(place)?.querySelector(GUARDED);
  const boxOf = ({ dialog }) => (dialog ? partOf(dialog, "dialog-messages") : byId("pc-messages"));
  const mould = () => document.querySelector('[data-pc-part="dialog"]:not([open])');
  const leave = url => location.assign(url);
  const settle = promise => promise.then(got => [got, null], error => [null, error]);

  /** Ask for the page of an address without the site around it. A redirect is not followed. */
  async function request(url, options) {
    const headers = { Accept: "text/html", "X-PC-Part": "page" };
    const answer = await fetch(url, { redirect: "manual", headers, ...options });
    const text = await answer.text(), fresh = parse(text.includes("data-pc-page") ? text : ""); // not what is not ours:
    const page = fresh.querySelector(PAGE), { status, type } = answer; // its inline styles would offend our policy
    if (page) await load(fresh);
    const target = answer.headers.get("X-PC-Location"), events = answer.headers.get("X-PC-Events") || "{}";
    return { status, type, target, fresh, page, events: JSON.parse(events) };
  }

  /** Bring the styles and scripts that only the fresh page asks for: those of its form. */
  function load(fresh) {
    const missing = all("link[rel=stylesheet][href], script[src]", fresh)
      .filter(({ localName, href, src }) => !all(localName).some(mine => (href ? mine.href === href : mine.src === src)));
    return Promise.all(missing.map(({ localName, rel, href, src, type }) => new Promise(done => {
      const mine = Object.assign(document.createElement(localName), { nonce, onload: done, onerror: done });
      Object.assign(mine, href ? { rel, href } : { type, async: false, src: policy?.createScriptURL(src) ?? src });
      document.head.append(mine);
    })));
  }

  /** Open the page of a link, or what comes back for a form, in a dialog on top of everything. */
  async function open(link, url = link.href, options = {}) {
    const place = { opener: link, view: link.closest(VIEW), url, files: new Map(), original: null };
    if (link.hasAttribute("aria-busy") || !emit(link, "pc:open", { url })) return;
    link.setAttribute("aria-busy", "true");
    const [got, error] = await settle(request(url, options));
    link.removeAttribute("aria-busy");
    const again = () => { link.focus(); open(link, url, options); };
    if (error || (!got.page && (got.status >= 500 || options.body))) return trouble(link, url, error ?? got, again);
    if (!got.page) return leave(url); // a log-in page, a page of the site: the browser goes there
    const dialog = (place.dialog = mould().cloneNode(true));
    dialog.dataset.pcKind = link.dataset.pcOpen;
    dialog.addEventListener("cancel", event => {
      if (event.target !== dialog) return; // a file input tells by this name that nothing was chosen
      event.preventDefault();
      giveUp([place], () => close(place));
    });
    dialog.addEventListener("close", () => places.includes(place) && close(place));
    (places.at(-1).dialog ?? mould()).after(dialog);
    places.push(place);
    dialog.showModal();
    show(place, got);
  }

  /** Show a page of ours in a place. `again`: it answers what was sent from there, so input is still unsaved. */
  function show(place, { fresh, page }, again = false) {
    const old = pageIn(place), { dialog, files } = place, depth = places.indexOf(place);
    const inputs = root => all("input[type=file]", root);
    if (again) place.held = isDirty(place);
    if (again) inputs(old).forEach(input => files.set(input.name, input.files));
    else files.clear();
    rename(page, depth);
    if (dialog) partOf(dialog, "dialog-content").replaceChildren(page);
    else old.replaceWith(page);
    if (dialog) boxOf(place).replaceChildren(...(fresh.getElementById("pc-messages")?.childNodes ?? []));
    else updateLive(null, fresh);
    for (const input of inputs(page)) input.files = files.get(input.name) ?? input.files;
    if (!again) remember(place);
    const heading = page.querySelector("h1, h2, h3");
    heading?.setAttribute("tabindex", "-1");
    dialog?.setAttribute("aria-labelledby", heading ? (heading.id ||= `pc-title--${depth}`) : "");
    announce(page);
    const wrong = `[aria-invalid=true], [aria-invalid=true] :is(${HELD}, ${PICKED}, button)`;
    const landing = [wrong, '[data-pc-part="error-summary"]', "[autofocus]", `${GUARDED} :is(${HELD}, ${PICKED}):enabled`].flatMap(at => all(at, page));
    (landing.find(at => at.matches(`:is(${FOCUSABLE}):not([type=hidden])`) && at.checkVisibility()) ?? heading)?.focus();
  }

  /** Make the ids of a page in a dialog its own, and what refers to them, so that nothing crosses to what lies below. */
  function rename(page, depth) {
    if (!depth) return; // the browser's own page keeps its ids
    const ids = new Set(all("[id]", page).map(element => element.getAttribute("id")));
    const own = id => (ids.has(id) ? `${id}--${depth}` : id);
    for (const element of [page, ...all("*", page)])
      for (const name of element.getAttributeNames()) {
        const value = element.getAttribute(name);
        if (name === "id" || REFERENCE.test(name)) element.setAttribute(name, value.split(/\s+/).map(own).join(" "));
        else if (value[0] === "#") element.setAttribute(name, `#${own(value.slice(1))}`);
      }
  }

  /** Return what a form would send, so that two states can be compared; a file by its name and size. */
  const written = form => JSON.stringify([...new FormData(form)].filter(([name]) => !OWN.test(name))
    .map(([name, value]) => [name, value.size ?? value, value.name]));

  /** Remember what the form would send as the server made it, whatever the browser has put back since. */
  function remember(place) {
    const form = guardedIn(place), clean = form?.cloneNode(true);
    place.original = null;
    if (!form) return;
    HTMLFormElement.prototype.reset.call(clean); // a field may be called "reset"
    const made = clean.elements.length === form.elements.length ? clean : form; // some may stand elsewhere
    place.original = form.getAttribute("data-pc-guard") === "unsaved" ? "" : written(made);
    addEventListener("beforeunload", warn); // only here: it may keep a page out of the browser's memory
  }

  function isDirty(place) {
    const form = guardedIn(place);
    if (!place.dialog && isEdited()) return true;
    return place.original != null && (form ? written(form) !== place.original : !!place.held);
  }

  /** Do what ends some places, after asking where something would be lost. */
  function giveUp(ending, proceed) {
    const box = partOf(document, "confirmation"), dirty = ending.findLast(isDirty);
    const go = () => {
      ending.forEach(place => (place.original = null));
      if (ending.includes(places[0])) editing.clear();
      proceed();
    };
    if (!dirty || !box || !emit(guardedIn(dirty) ?? pageIn(dirty) ?? document, "pc:unsaved")) return go();
    if (box.open) return;
    box.returnValue = "";
    box.onclose = () => box.returnValue === "leave" && go();
    box.showModal();
  }

  /** Return an opener, or what brings back the menu that it stood in: a dialog has closed that. */
  function reachable(opener) {
    const menu = opener.closest("[popover]:not(:popover-open)");
    return (menu && document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)) ?? opener;
  }

  /** Close a dialog and all on top of it; what lies beneath has the focus and learns of what was saved. */
  function close(place) {
    const ended = places.splice(places.indexOf(place));
    ended.toReversed().forEach(({ dialog }) => { dialog.close(); dialog.remove(); });
    (place.control ?? reachable(place.opener)).focus();
    if (ended.some(({ changed }) => changed)) refresh(places.at(-1), place);
  }

  /** Bring what lies beneath a dialog up to date, from its own address; never what is being edited. */
  async function refresh(place, { opener, view, target = location.href }) {
    place.changed = true;
    if (view?.isConnected) return visit(location.href, view, "keep");
    if (guardedIn(place)) return;
    const gone = opener.hasAttribute("data-pc-leave") || !pageIn(place);
    const [got] = gone ? [] : await settle(request(place.url ?? location.href));
    if (got?.page && got.status < 400) {
      show(place, got);
      partOf(pageIn(place), opener.dataset.pcPart)?.focus();
    } else if (place.dialog) close(Object.assign(place, { target }));
    else leave(target);
  }

  /** Send a POST form, once; show what comes back in its place. */
  async function post(form, submitter) {
    const place = placeOf(form), body = new FormData(form, submitter), { dialog } = place;
    const wish = submitter?.getAttribute("formaction") || form.getAttribute("action") || place.url || "";
    const url = new URL(wish, location.href).href;
    if (form.hasAttribute("aria-busy") || !emit(form, "pc:send", { url, body })) return;
    hold(form, true);
    const [got, error] = await settle(request(url, { method: "POST", body }));
    if (got) tellOf(place, got);
    if (dialog || !got?.target) hold(form, false); // else the browser is on its way to another page
    if (got?.target) finish(place, submitter, got);
    else if (!places.includes(place)) return; // closed meanwhile
    else if (got?.page && got.status < 500 && !NOT_HERE.includes(got.status)) show(place, got, true);
    else trouble(form, url, error ?? got, () => sendAgain(form, submitter));
  }

  function hold(form, busy) {
    if (busy) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
    all("[type=submit]", form).forEach(button => (button.ariaDisabled = busy || null));
  }

  /** Say why a link or form came to nothing, beside it. `what` is an error or an answer of no use. */
  function trouble(element, url, what, retry) {
    const words = mould()?.dataset ?? {}, out = what.type === "opaqueredirect", box = boxOf(placeOf(element));
    const said = out ? words.pcTextSignedOut : what.page?.dataset.pcReason || (what.type ? words.pcTextFailed : words.pcTextUnsent);
    const error = what.type ? new Error(`The server answered ${what.status || "with a redirect"}.`) : what;
    if (!emit(element, "pc:error", { url, error, retry }) || !box) return;
    const again = make("button", "retry", words.pcTextAgain, { onclick: retry });
    const link = make("a", "sign-in", words.pcTextSignIn, { href: words.pcSignIn, target: "_blank", rel: "noopener" });
    complain(box, "", element.matches(GUARDED) ? `${said} ${words.pcTextKept}` : said, ...(out ? [link] : []), again);
  }

  /** Send a form again with a fresh token: who signed in again has another one. */
  async function sendAgain(form, submitter) {
    await renewToken(form, placeOf(form).url ?? location.href);
    submitter?.focus();
    post(form, submitter);
  }

  async function renewToken(form, url) {
    const [got] = await settle(request(url)), token = got?.fresh.querySelector(TOKEN), old = form.querySelector(TOKEN);
    if (token && old) old.value = token.value;
  }

  /** Raise the events that came with an answer, all but the one that hands over a value. */
  function tellOf(place, { events: { "pc:accept": _value, ...others } }) {
    if (others["pc:changed"]) place.changed = true;
    for (const [name, detail] of Object.entries(others)) emit(place.opener ?? document, name, detail);
  }

  /** Something was saved or deleted: hand over its value, then go on or close. */
  async function finish(place, submitter, { target, events: { "pc:accept": value } }) {
    Object.assign(place, { original: null, changed: true, target });
    if (!place.dialog) return leave(target);
    if (value) accept(place, value);
    if (!places.includes(place)) return refresh(places.at(-1), place); // closed meanwhile
    if (!submitter?.hasAttribute("data-pc-go-on")) return close(place);
    const [got] = await settle(request(target));
    if (!got?.page) return leave(target);
    place.url = target;
    show(place, got);
  }

  /** Give the control that a dialog was opened for the value of what was created. */
  function accept(place, { value, label }) {
    const wish = place.opener.dataset.pcAccept, control = wish && document.querySelector(wish);
    if (!control) return;
    place.control = control;
    if (!emit(control, "pc:accept", { value, label })) return;
    const option = [...(control.options ?? [])].find(option => option.value === value);
    if (option) Object.assign(option, { textContent: label, selected: true });
    else if (control.options) control.add(new Option(label, value, false, true));
    else control.value = value;
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
  }

  // Editing in a list: a cell, or a whole row, gives way to its editor out of the page that the link in it leads to.
  // Of each editor: what stood there, where it came from, and what its form would have sent at first.
  const CELL = '[data-pc-part="cell"]', ROW = '[data-pc-part="row"]', EDIT = 'a[data-pc-part="cell-edit"]';
  const editing = new Map(), queues = new Map();
  const formIn = root => root && partOf(root, "row-form");
  const unitOf = element => [...editing.keys()].find(unit => unit.contains(element));
  const isEdited = (root = document) =>
    [...editing].some(([unit, { made }]) => root.contains(unit) && written(formIn(unit)) !== made);
  const cellIn = (row, name) => row?.querySelector(`${CELL}[data-pc-cell="${CSS.escape(name ?? "")}"]`);
  const nameOf = element => element.closest(CELL)?.dataset.pcCell;

  /** Ask for the page of a row, while an element of it waits; say what went wrong. */
  async function ofRow(element, url, options, again) {
    element.setAttribute("aria-busy", "true");
    const [got, error] = await settle(request(url, options));
    element.removeAttribute("aria-busy");
    const isRow = got?.page?.dataset.pcPart === "row-page" && got.status < 500;
    if (!isRow && element.isConnected) trouble(element, url, error ?? got, again);
    return isRow ? got.fresh : null;
  }

  async function edit(link) {
    const { id } = link.closest(ROW), name = nameOf(link), url = link.href, busy = link.closest(CELL);
    if (busy.hasAttribute("aria-busy") || !emit(link, "pc:edit", { url })) return;
    const fresh = (await ofRow(busy, url, {}, () => edit(link)))?.getElementById(id), inCell = formIn(fresh)?.closest(CELL);
    const row = byId(id), cell = cellIn(row, name); // another editor's answer may have renewed them meanwhile
    if (cell && formIn(fresh) && !unitOf(cell)) install(inCell ? cell : row, inCell ?? fresh, { url });
  }

  /** Put an editor in the place of what stood there, or of the editor whose input it answers. */
  function install(old, fresh, { url, stood = old, made }) {
    editing.delete(old);
    old.replaceWith(fresh);
    editing.set(fresh, { url, stood, made: made ?? written(formIn(fresh)) });
    announce(fresh);
    const control = fresh.querySelector("[aria-invalid=true]:not(div), [autofocus]") ?? fresh.querySelector(FOCUSABLE);
    control.focus();
    if (control.matches("input")) control.select();
    addEventListener("beforeunload", warn);
  }

  /** Leave an editor: what stood there comes back, with the focus on its link. */
  function shut(unit) {
    const name = nameOf(document.activeElement), { stood } = editing.get(unit), { id } = unit.closest(ROW);
    const { pcRow: url } = formIn(unit).dataset; // where what stood there is known to be out of date
    editing.delete(unit);
    unit.replaceWith(stood);
    (stood.matches(CELL) ? stood : cellIn(stood, name))?.querySelector(EDIT)?.focus();
    if (url) ofRow(stood, url, {}).then(page => page && renewRow(stood, page.getElementById(id), page));
  }

  /** Save what an editor holds, when what was sent of its row before is done. */
  function save(unit) {
    const { id } = unit.closest(ROW);
    if (written(formIn(unit)) === editing.get(unit).made) return shut(unit);
    queues.set(id, Promise.resolve(queues.get(id)).then(() => store(unit, id)));
  }

  async function store(unit, id) {
    const form = formIn(unit), body = form && new FormData(form), again = () => renewToken(form, state.url).then(() => save(unit));
    const state = editing.get(unit);
    if (!state || unit.hasAttribute("aria-busy") || !emit(form, "pc:send", { url: form.action, body })) return;
    body.append("_row", "1"); // the row is wanted, not the way back to the list
    const page = await ofRow(unit, form.action, { method: "POST", body }, again), fresh = page?.getElementById(id);
    if (!page || !editing.has(unit) || !unit.isConnected) return;
    if (formIn(fresh)) install(unit, unit.matches(ROW) ? fresh : cellIn(fresh, nameOf(unit)), state);
    else renewRow(unit, fresh, page);
  }

  /** Show a row as it was saved, but for the cells of it that are still being edited; a row that is gone goes. */
  function renewRow(unit, fresh, page) {
    const row = unit.closest(ROW), view = row.closest(VIEW), { activeElement: active } = document;
    const held = unit.contains(active) || active === document.body, name = nameOf(active) ?? nameOf(unit);
    editing.delete(unit);
    if (!fresh || unit === row) row.replaceWith(...(fresh ? [fresh] : []));
    else [...fresh.children].forEach((cell, i) => {
      const old = row.children[i], state = editing.get(old);
      if (state) state.stood = cell;
      else old.replaceWith(cell);
    });
    const now = byId(row.id);
    if (held) (now ? cellIn(now, name)?.querySelector(EDIT) : regionsOf(view).at(-1))?.focus();
    if (now) announce(now);
    if (now) emit(now, "pc:saved");
    updateLive(view, page);
  }

  /** Say whether a control is the last of its editor before the buttons, or the first. */
  function isAtEdge(unit, target, back) {
    const form = formIn(unit), controls = all(FOCUSABLE, unit).filter(at => at.checkVisibility() && !form.contains(at));
    return unit.matches(CELL) && target === controls.at(back ? 0 : -1);
  }

  /** Save and go on to the next editable cell, or the one before. */
  async function step(unit, back) {
    const side = back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
    const { id } = unit.closest(ROW), earlier = queues.get(id), name = nameOf(unit);
    save(unit);
    if (back) await earlier; // the cell before may be on its way back from being saved
    const here = unit.isConnected ? unit : cellIn(byId(id), name);
    if (!here) return; // the row is gone
    const links = all(EDIT, here.closest(VIEW)).filter(link => here !== link.closest(CELL) && here.compareDocumentPosition(link) & side);
    if (links.length) edit(links.at(back ? -1 : 0));
  }

  // All listening is done on the window, so nothing starts or stops when parts change, and after the host's.
  addEventListener("pointerdown", event => { pressed = event.target; });
  addEventListener("click", event => {
    const { target } = event, { dialog } = places.at(-1), link = target.closest?.("a[href]"), view = link?.closest(VIEW);
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (dialog && (target.closest("[data-pc-dismiss]") ? dialog.contains(target) : isOutside(event, dialog))) {
      event.preventDefault();
      giveUp([places.at(-1)], () => close(places.at(-1)));
    } else if (!link || link.target || link.hasAttribute("download") || !/^https?:/.test(link.protocol)) return;
    else if (!event.shiftKey && view && (link.matches(EDIT) || (link.dataset.pcPart === "row-cancel" && unitOf(link)))) {
      event.preventDefault();
      if (link.matches(EDIT)) edit(link);
      else shut(unitOf(link));
    }
    else if (view && "pcSwap" in link.dataset && link.origin === location.origin && (!event.shiftKey || link.dataset.pcShift)) {
      event.preventDefault();
      all("form", view).forEach(forget);
      const url = event.shiftKey ? link.dataset.pcShift : link.href;
      visit(url, view, link.dataset.pcSwap || "push", { toTop: link.dataset.pcPart === "page-link" });
    } else if (event.shiftKey || (link.hash && link.href.split("#")[0] === location.href.split("#")[0])) return;
    else if (link.dataset.pcOpen && mould() && link.origin === location.origin) {
      event.preventDefault();
      open(link);
    } else if (places.some(isDirty)) {
      event.preventDefault();
      giveUp(places, () => leave(link.href));
    }
  });

  /** Say whether a click began and ended on the ground behind a dialog. */
  function isOutside({ target, clientX: x, clientY: y }, dialog) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && pressed === dialog && (x < left || x > right || y < top || y > bottom);
  }

  addEventListener("keydown", event => {
    const { target, key } = event, unit = unitOf(target), link = key === "F2" && target.closest?.(EDIT);
    if (event.defaultPrevented || event.isComposing || !(unit || link)) return;
    const sends = key === "Enter" && (target.matches("select") || (target.matches("textarea") && (event.ctrlKey || event.metaKey)));
    const steps = key === "Tab" && isAtEdge(unit, target, event.shiftKey), ends = key === "Escape" && !document.querySelector(":popover-open");
    if (link || sends || steps || ends) event.preventDefault();
    if (link) edit(link);
    else if (sends) save(unit);
    else if (steps) step(unit, event.shiftKey);
    else if (ends) shut(unit);
  });

  // What lies on the list goes by Escape and by a click elsewhere.
  const openPanels = () => all('details[data-pc-part="sort-panel"][open]');
  addEventListener("click", ({ target }) => openPanels().forEach(panel => (panel.open = panel.contains(target))));
  addEventListener("keydown", event => {
    const panel = openPanels().find(open => open.contains(event.target) || event.target === document.body);
    if (!panel || event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    panel.open = false;
    panel.querySelector("summary").focus();
  });

  // Not left to the browser: a second Escape would close a dialog without asking.
  addEventListener("keydown", event => {
    const place = places.at(-1), others = document.querySelector(":popover-open, dialog:modal:not([data-pc-kind])");
    if (!place.dialog || others || event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    giveUp([place], () => close(place));
  });

  addEventListener("submit", event => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (unitOf(form)) {
      event.preventDefault();
      save(unitOf(form));
    } else if (event.submitter?.dataset.pcOpen && mould()) {
      event.preventDefault();
      open(event.submitter, event.submitter.formAction, { method: "POST", body: new FormData(form, event.submitter) });
    } else if (event.submitter?.hasAttribute("formtarget")) return;
    else if (form.getAttribute("method")?.toLowerCase() === "post") {
      const ours = form.hasAttribute("data-pc-send");
      if (ours || sentForms.has(form)) event.preventDefault(); // a double click must not save twice
      if (ours) post(form, event.submitter);
      else if (form.hasAttribute("data-pc-part")) sentForms.add(form);
    } else if ("pcSwap" in form.dataset && form.closest(VIEW)) {
      event.preventDefault();
      send(form, event.submitter, "push");
    }
  });

  addEventListener("input", ({ target: { form }, target }) => {
    if (!isAuto(form) || target.matches(PICKED)) return;
    forget(form);
    const fire = () => (form.isConnected && form.checkValidity() ? send(form, undefined, "typing") : forget(form));
    timers.set(form, setTimeout(fire, form.dataset.pcAuto));
  });
  addEventListener("change", ({ target }) => {
    if (isAuto(target.form) && target.matches(PICKED)) send(target.form, undefined, "push");
  });

  const asked = new WeakMap(); // a form → what it asks about: fields that changed and were left, its AbortController
  const ERRORS = "[data-pc-part=errors]", SUMMARY = "[data-pc-part=error-summary]", STATUS = "[data-pc-part=form-status]";
  let pointer = false;
  for (const type of ["pointerdown", "pointerup", "pointercancel"])
    addEventListener(type, () => { pointer = type === "pointerdown"; }, true);
  addEventListener("change", ({ target: { form }, target }) => {
    const field = form && target.closest("[data-pc-field]");
    if (field && ("pcRefresh" in field.dataset || "pcValidate" in form.dataset)) consult(form, field.dataset);
  });

  /** Ask what a changed field means for those that follow it, and whether it is valid. Nothing is saved. */
  async function consult(form, { pcField, pcRefresh }) {
    const place = placeOf(form), { changed = new Set(), left = new Set(), control } = asked.get(form) ?? {};
    const question = { changed, left, control: new AbortController() }, { signal } = question.control;
    control?.abort();
    asked.set(form, question);
    if (pcRefresh !== undefined) changed.add(pcField);
    if ("pcValidate" in form.dataset) left.add(pcField);
    const wrong = left.size ? all(`[data-pc-field]:has(${ERRORS})`, form).map(field => field.dataset.pcField) : [];
    const summary = left.size ? form.querySelector(SUMMARY) : null, judged = new Set([...left, ...wrong]);
    const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    const more = [...changed].map(name => ["_refresh", name]);
    more.push(...[...judged, ...(summary ? ["__all__"] : [])].map(name => ["_validate", name]));
    const url = form.getAttribute("action") || place.url || "", body = new URLSearchParams([...sent, ...more]);
    const got = await request(url, { method: "POST", body, signal }).catch(() => null), page = got?.status === 200 && got.page;
    if (pointer) await new Promise(done => addEventListener("pointerup", done, { once: true })); // nothing moves under it
    if (asked.get(form) !== question || !form.isConnected) return;
    form.toggleAttribute("data-pc-stale", !page); // shows the button that asks again
    if (!page) return;
    asked.delete(form);
    rename(page, places.indexOf(place));
    const restoreFocus = rememberFocus(form), twin = selector => page.querySelector(selector);
    for (const old of all("[data-pc-field]", form)) {
      const fresh = twin(`[data-pc-field="${CSS.escape(old.dataset.pcField)}"]`), above = old.dataset.pcDepends?.split(" ");
      if (fresh && above?.some(name => changed.has(name))) follow(old, fresh, sent);
      else if (fresh && judged.has(old.dataset.pcField)) judge(old, fresh);
    }
    for (const old of all("[data-pc-part=section][id], [data-pc-part=tab][id]", form)) {
      const fresh = twin(`#${CSS.escape(old.id)}`), label = old.querySelector(":scope > summary");
      if (fresh) old.hidden = fresh.hidden;
      if (fresh && label && left.size) label.replaceChildren(...fresh.querySelector("summary").childNodes);
    }
    summary?.replaceWith(...[twin(SUMMARY)].filter(Boolean));
    const status = form.querySelector(STATUS);
    if (status) status.textContent = twin(STATUS)?.textContent ?? "";
    restoreFocus();
  }

  /** Put a field in its place anew, with what was typed into it since the question was sent. */
  function follow(old, fresh, sent) {
    for (const control of all(HELD, old)) {
      const heir = control.id && fresh.querySelector(`#${CSS.escape(control.id)}`);
      if (heir && control.value !== (sent.get(control.name) ?? "")) heir.value = control.value;
    }
    old.replaceWith(fresh);
    announce(fresh);
  }

  /** Show a field's errors, or that it has none any more, and leave its control alone. */
  function judge(old, fresh) {
    for (const made of [fresh, ...all("[id]", fresh)]) {
      const own = made === fresh ? old : old.querySelector(`#${CSS.escape(made.id)}`);
      for (const name of own ? ["aria-invalid", "aria-describedby"] : []) {
        if (made.hasAttribute(name)) own.setAttribute(name, made.getAttribute(name));
        else own.removeAttribute(name);
      }
    }
    old.querySelector(ERRORS)?.remove();
    old.append(...all(ERRORS, fresh));
  }

  addEventListener("popstate", event => {
    if (!event.state?.powercrud || shown === address()) return; // another script's entry, or a #hash
    shown = address();
    [...timers.keys()].forEach(forget);
    all(VIEW).forEach(view => visit(location.href, view, "keep"));
  });
  addEventListener("pageshow", event => {
    sentForms = new WeakSet();
    all("form[aria-busy]").forEach(form => hold(form, false));
    if (event.persisted && places[0].original == null) remember(places[0]);
  });
  addEventListener("pc:refresh", ({ target }) => { if (target.matches?.(VIEW)) visit(location.href, target, "keep", { quiet: true }); });
  addEventListener("pc:parse", ({ detail }) => { detail.page = parse(detail.text); });
  remember(places[0]);
  for (const region of all(`${VIEW} [data-pc-region][id]`)) rendered.set(region, location.href);
})();
