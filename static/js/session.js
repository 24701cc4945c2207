// The end of a session: a warning before it, what is typed kept, and nothing left on the screen after it.
// The server decides when it ends; this file asks it, and says when somebody is there.
(() => {
  const dialog = document.getElementById("session-end");
  if (!dialog) return;
  const { ask, keep, over, warning } = dialog.dataset;
  const TELL_EVERY = 60_000;
  const clock = dialog.querySelector(".clock span");
  const live = document.getElementById("live");

  let endsAt = Date.now() + Number(dialog.dataset.left) * 1000;
  let isActive = false;
  let toldAt = Date.now();
  let isOver = false;
  let isLast = false; // it has lasted as long as any session may: nothing makes it longer
  let asking = null;

  const left = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));

  // Somebody is there: typing, pointing, scrolling. While the warning is up only its buttons count.
  for (const type of ["keydown", "pointerdown", "wheel", "touchstart", "input"]) {
    document.addEventListener(type, () => { if (!dialog.open) isActive = true; }, { capture: true, passive: true });
  }

  // A script's own request says so if its user did something since the last one; by itself it keeps nothing alive.
  window.otActivity = () => {
    if (!isActive) return {};
    isActive = false;
    toldAt = Date.now();
    return { "X-Active": "1" };
  };
  document.addEventListener("htmx:configRequest", (event) => Object.assign(event.detail.headers, window.otActivity()));

  // How long there is left, as the server has it: another tab may have used the site meanwhile.
  async function askServer(headers = {}) {
    asking ||= (async () => {
      try {
        const response = await fetch(ask, { headers, cache: "no-store", redirect: "manual" });
        const seconds = response.headers.get("X-Seconds-Left");
        if (!response.ok || seconds === null) return false;
        endsAt = Date.now() + Number(seconds) * 1000;
        return true;
      } catch {
        return false; // no connection: the time goes on
      }
    })().finally(() => { asking = null; });
    return asking;
  }

  async function tick() {
    if (isOver) return;
    if (isActive && Date.now() - toldAt >= TELL_EVERY) await askServer(window.otActivity());
    if (dialog.open) {
      if (left() > Number(warning)) return close();
      show();
      if (left() === 0) await end();
      else if (left() % 15 === 0) await askServer();
      return;
    }
    if (left() > Number(warning)) {
      isLast = false;
      return;
    }
    if (isLast && left() > 0) return;
    await askServer(isActive ? window.otActivity() : {});
    if (left() === 0) return end();
    if (left() <= Number(warning)) open();
  }

  let opener = null;
  let hasSaidSoon = false;
  function open() {
    opener = document.activeElement;
    hasSaidSoon = false;
    show();
    dialog.showModal(); // on top of any other dialog; focus goes to "Stay signed in"
  }

  function show() {
    const [m, s] = [Math.floor(left() / 60), left() % 60];
    const words = m ? dialog.dataset.minutes : dialog.dataset.seconds;
    clock.textContent = words.replace("{m}", m).replace("{s}", s);
    // A screen reader hears the dialog, and then once more: not every second.
    if (left() <= 60 && !hasSaidSoon) {
      hasSaidSoon = true;
      const line = dialog.querySelector("[role=status]") || dialog.appendChild(document.createElement("p"));
      line.className = "vh";
      line.setAttribute("role", "status");
      line.textContent = dialog.dataset.soon;
    }
  }

  function close() {
    dialog.close();
    opener?.focus?.();
  }

  dialog.querySelector("[data-stay]").addEventListener("click", async () => {
    isActive = true;
    await askServer(window.otActivity());
    if (left() === 0) return end();
    if (left() <= Number(warning) && !isLast) {
      isLast = true;
      dialog.querySelector("#session-end-text p:last-child").textContent = dialog.dataset.last;
      return;
    }
    close();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dialog.querySelector("[data-stay]").click();
  });

  // What is typed goes to the server, which keeps it for the owner of the session; never to this browser's storage.
  const typed = (form) => {
    for (const control of form.elements) {
      if (control.type === "hidden" || !control.name) continue;
      if (control.type === "checkbox" || control.type === "radio") {
        if (control.checked !== control.defaultChecked) return true;
      } else if (control.tagName === "SELECT") {
        if ([...control.options].some((option) => option.selected !== option.defaultSelected)) return true;
      } else if (control.value !== control.defaultValue) return true;
    }
    return false;
  };

  async function keepForms() {
    document.dispatchEvent(new CustomEvent("ot:ending")); // a note saves its draft by itself
    let page = null;
    const sent = [...document.querySelectorAll("form[method=post]")]
      .filter((form) => form.elements.form_token && !form.matches("[data-autosave]"))
      .filter((form) => typed(form) || form.closest("[data-restored]"))
      .map((form) => {
        const url = new URL(form.getAttribute("hx-post") || form.action, location.href);
        const data = new FormData(form);
        data.set("kept_path", url.pathname);
        for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
        if (form.closest("dialog")) {
          if (!url.searchParams.has("next")) url.searchParams.set("next", location.pathname + location.search);
          page = url.pathname + url.search;
        }
        return fetch(keep, { method: "POST", body: data, keepalive: true }).catch(() => {});
      });
    await Promise.all(sent);
    return page;
  }

  async function end() {
    if (isOver) return;
    isOver = true;
    const isHeard = await askServer();
    // Without a connection nothing could be kept: the page stays, covered, and asks again every second.
    document.documentElement.toggleAttribute("data-covered", !isHeard);
    if (!isHeard || left() > 0) {
      isOver = false;
      return;
    }
    leave(await keepForms());
  }

  function leave(page) {
    document.querySelector("main")?.replaceChildren();
    const here = page || location.pathname + location.search;
    location.replace(`${over}?${new URLSearchParams({ next: here })}`);
  }

  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });

  // Back after signing out: the page may come out of the browser's memory. It shows nothing until the server agrees.
  window.addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    document.documentElement.toggleAttribute("data-covered", true);
    endsAt = 0;
    await askServer();
    if (left() === 0) return location.reload();
    document.documentElement.toggleAttribute("data-covered", false);
  });
})();
