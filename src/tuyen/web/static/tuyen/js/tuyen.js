/* The few things a page does by itself: dialogs, pop-ups, dates, tables on a phone, the map's
   keys. Every page works without this file; no text lives in it. */
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  /* Dialogs: any element with data-dialog opens the dialog of that id. */
  function open(dialog) {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const input = dialog.querySelector("input:not([type=hidden])");
    if (input) {
      input.focus();
      input.select();
      input.dispatchEvent(new CustomEvent("palette:open"));
    }
  }
  document.addEventListener("click", function (event) {
    const target = event.target.closest("[data-dialog], [data-dialog-close], [data-close-toast]");
    if (target && target.dataset.dialog) {
      const dialog = document.getElementById(target.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        open(dialog);
      }
    } else if (target && "dialogClose" in target.dataset) {
      target.closest("dialog").close();
    } else if (target) {
      target.closest(".notice, .receipt").remove();
    }
    if (event.target.nodeName === "DIALOG") event.target.close();
    document.querySelectorAll("details[data-popup][open]").forEach(function (popup) {
      if (!popup.contains(event.target)) popup.open = false;
    });
  });
  function typing(element) {
    return element.closest("input, textarea, select, [contenteditable]");
  }
  document.addEventListener("keydown", function (event) {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && key === "k") {
      const palette = document.getElementById("palette");
      if (palette) {
        event.preventDefault();
        open(palette);
      }
    } else if (key === "escape") {
      const popup = document.querySelector("details[data-popup][open]");
      if (popup) {
        popup.open = false;
        popup.querySelector("summary").focus();
      }
    } else if (event.key === "/" && !typing(event.target) && !event.ctrlKey) {
      const first = document.querySelector(".filters input:not([type=hidden]), .filters select");
      if (first) {
        event.preventDefault();
        first.focus();
      }
    } else if (event.key === "?" && !typing(event.target)) {
      open(document.getElementById("keys"));
    }
  });

  /* Dates: dd/mm/yyyy as typed, said back as "3 days ago", or chosen by a button. */
  const DAY = 86400000;
  function parse(text) {
    const parts = /^\s*(\d{1,2})[\/.\- ](\d{1,2})[\/.\- ](\d{4})\s*$/.exec(text);
    if (!parts) return null;
    const time = Date.UTC(+parts[3], +parts[2] - 1, +parts[1]);
    const date = new Date(time);
    return date.getUTCDate() === +parts[1] && date.getUTCMonth() === +parts[2] - 1 ? time : null;
  }
  function written(time) {
    const date = new Date(time);
    const two = (n) => String(n).padStart(2, "0");
    return two(date.getUTCDate()) + "/" + two(date.getUTCMonth() + 1) + "/" + date.getUTCFullYear();
  }
  function say(field) {
    const input = field.querySelector("input");
    const output = field.querySelector("output");
    const time = parse(input.value);
    const days = time === null ? null : Math.round((Date.parse(field.dataset.today) - time) / DAY);
    let weekday = "";
    if (time !== null) {
      weekday = new Intl.DateTimeFormat(root.lang, { weekday: "long", timeZone: "UTC" }).format(time) + ", ";
    }
    const words = output.dataset;
    if (!input.value.trim()) output.textContent = "";
    else if (time === null) output.textContent = input.value.length < 8 ? "" : words.not;
    else if (days < 0) output.textContent = weekday + words.ahead;
    else if (days < 2) output.textContent = weekday + (days ? words.yesterday : words.today);
    else output.textContent = weekday + words.ago.replace("{n}", days);
    field.querySelectorAll("[data-days]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(days === +button.dataset.days));
    });
  }
  document.addEventListener("input", function (event) {
    const field = event.target.closest("[data-date]");
    if (field) say(field);
  });
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-date] [data-days]");
    if (!button) return;
    const field = button.closest("[data-date]");
    const input = field.querySelector("input");
    input.value = written(Date.parse(field.dataset.today) - button.dataset.days * DAY);
    say(field);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* The time slider follows the links of its stops. */
  document.addEventListener("input", function (event) {
    const slider = event.target.closest("[data-slider]");
    if (!slider || event.target.type !== "range") return;
    const link = slider.querySelectorAll(".slider-stops a")[event.target.value];
    slider.querySelector("output").textContent = link.textContent;
    event.target.setAttribute("aria-valuetext", link.textContent);
  });
  document.addEventListener("change", function (event) {
    const slider = event.target.closest("[data-slider]");
    if (slider && event.target.type === "range") {
      slider.querySelectorAll(".slider-stops a")[event.target.value].click();
    }
  });

  /* The map: one tab stop, arrows to the nearest shape that way, its value read out below. */
  function middle(link) {
    const box = link.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  }
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", function (event) {
    const link = event.target.closest && event.target.closest(".map-picture a");
    const way = WAYS[event.key];
    if (!link || !way) return;
    event.preventDefault();
    const [x, y] = middle(link);
    let best = null;
    let least = Infinity;
    link.closest("svg").querySelectorAll("a").forEach(function (other) {
      if (other === link) return;
      const [ox, oy] = middle(other);
      const along = (ox - x) * way[0] + (oy - y) * way[1];
      const aside = Math.abs((ox - x) * way[1]) + Math.abs((oy - y) * way[0]);
      if (along > 1 && along + 2 * aside < least) {
        least = along + 2 * aside;
        best = other;
      }
    });
    if (best) {
      link.setAttribute("tabindex", "-1");
      best.setAttribute("tabindex", "0");
      best.focus();
    }
  });
  function read(event) {
    const link = event.target.closest && event.target.closest(".map-picture a");
    if (!link) return;
    link.closest(".map").querySelector(".map-readout").textContent = link.getAttribute("aria-label");
    if (event.type !== "focusin") return;
    const shape = link.querySelector(".shape");
    link.closest("svg").querySelector(".cursor").setAttribute("d", shape && link.matches(":focus-visible") ? shape.getAttribute("d") : "");
  }
  document.addEventListener("focusin", read);
  document.addEventListener("mouseover", read);

  /* After a load or a swap: name the cells of stacked tables, tie up maps and dates. */
  function dress(part) {
    part.querySelectorAll("table[data-stack]").forEach(function (table) {
      const heads = Array.from(table.querySelectorAll("thead tr:last-child th"), (h) => h.textContent.trim());
      table.setAttribute("role", "table");
      table.querySelectorAll("thead, tbody, tfoot").forEach((g) => g.setAttribute("role", "rowgroup"));
      table.querySelectorAll("tr").forEach((r) => r.setAttribute("role", "row"));
      table.querySelectorAll("thead th").forEach((h) => h.setAttribute("role", "columnheader"));
      table.querySelectorAll("tbody tr").forEach(function (row) {
        Array.from(row.cells).forEach(function (cell, at) {
          cell.setAttribute("role", cell.nodeName === "TH" ? "rowheader" : "cell");
          if (cell.nodeName === "TD" && !cell.dataset.label && heads[at]) cell.dataset.label = heads[at];
        });
      });
      table.classList.add("table-stack");
      table.removeAttribute("data-stack");
    });
    part.querySelectorAll("[data-date]").forEach(say);
    part.querySelectorAll(".map-picture").forEach(function (map) {
      const links = map.querySelectorAll("a");
      links.forEach((link, at) => link.setAttribute("tabindex", at ? "-1" : "0"));
    });
    const summary = part.querySelector("[data-focus]");
    if (summary) summary.focus();
  }
  dress(document);
  document.addEventListener("htmx:load", (event) => dress(event.detail.elt.parentNode || document));

  function failed() {
    const toasts = document.getElementById("toasts");
    if (!toasts) return;
    const toast = document.createElement("div");
    toast.className = "notice notice-bad";
    toast.textContent = document.body.dataset.failed;
    toasts.replaceChildren(toast);
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
