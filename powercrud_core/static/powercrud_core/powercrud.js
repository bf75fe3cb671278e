/** PowerCRUD's script: lists change in place. One file, no dependency, no build.
 *
 * Every address answers with a whole page, script or no script. This follows the links and sends the GET
 * forms of a list with fetch(), takes the list's parts out of the page that comes back, by id, and leaves
 * the rest alone. What it does not understand it leaves to the browser.
 *
 *   data-pc-view         a list and all that belongs to it; has an id. A new request takes the place of an
 *                        older one of the same view; several views on a page do not disturb each other
 *   data-pc-region       a part of a view; has an id; its namesake in the fetched page replaces it
 *   data-pc-live         anywhere; has an id; the element stays and takes new content, so it is announced
 *   data-pc-swap         on a link or a GET form in a view; "replace" makes no history entry
 *   data-pc-shift="URL"  on such a link: where a shift-click leads
 *   data-pc-auto="350"   on such a form: it sends itself that many milliseconds after the last key, and at
 *                        once when something is picked; a run of typing is one history entry
 *   data-pc-part         "page-link" brings the list's top back into sight; "table-scroller" keeps its
 *                        sideways scroll; a POST form with a part is not sent twice; a link or a field
 *                        outside the regions with a part or an id takes its namesake's address or value
 *   data-pc-text-offline, data-pc-text-retry   on #pc-messages: texts for an answer that did not come
 *
 * Packs style what it writes: aria-busy on a view that waits; data-pc-stale on one whose last request
 * failed; in #pc-messages <div data-pc-part="message" data-pc-tone="error" data-pc-problem="id of the view">
 * with <p> and <button data-pc-part="retry">. Events bubble and, but for pc:swapped, can be canceled:
 *
 *   pc:visit        on a view, {url}: before a request; canceled: nothing is asked for
 *   pc:before-swap  on a region, {fresh}: before it is replaced; canceled: it stays
 *   pc:swapped      on a new region, and on a live element with new content
 *   pc:error        on a view, {url, error, retry}: no answer, or a 5xx; canceled: no message is shown
 * @example document.addEventListener("pc:swapped", event => startMyCharts(event.target));
 */
(() => {
  "use strict";
  const VIEW = "[data-pc-view][id]", PICKED = "select, [type=checkbox], [type=radio]";
  const HELD = "select, textarea, input:not([type=checkbox], [type=radio], [type=submit])";
  const FOCUSABLE = "a[href], button:not([disabled]), input, select, textarea, summary, [tabindex]";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = id => document.getElementById(id);
  const regionsOf = view => all("[data-pc-region][id]", view);
  const problemsOfOthers = (box, view) =>
    all(`[data-pc-problem]:not([data-pc-problem="${CSS.escape(view.id)}"])`, box);
  const scrollersOf = root => all('[data-pc-part="table-scroller"]', root);
  const emit = (element, type, detail) =>
    element.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable: true, detail }));
  const policy = window.trustedTypes?.createPolicy("powercrud", { createHTML: text => text });
  const parse = text => new DOMParser().parseFromString(policy?.createHTML(text) ?? text, "text/html");
  const isAuto = form => form?.hasAttribute("data-pc-auto") && form.closest(VIEW);
  const forget = form => { clearTimeout(timers.get(form)); timers.delete(form); };
  const address = () => location.pathname + location.search;

  const requests = new Map(); // a view's id → the AbortController of its request
  const timers = new Map(); // a form that is about to send itself → its timer
  const rendered = new WeakMap(); // a region → the address it was made for
  let sentForms = new WeakSet(), shown = address();

  /** Put the view's parts of an address in place. `how` is for record(); `form` is one that sent itself. */
  async function visit(wish, view, how, { form, toTop } = {}) {
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
    else if (page?.getElementById(view.id)) swap(view, page, url, form);
    else location.replace(url); // a log-in page, a refusal: the browser goes there
    view.removeAttribute("aria-busy");
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
    const make = (name, properties) => Object.assign(document.createElement(name), properties);
    const message = make("div", { role: "alert" }), text = make("p", { textContent: box.dataset.pcTextOffline });
    const button = make("button", { type: "button", textContent: box.dataset.pcTextRetry, onclick: retry });
    Object.assign(message.dataset, { pcPart: "message", pcTone: "error", pcProblem: view.id });
    button.dataset.pcPart = "retry";
    message.append(text, button);
    box.replaceChildren(...problemsOfOthers(box, view), message);
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

  function swap(view, page, url, form) {
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
    updateLive(view, page);
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

  function updateLive(view, page) {
    for (const old of all("[data-pc-live][id]")) {
      const fresh = page.getElementById(old.id), home = old.closest(VIEW);
      if (!fresh || (home && home !== view) || old.isEqualNode(fresh)) continue;
      old.replaceChildren(...problemsOfOthers(old, view), ...fresh.childNodes);
      announce(old);
    }
  }

  /** Remember open details and the sideways scroll of tables; return what brings them back. */
  function rememberState(region) {
    const open = new Map(all("details[id]", region).map(details => [details.id, details.open]));
    const offsets = scrollersOf(region).map(scroller => scroller.scrollLeft);
    return root => {
      const isOpen = panel => (open.get(panel.id) ?? panel.open) || !!panel.querySelector("[aria-invalid=true]");
      all("details[id]", root).forEach(panel => (panel.open = isOpen(panel)));
      scrollersOf(root).forEach((scroller, i) => (scroller.scrollLeft = offsets[i] ?? 0));
    };
  }

  /** Remember focus and caret; return what brings them back: the same id, else the nearest place left. */
  function rememberFocus(view) {
    const active = document.activeElement, { id, selectionStart: start, selectionEnd: end } = active, ids = [];
    for (let at = active; at && at !== view; at = at.parentElement) if (at.id) ids.push(at.id);
    return () => {
      if (active.isConnected) return;
      const places = ids.map(byId).filter(Boolean);
      const landing = places.map(at => (at.matches(FOCUSABLE) ? at : at.querySelector(FOCUSABLE))).find(Boolean);
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

  // All listening is done on the window, so nothing starts or stops when parts change, and after the host's.
  addEventListener("click", event => {
    const link = event.target.closest?.("a[data-pc-swap]"), view = link?.closest(VIEW);
    if (!view || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (link.target || link.origin !== location.origin || (event.shiftKey && !link.dataset.pcShift)) return;
    event.preventDefault();
    all("form", view).forEach(forget);
    const url = event.shiftKey ? link.dataset.pcShift : link.href;
    visit(url, view, link.dataset.pcSwap || "push", { toTop: link.dataset.pcPart === "page-link" });
  });

  addEventListener("submit", event => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.getAttribute("method")?.toLowerCase() === "post") {
      if (sentForms.has(form)) event.preventDefault(); // a double click must not save twice
      if ("pcPart" in form.dataset) sentForms.add(form);
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

  addEventListener("popstate", event => {
    if (!event.state?.powercrud || shown === address()) return; // another script's entry, or a #hash
    shown = address();
    [...timers.keys()].forEach(forget);
    all(VIEW).forEach(view => visit(location.href, view, "keep"));
  });
  addEventListener("pageshow", () => { sentForms = new WeakSet(); });
  for (const region of all(`${VIEW} [data-pc-region][id]`)) rendered.set(region, location.href);
})();
