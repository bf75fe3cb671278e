/** PowerCRUD's selects: a choice of any size becomes a searched list. Loaded only by pages that need it,
 * after Tom Select, which draws the list; this starts and stops it and fills what it leaves to be wished.
 *
 * Without the script the same markup is a native select, or what was picked from a large relation beside
 * the button or link to the page that picks. That page answers JSON where a list asks for it.
 *
 *   data-pc-select        on a select: its options are searched here. On an element with an id: the values
 *                         picked so far, as inputs with data-pc-label; #<id>_choose leads to the page that
 *                         picks, and is asked for choices. "compact" keeps the height of one row
 *   data-pc-name, data-pc-several, data-pc-required    on such an element: how the values are sent
 *   data-pc-text-none, data-pc-text-loading, data-pc-text-found, data-pc-text-chosen, data-pc-text-empty,
 *   data-pc-text-remove, data-pc-text-failed, data-pc-text-retry    on #pc-messages: texts of all lists of
 *                         a page, with {count}, {names} or {name}
 *   data-pc-follow="/authors/{}/"   on a link in a field: leads to the chosen object; hidden without one
 *   data-pc-follow-name="Edit {}"   on such a link: its accessible name
 *   data-pc-follow-only="3"         on such a link: it is hidden while another value is chosen
 *   data-pc-part          "popover" holds check boxes, "popover-summary" in its button tells which are
 *                         ticked (data-pc-empty: none); "field" is what belongs to one control
 *
 * Packs style Tom Select's classes, and what this adds: data-pc-compact on .ts-wrapper, [data-pc-part=
 * "select-detail"] (a second line), "select-remove" (a button in a chosen item) and "select-problem".
 * It listens for pc:accept, {value, label}, on a control: the value is added and chosen.
 */
