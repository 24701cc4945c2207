// Progressive enhancement only: every flow works as a plain form post without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Focus goes to the error summary of a page or a swapped form.
function focusFirst(root) {
  const summary = $("[data-focus-on-load]", root);
  if (summary) summary.focus();
  return Boolean(summary);
}

// Quick-add: the form of another page, opened in a dialog over this one. A plain link without script.
let opener = null;
document.addEventListener("click", (event) => {
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
    return;
  }
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  opener = link;
  htmx.ajax("GET", link.getAttribute("href"), { target: "#quick-dialog", select: "#form-panel", swap: "innerHTML" });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = $("#quick-dialog");
  if (event.detail.target !== dialog) return focusFirst(event.detail.target);
  const form = $("form", dialog);
  if (form?.method === "post") {
    form.setAttribute("hx-post", event.detail.xhr.responseURL || event.detail.pathInfo.requestPath);
    form.setAttribute("hx-target", "#quick-dialog");
    form.setAttribute("hx-select", "#form-panel");
    form.setAttribute("hx-swap", "innerHTML");
    form.setAttribute("hx-disabled-elt", "find button[type=submit]");
    htmx.process(form);
  }
  dressDates(dialog);
  if (!dialog.open) dialog.showModal();
  if (!focusFirst(dialog)) ($("[autofocus], input:checked", dialog) || $("h1", dialog))?.focus();
});
document.addEventListener("close", (event) => {
  if (event.target.id !== "quick-dialog") return;
  event.target.replaceChildren();
  opener?.focus();
}, true);

// What could not be sent is said at the form, and stays in it.
document.addEventListener("htmx:responseError", async (event) => {
  const form = event.detail.elt.closest?.("form");
  const status = event.detail.xhr.status;
  if (status === 401) return say(form, document.body.dataset.signedOut);
  if (status === 400) return say(form, document.body.dataset.refused);
  if (status === 403 && form && !form.dataset.renewed && (await renew(form))) return form.requestSubmit();
  say(form, form?.closest("dialog") ? document.body.dataset.notSaved : document.body.dataset.failed);
});
document.addEventListener("htmx:sendError", (event) => say(event.detail.elt.closest?.("form"), document.body.dataset.offline));

// In a dialog at the top of its form, elsewhere at the top of the page's content, until something is answered again.
function say(form, text) {
  const live = $("#live");
  const place = form?.closest("dialog") ? form : $("#main");
  if (!place) return;
  let box = $("[data-said]", place);
  if (!box) {
    box = document.createElement("div");
    box.className = "msg msg--bad mb-4";
    box.dataset.said = "";
    if (place === form) box.setAttribute("role", "alert");
    box.append(iconOf("i-alert"), document.createElement("p"));
    place.prepend(box);
  }
  $("p", box).textContent = text;
  box.scrollIntoView({ block: "nearest" });
  if (live) live.textContent = text;
}
document.addEventListener("htmx:afterSwap", () => $("#main [data-said]")?.remove());

// Signed in again in another tab: the form's token is of the old session. Take the new one and send once more.
async function renew(form) {
  form.dataset.renewed = "1";
  const response = await fetch(form.getAttribute("hx-post") || form.action, { headers: { "HX-Request": "true" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = $("[name=csrfmiddlewaretoken]", page);
  if (!token) return false;
  $("[name=csrfmiddlewaretoken]", form).value = token.value;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token.value }));
  return true;
}

// A second click on a form that is on its way does nothing; the server refuses repeats as well.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Single keys: "/" find patient, n note, s score, e equipment. Never in a field, never with a modifier.
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || $("dialog[open]")) return;
  const target = { "/": "#find", n: "[data-key=n]", s: "[data-key=s]", e: "[data-key=e]" }[event.key];
  const element = target && $(target);
  if (!element) return;
  event.preventDefault();
  if (event.key === "/") element.focus();
  else element.click();
});

// A date as clinicians type it, with the browser's calendar on a button beside it.
function dressDates(root) {
  $$("input[data-date]", root).forEach((input) => {
    if (input.dataset.dressed) return;
    input.dataset.dressed = "1";
    const label = input.labels[0]?.firstChild?.textContent?.trim() || "";
    const box = document.createElement("span");
    box.className = "datebox";
    input.replaceWith(box);
    const picker = document.createElement("input");
    picker.type = "date";
    picker.tabIndex = -1;
    picker.setAttribute("aria-hidden", "true");
    picker.className = "datebox__native";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--icon";
    button.setAttribute("aria-label", `${document.body.dataset.calendar}: ${label}`);
    button.append(document.importNode(iconOf("i-cal"), true));
    box.append(input, button, picker);
    button.addEventListener("click", () => picker.showPicker?.());
    picker.addEventListener("change", () => {
      if (!picker.value) return;
      const [year, month, day] = picker.value.split("-");
      const months = document.body.dataset.months.split(",");
      input.value = `${day}-${months[Number(month) - 1]}-${year}`;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
  });
}
function iconOf(name) {
  const known = $("svg use").getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${known}#${name}`);
  svg.append(use);
  return svg;
}

dressDates(document);
focusFirst(document);

// Printing: the browser's own dialog, which the page says how to reach without script.
for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
