/* The form of a visit: the quantity that dose, times and days make, and one sending at a time. The
   server computes the same and takes a second sending for the first, so the page works without this. */
(function () {
  "use strict";
  const form = document.querySelector("[data-visit]");
  if (!form) return;

  function amount(line, name) {
    const field = line.querySelector("[name=rx_" + name + "]");
    return Number(field.value.trim().replace(",", "."));
  }
  function computed(line) {
    const made = amount(line, "dose") * amount(line, "times") * amount(line, "days");
    const field = line.querySelector("[name=rx_quantity]");
    if (!field.dataset.empty) field.dataset.empty = field.placeholder;
    field.placeholder = made > 0 ? String(made).replace(".", ",") : field.dataset.empty;
  }
  form.addEventListener("input", function (event) {
    const line = event.target.closest("fieldset.lines");
    if (!line || !/^rx_(dose|times|days)$/.test(event.target.name)) return;
    line.querySelector("[name=rx_quantity]").value = "";
    computed(line);
  });

  /* The check of the claim waits for nobody: where the line is down it says so, and no more. */
  const panel = form.querySelector("[data-claim-check]");
  if (panel) {
    const away = form.querySelector("[data-claim-away]");
    for (const name of ["htmx:sendError", "htmx:responseError"]) {
      panel.addEventListener(name, function (event) {
        event.stopPropagation();
        away.hidden = false;
      });
    }
    panel.addEventListener("htmx:afterSwap", () => (away.hidden = true));
  }

  let sent = false;
  form.addEventListener("submit", function (event) {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => (sent = false));
})();
