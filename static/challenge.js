// Works out the proof that a form needs while a flood lasts, and sends what was sent before it was done. The words
// come from the server. Where this does not run, the form says how long to wait instead.

function start(box) {
  if (!window.Worker || !window.crypto?.subtle) return; // on plain http there is no subtle: waiting remains
  const form = box.closest("form");
  const proof = box.querySelector("[name=proof]");
  const status = box.querySelector("[role=status]");
  const waiting = status.textContent;
  const puzzle = JSON.parse(box.dataset.puzzle);
  const worker = new Worker(box.dataset.worker);
  let sending = null; // the event of a submit that waits for the proof
  let working = true;

  function finish(number) {
    working = false;
    worker.terminate();
    if (number >= 0) {
      const { algorithm, challenge, salt, signature } = puzzle;
      proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
    status.textContent = number >= 0 ? box.dataset.done : waiting;
    if (sending && number >= 0) form.requestSubmit(sending.submitter);
  }

  status.textContent = box.dataset.working;
  worker.addEventListener("message", ({ data }) => finish(data));
  worker.addEventListener("error", () => finish(-1));
  worker.postMessage(puzzle);
  form.addEventListener("submit", (event) => {
    if (!working || event.submitter?.name === "preview") return;
    event.preventDefault();
    sending = event;
  });
}

for (const box of document.querySelectorAll(".challenge")) start(box);
