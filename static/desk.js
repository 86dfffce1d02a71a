// The desk by keyboard. Nothing here is needed: every row is a link. The review page's own script is review.js.
const OFF = "copydesk.keys-off";
let keysOn = localStorage.getItem(OFF) === null;

function isTyping(target) {
  return target.isContentEditable || target.closest("input, textarea, select, dialog, [role='textbox']") !== null;
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
  const place = links.indexOf(document.activeElement) + (step < 0 && !links.includes(document.activeElement) ? 1 : step);
  links[Math.max(0, Math.min(place, links.length - 1))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!keysOn || event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
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

// Django's widgets leave a few things without a name, or with one where none may be. Some are made when jQuery says
// that the page is ready, some when it is loaded.
function nameWidgets() {
  for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const field = box.closest(".select2").previousElementSibling;
    box.setAttribute("aria-label", field.labels[0]?.textContent.trim() ?? field.name);
  }
  for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]")) icon.role = "img";
  for (const table of document.querySelectorAll(".inline-group")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  for (const head of document.querySelectorAll("th:empty")) head.replaceWith(document.createElement("td"));
}
// Select2 would put its "clear all" into the list of what is chosen, where only list items may be.
for (const field of document.querySelectorAll(".admin-autocomplete[multiple]")) field.dataset.allowClear = "false";
window.django?.jQuery?.(nameWidgets);
addEventListener("load", nameWidgets);
addEventListener("resize", nameWidgets);
