/* Lists walked by j and k; forms that show the next step once one is chosen. All works without it. */
(function () {
  "use strict";
  function typing(element) {
    return element.closest("input:not([type=radio]), textarea, select, dialog[open], [contenteditable]");
  }
  document.addEventListener("keydown", function (event) {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const rows = Array.from(document.querySelectorAll("[data-rows] [data-row]"));
    if (!rows.length) return;
    const card = event.target.closest("section");
    const at = rows.findIndex((row) => row === event.target || (card && card.contains(row)));
    const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    if (rows[to]) {
      event.preventDefault();
      rows[to].focus();
      rows[to].closest("section").scrollIntoView({ block: "nearest" });
    }
  });
  /* Where the room is wide the filters stand open; browsers that cannot say so in CSS do it here. */
  const wide = matchMedia("(min-width: 48.01rem)");
  const unfold = () => {
    if (wide.matches) document.querySelectorAll(".fold-on-phone").forEach((fold) => { fold.open = true; });
  };
  unfold();
  wide.addEventListener("change", unfold);
  document.addEventListener("change", function (event) {
    const next = event.target.dataset && event.target.dataset.next;
    const place = next && document.querySelector(next);
    /* Only after a tap: with the arrow keys one passes over the choices in between. */
    if (place && !event.target.matches(":focus-visible")) place.scrollIntoView({ block: "start" });
  });
})();
