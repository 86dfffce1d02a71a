// Asks the checks while somebody writes, and shows what they say below each field. The words come from the server, so
// this script has none; without it, the button "Preview and check" does the same.

const PAUSE = 900; // milliseconds without a keystroke
const PRIVATE = ["cover", "email", "guidelines", "website", "form_key", "proof", "ticket"]; // what the checks do not look at stays here

function start(status) {
  const form = status.closest("form");
  const size = { width: 0, height: 0 };
  let timer = 0;
  let running = null;
  let rest = 0; // until when the server wants to be left alone, in milliseconds since 1970

  async function ask() {
    running?.abort();
    running = new AbortController();
    const fields = new FormData(form);
    for (const name of PRIVATE) fields.delete(name);
    if (size.width) {
      fields.set("cover_width", size.width);
      fields.set("cover_height", size.height);
    }
    try {
      const answer = await fetch(status.dataset.url, { method: "POST", body: fields, signal: running.signal, credentials: "omit" });
      if (answer.status === 429) {
        const { summary } = await answer.json();
        rest = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 60);
        if (status.textContent !== summary) status.textContent = summary; // what was said below the fields stays
        soon();
      } else if (answer.ok || answer.status === 413) show(form, status, await answer.json());
    } catch {
      // Away from the network, or overtaken by the next keystroke: what was said stays until the next answer.
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(PAUSE, rest - Date.now()));
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.elements.cover?.addEventListener("change", async ({ target }) => {
    Object.assign(size, await measure(target.files[0]));
    soon();
  });
}

// The picture itself is sent with the story only; its size is known here already.
async function measure(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    return { width: 0, height: 0 };
  }
}

function show(form, status, { verdicts, summary }) {
  const lists = new Map();
  for (const verdict of verdicts) {
    const list = lists.get(verdict.field) ?? [];
    list.push(line(verdict));
    lists.set(verdict.field, list);
  }
  for (const place of form.querySelectorAll(".field")) {
    const control = place.querySelector("[name]");
    if (control) fill(place, control, lists.get(control.name) ?? []);
  }
  if (status.textContent !== summary) status.textContent = summary; // said aloud only when the number changes
}

function fill(place, control, lines) {
  const id = `${control.id}_verdicts`;
  let list = document.getElementById(id);
  if (!list && !lines.length) return;
  if (!list) {
    list = document.createElement("ul");
    list.id = id;
    list.className = "verdicts";
    place.append(list);
    for (const described of [control, place.querySelector("[role=textbox]")]) {
      const before = described?.getAttribute("aria-describedby");
      described?.setAttribute("aria-describedby", before ? `${before} ${id}` : id);
    }
  }
  list.hidden = !lines.length;
  list.replaceChildren(...lines);
}

function line({ level, message, passage, link, link_name: linked, rule_name: name, rule_url: url }) {
  const item = document.createElement("li");
  item.className = `says-${level}`;
  item.append(message);
  if (passage) {
    const quote = document.createElement("q");
    const mark = document.createElement("mark");
    mark.append(passage);
    quote.append(mark);
    item.append(" ", quote);
  }
  for (const [address, words] of [[link, linked], [url, name]]) {
    if (!address) continue;
    const made = document.createElement("a");
    made.href = address;
    made.target = "_blank"; // the form keeps what was typed
    made.rel = "noopener";
    made.append(words);
    item.append(" ", made);
  }
  return item;
}

for (const status of document.querySelectorAll(".live-checks")) start(status);
