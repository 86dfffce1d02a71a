// Sharing by what the browser itself has: the system's share sheet, and the clipboard. The plain links work without.

function start(place) {
  const { title, url, copied, select } = place.dataset;
  const said = place.querySelector("[role=status]");
  const [share, copy] = ["share", "copy"].map((act) => place.querySelector(`[data-act=${act}]`));

  const say = (words) => {
    said.textContent = ""; // the same words once more are said once more
    requestAnimationFrame(() => { said.textContent = words; });
  };

  if (navigator.canShare?.({ title, url }) && navigator.share) {
    share.parentElement.hidden = false;
    share.addEventListener("click", async () => {
      try {
        await navigator.share({ title, url });
      } catch {
        // Closed by the reader, or refused by the system, which says so: the links are still there.
      }
    });
  }

  if (navigator.clipboard) { // only where the connection is safe
    copy.parentElement.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(url);
        say(copied);
      } catch {
        getSelection().selectAllChildren(place.querySelector(".address a"));
        say(select);
      }
    });
  }
}

for (const place of document.querySelectorAll(".share")) start(place);
