// Makes the body editor (django-prose-editor, tiptap) one of this site's fields: its names, its Chinese, what is pasted.

const CHINESE = {
  "heading 2": "二级标题",
  "heading 3": "三级标题",
  "Heading 2": "二级标题",
  "Heading 3": "三级标题",
  paragraph: "正文",
  Paragraph: "正文",
  "unordered list": "项目列表",
  "ordered list": "编号列表",
  blockquote: "引文",
  bold: "加粗",
  italic: "着重",
  "insert link": "插入链接",
  "remove link": "取消链接",
  undo: "撤销",
  redo: "重做",
  "Insert table": "插入表格",
  "Add column": "添加列",
  "Delete column": "删除列",
  "Add row": "添加行",
  "Delete row": "删除行",
  "Merge cells": "合并单元格",
  "Split cell": "拆分单元格",
  "Toggle header cell": "切换表头单元格",
  "Delete table": "删除表格",
  "Edit Link": "编辑链接",
  URL: "网址",
  Title: "说明文字",
  "Table Properties": "表格",
  "Insert Table": "插入表格",
  Rows: "行数",
  Columns: "列数",
  "Include header row": "含表头行",
  Update: "确定",
  Cancel: "取消",
  Formatting: "格式",
  "Escape leads to the toolbar.": "按 Escape 键到工具栏。",
};
const words = document.documentElement.lang.startsWith("zh") ? CHINESE : {};
const say = (text) => words[text] ?? text;

// The editor asks gettext for the words of its dialogs when its module is loaded, which is after this script.
const catalogue = window.gettext;
window.gettext = (text) => words[text] ?? (catalogue ? catalogue(text) : text);

// Tiptap adds a style element unless it finds one; our policy forbids that, and editor.css has the rules. This
// element has the name it looks for but, being no HTML, no effect.
const placeholder = document.createElementNS(null, "style");
placeholder.setAttribute("data-tiptap-style", "");
document.head.append(placeholder);

// What is pasted is read without its style sheets and attributes, as our policy wants it, so what they say of bold and
// italic becomes tags first. Google Docs wraps everything in <b style="font-weight:normal">: that one says "not bold".
// A first-level heading is the headline's; we know two levels below it.
function tidyPasted(html) {
  const bare = html
    .replace(/<style\b[^]*?<\/style>/gi, "")
    .replace(/<\w[^>]*>/g, (tag) => tag.replace(/\sstyle=/gi, " data-style="))
    .replace(/(<\/?)h([1456])\b/gi, (_, start, level) => `${start}h${level === "1" ? 2 : 3}`);
  const pasted = new DOMParser().parseFromString(bare, "text/html");
  for (const element of pasted.querySelectorAll("[data-style]")) {
    const { fontWeight, fontStyle } = styleOf(element);
    element.removeAttribute("data-style");
    if (element.matches("b, strong") && /^(normal|[1-4]00)$/.test(fontWeight)) {
      element.replaceWith(...element.childNodes);
    } else if (element.matches("span")) {
      if (/^(bold|[6-9]00)$/.test(fontWeight)) wrapContent(element, "strong");
      if (fontStyle === "italic") wrapContent(element, "em");
    }
  }
  return pasted.body.innerHTML;
}

// The browser itself reads the text of a style attribute: what it does not know (mso-…) it leaves out.
function styleOf(element) {
  const probe = document.createElement("span");
  probe.style.cssText = element.dataset.style;
  return probe.style;
}

function wrapContent(element, tag) {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

// The writing area is named, described and marked as its hidden text field is.
function nameArea(area, textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  if (label) label.id ||= `${textarea.id}_label`;
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  if (label) area.setAttribute("aria-labelledby", label.id);
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (textarea.hasAttribute(name)) area.setAttribute(name, textarea.getAttribute(name));
  }
  for (const way of document.querySelectorAll(`label[for="${textarea.id}"], a[href="#${textarea.id}"]`)) {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      area.focus();
      area.scrollIntoView({ block: "center" });
    });
  }
}

// The texts are read out, spelt and set in the language that the form says they are in.
function followLanguage(area, form) {
  const { language: choice, headline, dek } = form?.elements ?? {};
  if (!choice) return;
  const follow = () => {
    for (const field of [area, headline, dek]) if (field) field.lang = choice.value;
  };
  choice.addEventListener("change", follow);
  follow();
}

// In lists and tables Tab has a meaning of its own; Escape is the way out for the keyboard (WCAG 2.1.2).
function letOut(area, toolbar) {
  const hint = document.createElement("span");
  hint.id = `${area.getAttribute("aria-labelledby")}_way_out`;
  hint.hidden = true;
  hint.textContent = say("Escape leads to the toolbar.");
  area.after(hint); // a description of its own would go unread where another one is referred to
  area.setAttribute("aria-describedby", [area.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) toolbar.querySelector("button").focus();
  });
}

