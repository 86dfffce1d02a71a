// The review page: opening claims, others are seen, keys press the moves, unsaved edits are guarded. It needs desk.js,
// which knows whether keys are on; without either, every move is a plain form with a button of its own.
const side = document.querySelector(".review-side");
const looking = document.querySelector(".looking");
const help = document.querySelector(".keys-help");
const EVERY = 20_000; // milliseconds between two words to the server that the page is still open

// A move's key presses its button or, where something is asked for, opens it and leads to the field.
function press(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return false;
  if (found.matches("details")) {
    found.open = true;
    (found.querySelector("textarea, select") ?? found.querySelector("summary")).focus();
  } else {
    found.focus();
    found.click();
  }
  return true;
}

// ---- Who else is here, and what was done meanwhile
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${looking.dataset.url}?seen=${looking.dataset.seen}`, { redirect: "error" });
    if (!answer.ok) return;
    const text = (await answer.text()).trim();
    if (text !== looking.dataset.text) looking.innerHTML = looking.dataset.text = text;
  } catch {
    // The next round asks again.
  }
}
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);

// ---- Opening an item claims it, once somebody really sees it
async function open() {
  const form = document.querySelector(".move[data-opens]");
  if (!form || document.hidden) return;
  delete form.dataset.opens;
  try {
    const sent = { method: "POST", body: new FormData(form), headers: { "X-Part": "side" }, redirect: "error" };
    const answer = await fetch(form.action, sent);
    if (!answer.ok) return look();
    const version = answer.headers.get("X-Version");
    const text = await answer.text();
    const busy = side.querySelector("details[open]:has(textarea, select)") || side.contains(document.activeElement);
    if (!busy) side.innerHTML = text;
    looking.dataset.seen = version;
    for (const field of document.querySelectorAll("input[name='seen']")) field.value = version;
    document.dispatchEvent(new Event("copydesk:claimed"));
  } catch {
    // The button is still there.
  }
}
document.addEventListener("visibilitychange", open);
open();

// ---- Where to go next: the order of the list that the editor came from
const back = document.querySelector("[data-back]");
const next = document.querySelector("[data-next]");
if (back) back.href = sessionStorage.getItem("copydesk.desk") ?? back.href;
const list = JSON.parse(sessionStorage.getItem("copydesk.list") ?? "[]");
const following = list[list.indexOf(location.pathname) + 1];
if (next && list.includes(location.pathname) && following) {
  next.href = following;
  next.hidden = false;
}

// ---- Keys
function showHelp() {
  const rows = help.querySelector("dl");
  for (const old of rows.querySelectorAll(".of-move")) old.remove();
  const found = [...document.querySelectorAll("[data-key]")].map((place) => {
    const row = document.createElement("div");
    const key = document.createElement("kbd");
    row.className = "of-move";
    key.textContent = place.dataset.key;
    row.append(document.createElement("dt"), document.createElement("dd"));
    row.firstChild.append(key);
    row.lastChild.textContent = place.querySelector("span").textContent;
    return row;
  });
  rows.prepend(...found);
  help.showModal();
}

const KEYS = { "?": showHelp, b: () => back?.click(), n: () => (next?.hidden ? back : next)?.click() };
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.repeat || event.isComposing) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.closest(".move textarea, .move select")) {
    event.preventDefault();
    target.form.requestSubmit();
  } else if (key === "Escape" && target.closest(".move textarea, .move select")) target.closest("details").querySelector("summary").focus();
  if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
  if (press(key)) event.preventDefault();
  else if (Object.hasOwn(KEYS, key)) {
    event.preventDefault();
    KEYS[key]();
  }
});
const helpButton = document.querySelector("[data-help]");
if (helpButton) helpButton.hidden = false;
helpButton?.addEventListener("click", showHelp);

// ---- A move takes the text as it was saved: it waits while the form beside it holds edits that were not
const edit = document.querySelector(".review-item form");
if (edit) {
  let edited = false;
  edit.addEventListener("input", () => (edited = true));
  edit.addEventListener("change", () => (edited = true));
  edit.addEventListener("submit", () => (edited = false));
  side.addEventListener("submit", (event) => {
    const warning = side.querySelector(".unsaved");
    if (!edited || !warning || !event.target.matches(".move")) return;
    event.preventDefault();
    warning.classList.add("pressing");
    edit.querySelector("[name='_continue']").focus();
  });
  addEventListener("beforeunload", (event) => {
    if (edited) event.preventDefault();
  });
}
