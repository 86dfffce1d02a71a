// Keeps in this browser what is typed into the form of a story, and puts it back when the form opens empty again: after a
// crash, a closed tab, a page that never came. The words come from the server. Each tab writes an entry of its own, so
// that no tab overwrites another's; the newest is put back, the others are named. Runs before the body's editor starts.
// Its names are its own: the other scripts of the page are not modules either.

(() => {
  const PREFIX = "copydesk.draft:"; // then the form's scope, ":" and a random name
  const OWN = "copydesk.draft"; // in sessionStorage: the entry that this tab wrote last
  const DAYS = 30;
  const PAUSE = 1000; // milliseconds between a keystroke and the entry
  const LEFT_OUT = ["website", "guidelines"]; // a trap for robots; an agreement is given anew
  const BLOCK = /<(?:p|h[1-6]|ul|ol|li|blockquote|div|table|pre|br)\b[^<>]*>/i; // as in cms/text.py

  // A browser may refuse its storage, or have it full: then there is nothing to read, and `write` says so.
  const storage = {
    read(key) {
      try {
        const entry = JSON.parse(localStorage.getItem(key));
        return typeof entry?.time === "number" && entry.fields ? { key, ...entry } : null;
      } catch {
        return null;
      }
    },
    write(key, time, fields) {
      try {
        localStorage.setItem(key, JSON.stringify({ time, fields }));
        sessionStorage.setItem(OWN, key);
        return true;
      } catch {
        return false;
      }
    },
    remove(key) {
      try {
        localStorage.removeItem(key);
      } catch {
        // Nothing was kept.
      }
    },
    own() {
      try {
        return sessionStorage.getItem(OWN) ?? "";
      } catch {
        return "";
      }
    },
    // The entries whose key begins with `start`, newest first.
    entries(start) {
      try {
        const keys = Object.keys(localStorage).filter((key) => key.startsWith(start));
        return keys.map((key) => storage.read(key) ?? { key, time: 0, fields: {} }).sort((one, two) => two.time - one.time);
      } catch {
        return [];
      }
    },
  };

  const same = (one, two) => Object.keys({ ...one, ...two }).every((name) => one[name] === two[name]);

  function forgetOld() {
    const oldest = Date.now() - DAYS * 24 * 60 * 60 * 1000;
    for (const { key, time } of storage.entries(PREFIX)) if (time < oldest) storage.remove(key);
  }

  // A page after which what was kept is needed no more: a receipt, a deleted draft. What belongs to the form as it is now stays.
  function finish({ dataset: { draftsDone: scope, draftsNow: now, draftsSent: sent } }) {
    const own = sent === undefined ? null : storage.read(storage.own());
    for (const entry of storage.entries(PREFIX)) {
      const ofScope = scope && entry.key.startsWith(PREFIX + scope) && !(now && entry.key.startsWith(PREFIX + now));
      if (ofScope || (own && same(entry.fields, own.fields))) storage.remove(entry.key);
    }
  }

  function start(place) {
    const { scope, state } = place.dataset;
    const form = place.nextElementSibling;
    const controls = [...form.elements].filter(
      ({ name, type }) => name && !LEFT_OUT.includes(name) && !["hidden", "file", "submit", "button"].includes(type),
    );
    const line = place.querySelector("[role=status]");
    const list = place.querySelector("ul");
    const printed = read((control) => defaultOf(control));
    let slot = "";
    let dirty = false;
    let timer = 0;
    let editor = null;
    let formatted = document.getElementById("id_body_formatted")?.innerHTML ?? "";

    function read(value) {
      return Object.fromEntries(controls.map((control) => [control.name, value(control)]));
    }
    const typed = () => read((control) => (control.type === "checkbox" ? control.checked : control.value));

    function fill(fields) {
      for (const control of controls) {
        const value = fields[control.name];
        if (value === undefined) continue;
        if (control.type === "checkbox") control.checked = value;
        else control.value = value;
      }
      formatted = "";
      format();
      form.elements.language?.dispatchEvent(new Event("change")); // the texts are in that language now
    }

    // Plain typing stays plain in the hidden field: only what the editor shows of it has paragraphs.
    function format() {
      const { value } = form.elements.body;
      const html = formatted || (BLOCK.test(value) ? value : paragraphs(value));
      editor?.commands.setContent(html, { emitUpdate: false });
    }

    function write() {
      clearTimeout(timer);
      timer = 0;
      if (!dirty) return;
      dirty = false;
      const fields = typed();
      if (same(fields, printed) && state !== "typed") {
        storage.remove(slot);
        slot = "";
      } else {
        slot ||= fresh();
        if (!storage.write(slot, Date.now(), fields)) say(place.dataset.failed);
        else if (place.querySelector(":scope > button:disabled") || line.dataset.over) promise(true);
      }
    }

    // Stands there before anything is typed: a line that appeared while somebody writes or points would move the form.
    function promise(kept) {
      say(place.dataset.kept, [place.dataset.discard, discard]);
      place.querySelector(":scope > button").disabled = !kept;
    }

    const fresh = () => `${PREFIX}${scope}:${[...crypto.getRandomValues(new Uint32Array(2))].map((each) => each.toString(36)).join("")}`;

    // Makes an entry of another page this page's own; whoever still writes it does so again (see "storage" below).
    function adopt({ key, time, fields }) {
      slot = fresh();
      if (storage.write(slot, time, fields)) storage.remove(key);
      else slot = key;
      fill(fields);
      place.closest("details")?.setAttribute("open", "");
      say(place.dataset.restored.replace("{time}", date(time)), [place.dataset.discard, discard]);
    }

    function discard() {
      const before = typed();
      storage.remove(slot);
      slot = "";
      dirty = false;
      clearTimeout(timer);
      timer = 0;
      if (state !== "typed") fill(printed);
      say(place.dataset.discarded, [place.dataset.bringBack, () => {
        fill(before);
        dirty = true;
        say("");
        write();
      }]);
      line.dataset.over = "1";
    }

    function say(words, ...buttons) {
      delete line.dataset.over;
      line.textContent = words;
      for (const button of place.querySelectorAll(":scope > button")) button.remove();
      line.after(...buttons.map((each) => makeButton(...each)));
      showOthers();
    }

    // Texts of other tabs and other days, as far as they are not what the form says anyway.
    function showOthers() {
      const seen = [typed(), printed];
      const others = storage.entries(`${PREFIX}${scope}:`).filter(({ key, fields }) => {
        if (key === slot || seen.some((one) => same(one, fields))) return false;
        return seen.push(fields);
      });
      list.replaceChildren(...others.map((entry) => {
        const item = document.createElement("li");
        const words = place.dataset.other.replace("{time}", date(entry.time)).replace("{words}", () => firstWords(entry.fields));
        const about = document.createElement("p");
        about.append(words);
        item.append(about, makeButton(place.dataset.show, () => {
          dirty = dirty || !same(typed(), printed);
          write();
          adopt(entry);
        }), " ", makeButton(place.dataset.discard, () => {
          storage.remove(entry.key);
          showOthers();
        }));
        return item;
      }));
    }

    function begin() {
      const own = storage.read(storage.own());
      const now = typed();
      if (state !== "printed" || !same(now, printed)) {
        // The server, or the browser itself on its way back, has filled the form: that is never overwritten.
        if (own?.key.startsWith(`${PREFIX}${scope}:`)) slot = own.key;
        if (own && same(own.fields, now) && (state === "saved" || !slot)) {
          storage.remove(own.key); // the server has it now, or this page keeps it under its own scope
          slot = "";
          dirty = state === "typed";
          write();
        } else if (state === "saved") slot = ""; // what was typed here before is offered, not overwritten
        return promise(Boolean(slot));
      }
      const kept = storage.entries(`${PREFIX}${scope}:`).filter(({ fields }) => !same(fields, printed));
      const mine = kept.find(({ key }) => key === own?.key); // this tab was loaded again, or led back here
      if (kept.length) adopt(mine ?? kept[0]);
      else promise(false);
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    function changed({ target }) {
      if (!controls.includes(target)) return;
      dirty = true;
      timer ||= setTimeout(write, PAUSE);
    }
    addEventListener("pagehide", write);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") write();
    });
    addEventListener("storage", ({ key, newValue }) => {
      if (!slot || key !== slot || newValue !== null) return;
      dirty = true; // another tab took or discarded what this one is still writing
      write();
    });
    document.addEventListener("prose-editor:ready", ({ detail }) => {
      if (detail.textarea !== form.elements.body) return;
      editor = detail.editor;
      if (detail.textarea.value && !BLOCK.test(detail.textarea.value)) format();
    });
    begin();
  }

  function defaultOf(control) {
    if (control.type === "checkbox") return control.defaultChecked;
    if (control.localName !== "select") return control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? "";
  }

  function paragraphs(text) {
    const all = document.createElement("div");
    for (const part of text.split(/\n\s*\n/).filter((each) => each.trim())) {
      const paragraph = document.createElement("p");
      part.trim().split("\n").forEach((each, number) => paragraph.append(...(number ? [document.createElement("br"), each] : [each])));
      all.append(paragraph);
    }
    return all.innerHTML;
  }

  function firstWords({ headline = "", body = "" }) {
    const text = headline || new DOMParser().parseFromString(body, "text/html").body.textContent;
    return text.length > 60 ? `${text.slice(0, 60)}…` : text || "–";
  }

  function date(time) {
    return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(time);
  }

  function makeButton(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.textContent = words;
    button.addEventListener("click", act);
    return button;
  }

  forgetOld();
  for (const page of document.querySelectorAll("[data-drafts-done]")) finish(page);
  for (const place of document.querySelectorAll(".kept-here")) start(place);
})();
