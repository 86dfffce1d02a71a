// The focal point of a picture: a click on the picture writes the two numbers, and the numbers move the mark and the cuts.

function start(place) {
  const picture = place.querySelector(".focal-picture");
  const mark = place.querySelector(".focal-mark path");
  const cuts = place.querySelectorAll(".focal-crops img");
  const [x, y] = ["x", "y"].map((name) => document.getElementById(`id_focus_${name}`));
  if (!x || !y) return; // somebody who may only look

  function show() {
    const [left, top] = [x, y].map(({ value }) => Math.min(100, Math.max(0, Number(value) || 0)));
    mark.setAttribute("d", `M${left} 0V100M0 ${top}H100`);
    for (const cut of cuts) cut.style.objectPosition = `${left}% ${top}%`;
  }

  picture.classList.add("is-live");
  picture.addEventListener("click", ({ clientX, clientY }) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    x.value = Math.round((100 * (clientX - left)) / width);
    y.value = Math.round((100 * (clientY - top)) / height);
    show();
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  show();
}

for (const place of document.querySelectorAll("[data-focal]")) start(place);
