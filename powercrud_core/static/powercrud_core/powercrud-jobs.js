/** PowerCRUD: asks how far the user's jobs are, once for all of them. Without this script a page tells it when it is
 * loaded, and the page of a job loads itself again.
 *
 *   data-pc-poll="/jobs/progress/"  on the region of the jobs: the address that tells how far they are
 *   data-pc-delay="2"    on it: after so many seconds it is worth asking; missing while no job runs
 *   data-pc-whole        on it: the page is about these jobs, and is loaded again when they are over
 *   data-pc-part="job" [id], "jobs-status"   in it: a job, and what is announced; data-pc-text: what that is
 *
 * Nothing is asked while the page is hidden, and nothing any more when the user is signed out. pc:jobs bubbles from the
 * region when a job begins or ends, with {running, over}: keys of jobs; the lists of the page are then brought up to date.
 */
(() => {
  "use strict";
  const FAILED = 10; // seconds until it is tried again where the server did not answer
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const part = name => `[data-pc-part="${name}"]`;
  const region = () => document.querySelector("[data-pc-poll][id]");
  const running = root => all(`${part("job")}:has(progress)`, root).map(job => job.id);
  let timer, asking = false, over = false;

  function wait(seconds = region()?.dataset.pcDelay) {
    clearTimeout(timer);
    if (seconds !== undefined && !document.hidden && !over) timer = setTimeout(ask, seconds * 1000);
  }

  async function ask() {
    const old = region();
    if (!old || asking || over) return;
    asking = true;
    const headers = { Accept: "text/html", "X-PC-Part": old.id };
    const answer = await fetch(old.dataset.pcPoll, { headers, redirect: "manual" }).catch(() => ({ status: 503 }));
    const detail = { text: answer.ok ? await answer.text() : "" };
    asking = false;
    document.dispatchEvent(new CustomEvent("pc:parse", { bubbles: true, detail }));
    const fresh = detail.page?.getElementById(old.id);
    if (fresh) show(old, fresh);
    else if (answer.status < 500) over = true; // signed out
    wait(fresh ? undefined : FAILED);
  }

  /** Bring the region to its new state: the status stays, so that it is announced; the focus stays, too. */
  function show(old, fresh) {
    const before = running(old), now = running(fresh);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const status = old.querySelector(part("jobs-status")), text = fresh.querySelector(part("jobs-status")).dataset.pcText ?? "";
    for (const job of all(part("job"), old)) if (!fresh.querySelector(`#${CSS.escape(job.id)}`)) job.remove();
    const box = status.parentElement;
    for (const job of all(part("job"), fresh)) {
      const known = document.getElementById(job.id);
      if (known) { if (!known.isEqualNode(job)) known.replaceWith(job); } else box.append(job);
    }
    for (const name of ["data-pc-poll", "data-pc-delay"]) {
      if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
      else old.removeAttribute(name);
    }
    if (text && status.textContent !== text) status.textContent = text;
    if (focused && !focused.isConnected) {
      const job = focused.closest(part("job"));
      (document.getElementById(job?.id)?.querySelector(`[data-pc-part="${focused.dataset.pcPart}"]`) ?? old).focus();
    }
    const begun = now.filter(id => !before.includes(id)), ended = before.filter(id => !now.includes(id));
    if (!begun.length && !ended.length) return;
    const keys = ids => ids.map(id => id.replace("pc-job-", ""));
    old.dispatchEvent(new CustomEvent("pc:jobs", { bubbles: true, detail: { running: keys(now), over: keys(ended) } }));
    if (ended.length && old.hasAttribute("data-pc-whole")) location.reload();
    else for (const view of all("[data-pc-view][id]")) view.dispatchEvent(new CustomEvent("pc:refresh", { bubbles: true }));
  }

  document.addEventListener("visibilitychange", () => wait(document.hidden ? undefined : 0));
  document.addEventListener("pc:changed", () => wait(0)); // something may have been left to a job
  const status = region()?.querySelector(part("jobs-status"));
  if (status?.dataset.pcText) setTimeout(() => { status.textContent = status.dataset.pcText; }, 100);
  wait();
})();