(() => {
  "use strict";
  const TARGETS = "[data-pc-select]", FIELD = '[data-pc-part="field"]', ANCHORED = "position-area: block-end";
  const WATCHED = ["disabled", "aria-invalid", "aria-describedby"];
  const { TomSelect } = globalThis.powercrud ?? {};
  const live = new Map(); // an element with data-pc-select → its Searched
  let made = 0;

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const make = (name, { text, part, ...attributes } = {}, ...children) => {
    const element = document.createElement(name);
    if (part) element.dataset.pcPart = part;
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.filter(Boolean));
    return element;
  };

  /** Return what belongs to an element, by the end of its id; in a dialog ids have its depth behind it. */
  const beside = ({ id }, end) => document.getElementById(id.replace(/(--\d+)?$/, `_${end}$1`));

  /** One searched list: over a native select, or in the place of what was picked. */
  class Searched {
    constructor(home) {
      this.home = home;
      this.texts = document.getElementById("pc-messages")?.dataset ?? {};
      this.compact = home.dataset.pcSelect === "compact";
      this.native = home.localName === "select";
      if (!this.native) this.replacePicked();
      else this.select = home;
      const empty = this.select.querySelector('option[value=""]');
      this.required = this.native ? home.required || !(home.multiple || empty) : "pcRequired" in home.dataset;
      this.name = this.select.name;
      this.shown = new Set();
      this.query = this.next = null;
      const focused = [this.select, this.choose].includes(document.activeElement);
      this.list = new TomSelect(this.select, this.settings());
      this.describe();
      this.listen();
      this.tell();
      if (focused || (this.choose?.autofocus && document.activeElement === document.body)) this.list.focus();
    }

    get remote() { return !this.native; }

    /** Put a select with the picked values in the place of their inputs. */
    replacePicked() {
      const { pcName: name } = this.home.dataset;
      this.picked = [...this.home.childNodes];
      const inputs = all("input[data-pc-label]", this.home), rest = all("input:not([data-pc-label])", this.home);
      const more = rest.map(input => input.nextElementSibling);
      this.select = make("select", { id: `${this.home.id}_select`, name, autocomplete: "off" });
      this.select.multiple = "pcSeveral" in this.home.dataset;
      for (const { value, checked, type, dataset } of inputs) {
        if (checked || type === "hidden") this.select.add(new Option(dataset.pcLabel, value, true, true));
      }
      this.home.replaceChildren(this.select, ...rest, ...more);
      this.home.tabIndex = -1; // who gives the focus back to what was picked means the list
      this.hideChoose();
    }

    /** Hide the way to the page that picks; a swap around the focus may have brought a new one. */
    hideChoose() {
      if (this.native || this.choose?.isConnected) return;
      this.choose = beside(this.home, "choose");
      if (this.choose) this.choose.hidden = true;
    }

    settings() {
      const { multiple } = this.select, removable = multiple ? !this.compact : !this.required;
      const disabled = (name, text) => make("div", { class: name, role: "option", "aria-disabled": "true", text });
      const remote = {
        load: (query, done) => this.load(query, done),
        shouldLoad: () => true,
        score: () => option => Number(this.shown.has(option.value)),
        refreshThrottle: 250,
      };
      return {
        ...(this.remote ? remote : { refreshThrottle: 0 }),
        loadThrottle: null, maxOptions: null, openOnFocus: false, hidePlaceholder: !this.compact,
        hideSelected: multiple && !this.compact, closeAfterSelect: !multiple, clearAfterSelect: multiple, sortField: [{ field: "$order" }],
        render: {
          dropdown: () => make("div", { popover: "manual" }),
          option: ({ text, detail }) =>
            make("div", {}, make("span", { text }), detail && make("small", { text: detail, part: "select-detail" })),
          item: data => make("div", {}, make("span", { text: data.text }), removable && this.removeButton(data)),
          optgroup: ({ group, options }) => make("div", { class: "optgroup", role: "group", "aria-label": group.label }, options),
          optgroup_header: ({ label }) => make("div", { class: "optgroup-header", "aria-hidden": "true", text: label }),
          no_results: () => disabled("no-results", this.texts.pcTextNone),
          loading: () => disabled("loading-results", this.texts.pcTextLoading),
        },
        onDropdownOpen: () => this.place(),
        onDropdownClose: dropdown => dropdown.matches(":popover-open") && dropdown.hidePopover(),
        onChange: () => this.tell(),
        onType: query => this.remote || this.announce(query),
      };
    }

    removeButton({ value, text }) {
      const label = say(this.texts.pcTextRemove, { name: text });
      const button = make("button", { type: "button", part: "select-remove", "aria-label": label, text: "×" });
      button.addEventListener("click", event => {
        event.stopPropagation();
        this.list.removeItem(value);
        this.list.focus();
      });
      return button;
    }

    /** Give the list its name, what describes it, and what it says when it changes. */
    describe() {
      const { list, home, select } = this, { control_input: input, dropdown_content: content, wrapper } = list;
      const source = this.native ? home : home.closest(FIELD) ?? home, id = `${input.id}-value`;
      const label = beside(home, "label"), aria = home.getAttribute("aria-label");
      for (const element of [input, content]) {
        element.removeAttribute("aria-labelledby");
        if (aria) element.setAttribute("aria-label", aria);
        else if (label) element.setAttribute("aria-labelledby", label.id);
      }
      if (select.multiple) content.setAttribute("aria-multiselectable", "true");
      this.value = make("span", { id: `${input.id}-value`, hidden: "" });
      this.status = make("span", { role: "status", class: "ts-hidden-accessible" });
      this.judge();
      if (this.required) input.setAttribute("aria-required", "true");
      select.setAttribute("aria-hidden", "true");
      wrapper.toggleAttribute("data-pc-compact", this.compact);
      wrapper.append(this.value, this.status);
      const anchor = `--pc-select-${++made}`;
      list.control.style.setProperty("anchor-name", anchor);
      list.dropdown.style.setProperty("position-anchor", anchor);
      list.positionDropdown = () => {};
    }

    /** Say whether the field is wrong, and what it is described by; both may change while it stands there. */
    judge() {
      const { control_input: input } = this.list, source = this.native ? this.home : this.home.closest(FIELD) ?? this.home;
      const invalid = source.getAttribute("aria-invalid"), described = [this.value.id, source.getAttribute("aria-describedby")];
      input.setAttribute("aria-describedby", described.filter(Boolean).join(" "));
      if (invalid) input.setAttribute("aria-invalid", invalid);
      else input.removeAttribute("aria-invalid");
    }

    listen() {
      const { list } = this, { wrapper, control, dropdown_content: content } = list;
      // What is typed to search is no change of the form.
      for (const type of ["input", "change"]) wrapper.addEventListener(type, event => event.stopPropagation());
      for (const element of [this.select, this.home]) element.addEventListener("focus", () => list.focus());
      let wasOpen = false;
      control.addEventListener("mousedown", () => { wasOpen = list.isOpen; }, { capture: true });
      control.addEventListener("click", () => wasOpen || this.open());
      wrapper.addEventListener("keydown", event => this.press(event), { capture: true });
      content.addEventListener("scroll", () => this.isNearEnd() && this.more());
      if (!this.compact) return;
      const choose = list.onOptionSelect; // a second choice of the same takes it back
      list.onOptionSelect = (event, option) =>
        list.items.includes(option.dataset.value) ? list.removeItem(option.dataset.value) : choose.call(list, event, option);
    }

    press(event) {
      const arrow = event.key === "ArrowDown" || event.key === "ArrowUp";
      if (!arrow || event.target !== this.list.control_input) return;
      if (!this.list.isOpen) {
        event.preventDefault();
        event.stopPropagation();
        this.open();
      } else if (this.isNearEnd()) this.more();
    }

    open() {
      if (this.list.isDisabled) return;
      if (this.remote && this.query !== this.list.inputValue()) this.list.load(this.list.inputValue());
      this.list.refreshOptions(true);
    }

    /** Show the list in the top layer, where nothing clips it; the stylesheet puts it at its control. */
    place() {
      const { dropdown, control } = this.list;
      if (!dropdown.isConnected) return;
      if (!dropdown.matches(":popover-open")) dropdown.showPopover();
      if (CSS.supports(ANCHORED)) return;
      const box = control.getBoundingClientRect(), below = innerHeight - box.bottom > Math.min(box.top, 260);
      const edge = below ? { top: box.bottom, bottom: "auto" } : { top: "auto", bottom: innerHeight - box.top };
      for (const [side, value] of Object.entries({ ...edge, left: box.left, width: box.width })) {
        dropdown.style[side] = typeof value === "number" ? `${value}px` : value;
      }
    }

    isNearEnd() {
      const { dropdown_content: content, activeOption } = this.list, options = [...this.list.selectable()];
      const left = content.scrollHeight - content.scrollTop - content.clientHeight;
      return left < content.clientHeight || (activeOption && options.indexOf(activeOption) > options.length - 4);
    }

    /** Ask the page that picks for choices. */
    async ask(query, page, signal) {
      const { choose } = this, link = choose.localName === "a";
      const form = choose.form ?? choose.closest("form"), url = new URL(link ? choose.href : choose.formAction);
      const typed = [...new FormData(form, link ? null : choose)].filter(([, value]) => typeof value === "string");
      const data = link ? url.searchParams : new URLSearchParams(typed);
      if (link) for (const [name] of typed) data.delete(name);
      if (link) for (const [name, value] of typed) if (value) data.append(name, value);
      data.set("_q", query);
      data.set("_page", page);
      const options = { signal, redirect: "manual", headers: { Accept: "application/json" } };
      const answer = await fetch(url, link ? options : { ...options, method: "POST", body: data });
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      const { results, next } = await answer.json();
      results.forEach(({ value }) => this.shown.add(value));
      return { next, options: results.map(({ label, ...rest }) => ({ ...rest, text: label })) };
    }

    async load(query, done) {
      this.request?.abort();
      const { signal } = (this.request = new AbortController());
      this.shown = new Set();
      try {
        const { options, next } = await this.ask(query, 1, signal);
        [this.query, this.next] = [query, next];
        this.problem?.remove();
        this.list.clearOptions((_, value) => this.list.items.includes(value));
        done(options);
        this.announce();
      } catch (error) {
        if (this.stopped) return;
        done();
        if (error.name !== "AbortError") this.fail();
      }
    }

    /** Load the next page below the present one. */
    async more() {
      if (!this.next || this.paging) return;
      const { signal } = this.request, { list } = this, { dropdown_content: content } = list;
      this.paging = true;
      try {
        const { options, next } = await this.ask(this.query, this.next, signal);
        this.next = next;
        const { scrollTop } = content;
        list.addOptions(options);
        list.refreshOptions(false);
        content.scrollTop = scrollTop;
        this.announce();
      } catch (error) {
        if (error.name !== "AbortError" && !this.stopped) this.fail();
      } finally {
        this.paging = false;
      }
    }

    /** Say that there was no answer; the page that picks is there again. */
    fail() {
      const again = make("button", { type: "button", text: this.texts.pcTextRetry });
      again.addEventListener("click", () => { this.list.focus(); this.list.load(this.list.inputValue()); });
      this.problem?.remove();
      this.problem = make("div", { role: "alert", part: "select-problem" }, make("span", { text: this.texts.pcTextFailed }), again);
      this.home.append(this.problem);
      this.choose.hidden = false;
      this.query = null;
      this.list.close();
    }

    announce() {
      const count = this.remote ? `${this.shown.size}${this.next ? "+" : ""}` : this.list.currentResults.items.length;
      this.status.textContent = Number(count) === 0 ? this.texts.pcTextNone : say(this.texts.pcTextFound, { count });
    }

    /** Say what is chosen. */
    tell() {
      const { list, texts, select } = this;
      const names = list.items.map(value => list.options[value]?.text).filter(Boolean);
      this.value.textContent = names.length ? say(texts.pcTextChosen, { names: names.join(", ") }) : texts.pcTextEmpty;
      // Nothing picked is nothing sent, as without the script.
      if (this.remote) select.name = list.items.length ? this.name : "";
      if (!this.compact) return;
      const short = names.length > 1 ? `${names.length} · ${names.join(", ")}` : names[0];
      list.settings.placeholder = short ?? texts.pcTextEmpty;
      list.inputState();
      for (const option of list.selectable()) option.setAttribute("aria-checked", list.items.includes(option.dataset.value));
    }

    accept(value, text) {
      this.list.addOption({ value, text });
      this.list.addItem(value);
      all("option", this.select).find(option => option.value === value).textContent = text;
      this.tell();
      this.list.focus();
    }

    stop() {
      this.stopped = true;
      this.request?.abort();
      this.list.destroy();
      if (this.choose) this.choose.hidden = false;
      if (!this.native) this.home.replaceChildren(...this.picked);
    }
  }

  const start = home => {
    const ready = home.localName === "select" || beside(home, "choose");
    if (TomSelect && ready && home.isConnected && !live.has(home)) live.set(home, new Searched(home));
  };
  const ownerOf = element => live.get(element.closest?.(TARGETS)) ?? [...live.values()].find(s => s.select === element);

  const quote = value => {
    // As powercrud_core.roles.KeyConverter writes a key.
    const bytes = text => [...new TextEncoder().encode(text)].map(b => `_${b.toString(16).toUpperCase().padStart(2, "0")}`);
    if (/^(new|bulk|choices|jobs|\.\.?)$/.test(value)) return bytes(value[0]).join("") + value.slice(1);
    return value.replace(/[^\w.~@+-]|_/gu, character => bytes(character).join("")) || "_";
  };

  function follow(control) {
    for (const link of all("a[data-pc-follow]", control.closest(FIELD) ?? document.createElement("i"))) {
      const { pcFollow: url, pcFollowName: name, pcFollowOnly: only } = link.dataset, { value } = control;
      link.hidden = !value || value !== (only ?? value);
      if (link.hidden) continue;
      link.href = url.replace("{}", quote(value));
      link.ariaLabel = name.replace("{}", () => control.selectedOptions[0].textContent);
    }
  }

  function summarize(popover) {
    const names = all("input:checked", popover).map(box => box.closest("label").textContent.trim());
    const summary = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"] [data-pc-part="popover-summary"]`);
    const text = names.length > 1 ? `${names.length} · ${names.join(", ")}` : names[0];
    if (summary) summary.textContent = text ?? summary.dataset.pcEmpty;
  }

  addEventListener("change", ({ target }) => {
    const popover = target.closest?.('[data-pc-part="popover"]');
    if (popover) summarize(popover);
    if (target.localName === "select") follow(target);
  });
  addEventListener("pc:accept", event => {
    const owner = ownerOf(event.target), { value, label } = event.detail;
    if (!owner) return;
    event.preventDefault(); // a native select needs no help
    owner.accept(String(value), String(label));
    follow(owner.select);
  });
  addEventListener("reset", ({ target }) => setTimeout(() => {
    for (const owner of live.values()) {
      if (owner.select.form !== target) continue;
      owner.list.sync();
      owner.tell();
    }
  }));
  addEventListener("click", event => {
    const id = event.target.closest?.('a[href^="#"]')?.hash.slice(1), owner = id && [...live.values()].find(s => s.choose?.id === id);
    if (!owner) return;
    event.preventDefault();
    owner.list.focus();
  });

  new MutationObserver(changes => {
    for (const [home, owner] of live) {
      if (!home.isConnected) { live.delete(home); owner.stop(); } else owner.hideChoose();
    }
    for (const { type, target, addedNodes } of changes) {
      const owner = type === "attributes" && ownerOf(target);
      if (owner && owner.select === target && owner.list.isDisabled !== target.disabled) owner.list.setDisabled(target.disabled);
      if (owner && owner.home === target) owner.judge();
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE || node.closest(".ts-wrapper")) continue;
        if (node.matches(TARGETS)) start(node);
        all(TARGETS, node).forEach(start);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });
  all(TARGETS).forEach(start);
})();
