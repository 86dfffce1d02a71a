// The desk by keyboard. Nothing here is needed: every row is a link. The review page's own script is review.js.
const OFF = "copydesk.keys-off";
let keysOn = localStorage.getItem(OFF) === null;

function isTyping(target) {
  if (target.matches(".desk-rows input")) return false;
  // A dialog that has just closed keeps the focus until the next frame: its keys are the page's again.
  return target.isContentEditable || target.closest("input, textarea, select, dialog[open], [role='textbox']") !== null;
}

// The order of the list goes along to the review page, whose "next" follows it.
const rows = [...document.querySelectorAll(".desk-rows a")];
if (document.body.classList.contains("desk")) {
  sessionStorage.setItem("copydesk.list", JSON.stringify(rows.map((link) => link.pathname)));
  sessionStorage.setItem("copydesk.desk", location.href);
}

// j and k walk along the desk's rows; Enter follows the link, as everywhere.
function walk(step) {
  const links = [...document.querySelectorAll(".desk-rows a")];
  const here = document.activeElement?.closest(".desk-rows li")?.querySelector("a") ?? document.activeElement;
  const place = links.indexOf(here) + (step < 0 && !links.includes(here) ? 1 : step);
  links[Math.max(0, Math.min(place, links.length - 1))]?.focus();
}

// x ticks the row that has the focus.
function tick() {
  document.activeElement?.closest(".desk-rows li")?.querySelector("input[type='checkbox']")?.click();
}

document.addEventListener("keydown", (event) => {
  if (!keysOn || event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "x") tick();
});

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".account[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".account[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// One-letter keys can be switched off (WCAG 2.1.4): people who dictate would press them by speaking.
for (const row of document.querySelectorAll(".keys")) {
  const button = row.querySelector("button");
  const show = () => {
    button.setAttribute("aria-pressed", String(keysOn));
    for (const sign of document.querySelectorAll(".desk-hint, .move kbd")) sign.hidden = !keysOn;
  };
  button.addEventListener("click", () => {
    keysOn = !keysOn;
    if (keysOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "");
    show();
  });
  row.hidden = false;
  show();
}

// On a phone the filters fold away until they are asked for.
if (matchMedia("(width < 48rem)").matches) {
  for (const filters of document.querySelectorAll(".desk-filters, #changelist-filter details")) filters.open = false;
}

// What has come or gone since the list was shown is said; nothing moves under the reader's eyes or pointer.
const POLL = 15_000; // milliseconds
const line = document.querySelector(".desk-news");
if (line) {
  const url = new URL(line.dataset.url, location.href);
  url.searchParams.set("since", line.dataset.since);
  for (const box of document.querySelectorAll(".desk-rows input")) url.searchParams.append("row", box.value);
  let etag = "";
  const show = ({ fresh, gone }) => {
    for (const [key, words] of Object.entries(gone)) {
      const row = document.querySelector(`.desk-rows input[value="${CSS.escape(key)}"]`)?.closest("li");
      if (!row || row.classList.contains("gone")) continue;
      row.classList.add("gone");
      row.querySelector("p").append(Object.assign(document.createElement("strong"), { textContent: words }));
      Object.assign(row.querySelector("input"), { checked: false, disabled: true });
    }
    if (!fresh) return line.replaceChildren();
    const text = line.dataset.words.replace("%s", fresh > 99 ? line.dataset.more : fresh);
    if (line.textContent === text) return;
    line.replaceChildren(Object.assign(document.createElement("a"), { href: location.href, textContent: text }));
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(url, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", redirect: "error" });
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag");
      show(await answer.json());
    } catch {
      // The network is away, or somebody has signed out: the list says what it said.
    }
  };
  setInterval(ask, POLL);
  document.addEventListener("visibilitychange", ask);
}

// Django's widgets leave a few things without a name, or with one where none may be. Some are made when jQuery says
// that the page is ready, some when it is loaded.
function nameWidgets() {
  for (const box of document.querySelectorAll(":is(.select2-search__field, .select2-selection__rendered[role=textbox]):not([aria-label])")) {
    const field = box.closest(".select2")?.previousElementSibling;
    if (field) box.setAttribute("aria-label", field.ariaLabel ?? field.labels[0]?.textContent.trim() ?? field.name);
  }
  for (const box of document.querySelectorAll(".select2-selection--single:not([data-named])")) {
    const label = box.closest(".select2").previousElementSibling.labels[0];
    if (!label) continue;
    label.id ||= `${label.htmlFor}-label`;
    box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby") ?? ""}`.trim());
    // What is chosen is the box's value, not a text field of its own without a name.
    for (const chosen of box.querySelectorAll("[role=textbox]")) for (const name of ["role", "aria-readonly"]) chosen.removeAttribute(name);
    box.dataset.named = "";
  }
  for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]")) icon.role = "img";
  for (const table of document.querySelectorAll(".inline-group")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  for (const head of document.querySelectorAll("th:empty")) head.replaceWith(document.createElement("td"));
}
// Select2 would put its "clear all" into the list of what is chosen, where only list items may be.
for (const field of document.querySelectorAll(".admin-autocomplete[multiple]")) field.dataset.allowClear = "false";
window.django?.jQuery?.(nameWidgets);
addEventListener("load", nameWidgets);
addEventListener("formset:added", () => setTimeout(nameWidgets)); // after Django has made the new row's widgets
addEventListener("resize", nameWidgets);
