// Keeps a note as a draft on the server while it is typed. Without this file "Save draft" does the same by hand.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;

  const PAUSE = 1500; // after the last key
  const LONGEST = 15000; // while somebody types without a pause
  const RETRY = [2000, 4000, 8000, 15000, 30000];
  const SMALL = 60000; // what a browser sends after its page is gone

  const line = document.getElementById("saved");
  const stored = document.getElementById("stored");
  const words = document.getElementById("autosave-words").content;
  const field = (name) => form.elements.namedItem(name);

  let kept = sentByServer(); // what the server has; keys hit before this file came are not among it
  let timer = null;
  let dirtySince = 0;
  let failures = 0;
  let running = null;
  let renewed = false;
  let halted = false; // a conflict, or nobody to save for: only a person can decide
  let leaving = false;

  function typed(from = form) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(from)) data.append(name, String(value).replaceAll("\u0000", ""));
    for (const name of ["csrfmiddlewaretoken", "draft_version", "next", "do"]) data.delete(name);
    return data.toString();
  }

  function sentByServer() {
    const copy = form.cloneNode(true);
    copy.reset();
    return typed(copy);
  }

  const isDirty = () => typed() !== kept;

  function say(word, tone = "bad") {
    const text = words.querySelector(`[data-word="${word}"]`).cloneNode(true);
    text.className = tone === "bad" ? "flag flag--bad" : "saved";
    line.replaceChildren(text);
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function changed() {
    if (!isDirty()) {
      dirtySince = 0;
      return;
    }
    dirtySince ||= Date.now();
    if (halted) return;
    schedule(Math.max(0, Math.min(PAUSE, dirtySince + LONGEST - Date.now())));
  }

  function save() {
    clearTimeout(timer);
    if (halted || !isDirty()) return Promise.resolve();
    // One at a time, so that versions arrive in order; what was typed meanwhile follows.
    running ||= send().finally(() => {
      running = null;
      if (!failures && !halted) changed();
    });
    return running;
  }

  function body() {
    const data = new URLSearchParams(typed());
    data.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    data.set("draft_version", field("draft_version").value);
    return data;
  }

  async function send() {
    const sent = typed();
    dirtySince = 0;
    say("saving", "");
    let response;
    try {
      const options = { method: "POST", body: body(), headers: window.otActivity?.() || {}, redirect: "manual", signal: AbortSignal.timeout(30000) };
      response = await fetch(form.dataset.autosave, options);
      if (response.ok) return accept(sent, await response.text());
      if (response.status === 409) return conflict(await response.text());
    } catch {
      return again("failed");
    }
    if (response.type === "opaqueredirect" || response.status === 403) return renew();
    if (response.status === 404) return halt("no_access");
    if (response.status === 400 || response.status === 413) {
      failures = 0;
      return say("refused"); // the same text would be refused again; the next key tries anew
    }
    return again("failed");
  }

  function accept(sent, html) {
    failures = 0;
    renewed = false;
    kept = sent;
    line.innerHTML = html;
    const mark = line.querySelector("[data-version]");
    if (!mark) return;
    field("draft_version").value = mark.dataset.version;
    const next = new URLSearchParams({ next: form.dataset.back });
    // Reloading the page, or coming back to it from a dialog, continues this draft.
    adopt(`${mark.dataset.page}?${next}`);
    const discard = document.getElementById("discard");
    discard.href = `${mark.dataset.discard}?${next}`;
    discard.hidden = false;
  }

  function adopt(page) {
    if (location.pathname + location.search === page) return;
    history.replaceState(history.state, "", page);
    for (const link of document.querySelectorAll("a[data-dialog][href*='next=']")) {
      if (link.id === "discard") continue;
      const url = new URL(link.href);
      url.searchParams.set("next", page);
      link.href = url.pathname + url.search;
    }
  }

  function conflict(html) {
    halt("conflict");
    stored.innerHTML = html;
    document.getElementById("stored-heading")?.focus();
  }

  function halt(word) {
    halted = true;
    say(word);
  }

  function again(word) {
    say(word);
    schedule(RETRY[Math.min(failures, RETRY.length - 1)]);
    failures += 1;
  }

  // Signed out, or signed in again with a new token: ask for an empty form and see who is there now.
  async function renew() {
    let response;
    try {
      response = await fetch(`${form.getAttribute("action")}?new=1`, { redirect: "manual" });
      if (response.type === "opaqueredirect") return again("signed_out");
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("form[data-autosave]");
      if (!fresh) return response.status === 403 || response.status === 404 ? halt("no_access") : again("failed");
      if (fresh.dataset.author !== form.dataset.author) return halt("other_person");
      const token = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
      field("csrfmiddlewaretoken").value = token;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
      if (renewed) return again("failed");
      renewed = true;
      failures = 1;
      return schedule(0);
    } catch {
      return again("failed");
    }
  }

  if (form.dataset.conflict === undefined) {
    changed();
  } else {
    // The page brought both texts of a conflict: this one is nowhere else until somebody decides.
    kept = "";
    halt("conflict");
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("ot:ending", () => save());
  window.addEventListener("online", () => isDirty() && save());

  // A dialog that reloads this page, a look at another window, and back from it: what is typed goes first.
  document.addEventListener("click", (event) => event.target.closest("a[data-dialog]") && save(), true);
  document.addEventListener("visibilitychange", () => save());

  // The form itself waits for a save that is on its way: its answer brings the version that the form must name.
  form.addEventListener("submit", (event) => {
    if (!running) {
      leaving = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) leaving = true;
  });

  window.addEventListener("pagehide", () => {
    if (leaving || halted || running || !isDirty()) return;
    const data = body();
    if (data.toString().length < SMALL) fetch(form.dataset.autosave, { method: "POST", body: data, keepalive: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isDirty()) event.preventDefault();
  });
})();
