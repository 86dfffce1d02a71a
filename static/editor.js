// Gives the writing area of the body editor what its hidden text field has: a name, help, error, focus.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const area = editor.view.dom;
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  area.setAttribute("aria-labelledby", `${textarea.id}_label`);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) area.setAttribute(name, textarea.getAttribute(name));
  }
  const ways = `label[for="${textarea.id}"], a[href="#${textarea.id}"]`;
  for (const way of document.querySelectorAll(ways)) {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      area.focus();
      area.scrollIntoView({ block: "center" });
    });
  }
});
