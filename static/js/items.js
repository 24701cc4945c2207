// Scoring item by item: a key chooses an option and leads to the next item. The form works without this file.
const form = document.querySelector("[data-items]");
const items = form ? [...form.querySelectorAll("[data-item]")] : [];
const chosen = (item) => item.querySelector("input[type=radio]:checked");

function show(item) {
  const target = chosen(item) || item.querySelector("input[type=radio]");
  target.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// The next item without an answer after this one; after the last of them the button that saves.
function next(item) {
  const rest = items.slice(items.indexOf(item) + 1);
  const open = rest.find((one) => !chosen(one)) || items.find((one) => !chosen(one));
  if (open) show(open);
  else form.querySelector("button[value=complete]").focus();
}

form?.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!event.target.matches("[data-item] input[type=radio]")) return;
  const item = event.target.closest("[data-item]");
  const option = item.querySelector(`input[data-digit="${CSS.escape(event.key)}"]`);
  if (!option || event.key.length !== 1) return;
  event.preventDefault();
  if (!option.checked) {
    option.checked = true;
    option.dispatchEvent(new Event("change", { bubbles: true }));
  }
  next(item);
});

form?.addEventListener("change", (event) => event.target.closest("[data-item]")?.classList.remove("item--todo"));

// Where there is a keyboard the first open item is ready for it; errors come first.
if (items.length && !document.querySelector("[data-focus-on-load]") && matchMedia("(hover: hover)").matches) {
  const open = items.find((one) => !chosen(one));
  if (open && !open.querySelector("input[type=text]")) show(open);
}

// The list of measures, shorter with each letter. Without script the whole list is there.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function offerFilter() {
  const box = document.querySelector("[data-filter][hidden]");
  if (box) box.hidden = false;
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-filter]");
  if (!box) return;
  const wanted = fold(event.target.value).split(/\s+/).filter(Boolean);
  const list = document.getElementById(event.target.getAttribute("aria-controls"));
  const offers = [...list.querySelectorAll("[data-filter-words]")];
  offers.forEach((offer) => (offer.hidden = !wanted.every((word) => fold(offer.dataset.filterWords).includes(word))));
  list.querySelectorAll("[data-filter-group]").forEach((group) => {
    group.hidden = !group.querySelector("[data-filter-words]:not([hidden])");
  });
  if (wanted.length) list.querySelector("details").open = true;
  const found = offers.filter((offer) => !offer.hidden).length;
  const count = box.querySelector("[data-filter-count]");
  count.textContent = !wanted.length ? "" : found ? `${found} / ${offers.length}` : count.dataset.none;
});
// Enter in the search box chooses nothing and sends nothing.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest("[data-filter]")) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", offerFilter);
offerFilter();
