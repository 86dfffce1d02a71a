// A passkey that was not read is said on the page, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.getElementById("passkey-refused");
  if (note) note.hidden = false;
});
