// The buttons that ask for a passkey. One that was not read is said on the page, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.getElementById("passkey-refused");
  if (note) note.hidden = false;
});
const { forms } = window.allauth.webauthn;
const ids = { add: "add-passkey", authenticate: "use-passkey", credential: "id_credential", data: "js_data" };
if (document.getElementById(ids.add)) forms.addForm({ ids });
if (document.getElementById(ids.authenticate)) forms.authenticateForm({ ids });
