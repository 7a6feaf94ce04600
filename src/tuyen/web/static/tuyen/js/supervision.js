/* The checklist of a supervision visit: the score while it is filled, the place for what is to be mended
   where a mark asks for it, and a signature drawn with a finger. Without this file the same form is
   filled with its folds opened by hand and signed by name. */
(function () {
  "use strict";
  const form = document.querySelector("[data-checklist]");
  if (!form) return;

  function score(scope) {
    let points = 0, of = 0;
    scope.querySelectorAll(".marks input:checked").forEach(function (mark) {
      if (mark.value === "na") return;
      points += Number(mark.value);
      of += 2;
    });
    return of ? Math.round((100 * points) / of) + " %" : "–";
  }
  function show() {
    form.querySelectorAll("[data-section]").forEach(function (section) {
      section.querySelector("[data-score]").textContent = score(section);
    });
    form.querySelector("[data-total]").textContent = score(form);
    form.querySelector("[data-marked]").textContent = form.querySelectorAll(".marks input:checked").length;
  }
  form.addEventListener("change", function (event) {
    const mark = event.target;
    if (!mark.matches(".marks input")) return;
    const fold = mark.closest(".check-line").querySelector("details");
    if (mark.value === "0") fold.open = true;
    show();
  });
  show();

  const pad = form.querySelector("[data-pad]");
  if (!pad) return;
  pad.removeAttribute("hidden");
  const field = form.querySelector("[name=signature]");
  const line = pad.querySelector("path");
  const most = 12000;
  let drawing = false;
  line.setAttribute("d", field.value);
  function at(event) {
    const box = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * 600);
    const y = Math.round(((event.clientY - box.top) / box.height) * 180);
    return Math.min(Math.max(x, 0), 600) + " " + Math.min(Math.max(y, 0), 180);
  }
  function add(stroke) {
    if (field.value.length + stroke.length > most) return;
    field.value += stroke;
    line.setAttribute("d", field.value);
  }
  pad.addEventListener("pointerdown", function (event) {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    add("M" + at(event));
    event.preventDefault();
  });
  pad.addEventListener("pointermove", function (event) {
    if (drawing) add("L" + at(event));
  });
  ["pointerup", "pointercancel"].forEach((name) => pad.addEventListener(name, () => (drawing = false)));
  form.querySelector("[data-clear]").hidden = false;
  form.querySelector("[data-clear]").addEventListener("click", function () {
    field.value = "";
    line.setAttribute("d", "");
  });
})();
