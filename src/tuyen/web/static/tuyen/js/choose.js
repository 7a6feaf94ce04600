/* Comboboxes and the command palette: an input whose suggestions htmx puts in a listbox.
   data-chooser="fill" writes the chosen label and value; data-chooser="go" opens its address. */
(function () {
  "use strict";

  function listOf(input) {
    return document.getElementById(input.getAttribute("aria-controls"));
  }
  function optionsOf(input) {
    return Array.from(listOf(input).querySelectorAll("[role=option]:not([aria-disabled])"));
  }
  function show(input, shown) {
    if (input.dataset.chooser === "go") return;
    listOf(input).hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) input.removeAttribute("aria-activedescendant");
  }
  function select(input, at) {
    const options = optionsOf(input);
    options.forEach(function (option, n) {
      option.setAttribute("aria-selected", String(n === at));
      if (n === at) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
    if (at < 0) input.removeAttribute("aria-activedescendant");
  }
  function selected(input) {
    return optionsOf(input).findIndex((option) => option.getAttribute("aria-selected") === "true");
  }
  function chosenOf(input) {
    return input.parentNode.querySelector("[data-chosen]");
  }
  function take(input, option) {
    if (input.dataset.chooser === "go") {
      if (option.dataset.href) window.location.assign(option.dataset.href);
      return;
    }
    input.value = option.dataset.label;
    const chosen = chosenOf(input);
    if (chosen) {
      chosen.value = option.dataset.value || "";
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
    }
    show(input, false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* Option ids are made unique per list, so that two comboboxes may answer on one page. */
  document.addEventListener("htmx:afterSwap", function (event) {
    const list = event.detail.target;
    const input = document.querySelector('[data-chooser][aria-controls="' + list.id + '"]');
    if (!input) return;
    list.querySelectorAll("[role=option]").forEach((option, at) => (option.id = list.id + "-" + at));
    show(input, document.activeElement === input && list.childElementCount > 0);
    select(input, input.dataset.chooser === "go" && optionsOf(input).length ? 0 : -1);
  });

  /* Every suggestion address is asked the same way: ?q=what was typed. */
  document.addEventListener("htmx:configRequest", function (event) {
    const input = event.detail.elt;
    if (!input.dataset || !input.dataset.chooser) return;
    const asked = event.detail.parameters;
    Object.keys(asked).forEach((name) => delete asked[name]);
    asked.q = input.value;
  });

  document.addEventListener("input", function (event) {
    const input = event.target;
    /* What is listed was for other letters: Enter must not open it before the answer is here. */
    if (input.dataset.chooser === "go") select(input, -1);
    if (input.dataset.chooser !== "fill") return;
    const chosen = chosenOf(input);
    if (chosen) chosen.value = "";
  });

  document.addEventListener("keydown", function (event) {
    const input = event.target;
    if (!input.dataset || !input.dataset.chooser || event.isComposing) return;
    const options = optionsOf(input);
    const at = selected(input);
    const open = input.dataset.chooser === "go" || !listOf(input).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!options.length) return;
      show(input, true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      select(input, at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length);
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      take(input, options[at]);
    } else if (event.key === "Tab" && open && at >= 0 && input.dataset.chooser === "fill") {
      take(input, options[at]);
    } else if (event.key === "Escape" && open && input.dataset.chooser === "fill") {
      event.stopPropagation();
      show(input, false);
    }
  });

  document.addEventListener("mousedown", function (event) {
    const option = event.target.closest("[role=listbox] [role=option]:not([aria-disabled])");
    if (!option) return;
    const list = option.closest("[role=listbox]");
    const input = document.querySelector('[data-chooser][aria-controls="' + list.id + '"]');
    if (!input) return;
    event.preventDefault();
    take(input, option);
  });
  document.addEventListener("focusout", function (event) {
    if (event.target.dataset && event.target.dataset.chooser === "fill") show(event.target, false);
  });
})();
