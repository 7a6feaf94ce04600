// The one-time code stands behind "#" in the link, which a browser keeps to itself:
// it never reaches a log. Move it into the form, then out of the address.
const code = location.hash.slice(1);
const field = document.querySelector("[data-from-fragment]");
if (code && field) {
  field.value = decodeURIComponent(code);
  history.replaceState(null, "", location.pathname);
}