// The toolbar tells by class alone which buttons are on or out of use, and is in English.
function nameToolbar(editor, toolbar) {
  toolbar.setAttribute("role", "toolbar");
  toolbar.setAttribute("aria-label", say("Formatting"));
  for (const option of toolbar.querySelectorAll(".prose-menubar__option > *")) option.textContent = say(option.textContent);
  const update = () => {
    for (const button of toolbar.querySelectorAll("button[title]")) {
      button.title = say(button.title);
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
      button.setAttribute("aria-pressed", String(button.classList.contains("active")));
    }
    for (const button of toolbar.querySelectorAll(".prose-menubar__selected button")) {
      button.removeAttribute("aria-pressed");
      button.setAttribute("aria-haspopup", "true");
    }
  };
  editor.on("transaction", update);
  update();
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  nameArea(editor.view.dom, textarea);
  followLanguage(editor.view.dom, textarea.form);
  const before = editor.view.props.transformPastedHTML;
  editor.view.setProps({
    transformPastedHTML: (html, view) => tidyPasted(before ? before(html, view) : html),
  });
  editor.on("create", () => {
    nameToolbar(editor, editor.storage.menu.dom);
    letOut(editor.view.dom, editor.storage.menu.dom);
  });
});

// The editor is large: nobody waits for it. It comes when the page stands, on a telephone at the first touch; sooner to a
// field that has a text (whose markup nobody should see) or that somebody goes to. Until then, and where it never comes,
// the field takes plain typing.
const SETUP = "data-django-prose-editor-configurable";
const bodies = [...document.querySelectorAll(`[${SETUP}]`)];
const setups = new Map(bodies.map((body) => [body, JSON.parse(body.getAttribute(SETUP))]));
for (const body of bodies) body.removeAttribute(SETUP); // else the module takes over where somebody may be typing
let coming = null;

function bringEditor() {
  if (coming) return;
  const sheets = Promise.all(wakeSheets()).then(loadIcons);
  coming = Promise.all([import("django-prose-editor/configurable"), sheets]).then(
    ([{ createEditor }]) => bodies.forEach((body) => takeOver(body, createEditor)),
    (fault) => console.warn("The editor did not come:", fault),
  );
}

function wakeSheets() {
  return [...document.querySelectorAll("link[rel=stylesheet][disabled]")].map(
    (sheet) => new Promise((done) => {
      sheet.onload = sheet.onerror = done;
      sheet.disabled = false;
    }),
  );
}

// Until its font is there, an icon is a long word that widens the page of a telephone.
function loadIcons() {
  return document.fonts.load('1em "Material Icons"').catch(() => []);
}

// Not in the middle of a word that an input method is still making. Who is typing goes on at the same place.
function takeOver(body, createEditor) {
  if (body.dataset.composing) {
    body.addEventListener("compositionend", () => setTimeout(takeOver, 0, body, createEditor), { once: true });
    return;
  }
  const typed = document.activeElement === body ? body.value.slice(0, body.selectionStart) : null;
  body.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
    // The script of the drafts, which listens at the document, makes paragraphs of plain typing first.
    if (typed !== null) setTimeout(goOnTyping, 0, editor, typed);
  }, { once: true });
  createEditor(body, setups.get(body));
}

// Finds the place behind what was typed by counting its letters: only blanks and line ends became something else.
function goOnTyping(editor, typed) {
  const { doc } = editor.state;
  let left = typed.replace(/\s/g, "").length;
  let place = 1;
  doc.descendants((node, start) => {
    if (!node.isText) return left > 0;
    for (let index = 0; index < node.text.length && left > 0; index++) {
      if (/\S/.test(node.text[index])) left -= 1;
      place = start + index + 1;
    }
    return false;
  });
  const blanks = typed.match(/\s*$/)[0];
  const following = doc.textBetween(place, Math.min(place + 1, doc.content.size));
  if (blanks && following === " ") place += 1;
  const going = editor.chain().focus(place);
  if (/\n\s*\n/.test(blanks) && !following) going.splitBlock();
  else if (blanks.includes("\n") && !following) going.setHardBreak();
  else if (blanks && typed.trim() && !following) going.insertContent({ type: "text", text: " " });
  going.run();
}

for (const body of bodies) {
  body.addEventListener("compositionstart", () => (body.dataset.composing = "1"));
  body.addEventListener("compositionend", () => delete body.dataset.composing);
  for (const sign of ["focus", "pointerenter"]) body.addEventListener(sign, bringEditor, { once: true });
  if (body.value || document.activeElement === body) bringEditor();
}
if (bodies.length && matchMedia("(hover: hover)").matches) {
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(bringEditor));
} else if (bodies.length) {
  for (const sign of ["touchstart", "pointerdown", "keydown", "focusin", "scroll"]) {
    addEventListener(sign, bringEditor, { once: true, passive: true });
  }
}
