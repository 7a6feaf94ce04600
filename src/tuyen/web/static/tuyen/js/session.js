/* The desk of a session: clocks that count down, and the next field under the fingers. The clocks run
   on the server's time as it stood when the page was made, so a reload or a wrong clock in the
   tablet changes nothing; without this file the page shows until when each one stays. */
(function () {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const ahead = Date.parse(desk.dataset.now) - Date.now();

  function tick() {
    const now = Date.now() + ahead;
    desk.querySelectorAll("[data-until]").forEach(function (clock) {
      const left = Math.ceil((Date.parse(clock.dataset.until) - now) / 1000);
      const shown = clock.querySelector("[data-left]");
      const over = left <= 0;
      const two = (n) => String(n).padStart(2, "0");
      shown.textContent = over ? clock.dataset.over : two(Math.floor(left / 60)) + ":" + two(left % 60);
      clock.classList.toggle("over", over);
      const early = clock.querySelector("[data-early]");
      if (early) early.hidden = over;
      if (early) early.querySelectorAll("input").forEach((input) => (input.required = !over));
    });
  }
  tick();
  window.setInterval(tick, 1000);

  function reach(field) {
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  }

  /* What comes next is what was just done to: the field of that person, or the search for the next. */
  const at = desk.dataset.at && document.getElementById(desk.dataset.at);
  const next = at && at.querySelector("[data-next]");
  if (next) reach(next);

  /* N: the next person to arrive. Q, G, O: to the queue, to the doses, to the clocks. */
  const LANES = { n: "#arrive [data-next]", q: "#waiting [data-next]", g: "#passed [data-next]", o: "#observed [data-next]" };
  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = LANES[event.key.toLowerCase()] && desk.querySelector(LANES[event.key.toLowerCase()]);
    if (!place) return;
    event.preventDefault();
    reach(place);
  });
})();
