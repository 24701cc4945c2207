// Passkeys: hands what the site asks to the browser, and sends back what the passkey says.
(() => {
  const data = JSON.parse(document.getElementById("passkey-data").textContent);
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    const error = form.querySelector("[data-passkey-error]");
    const run = async () => {
      error.hidden = true;
      button.disabled = true;
      try {
        const credential =
          form.dataset.passkey === "create"
            ? await webauthnJSON.create(data.creation_options)
            : await webauthnJSON.get(data.request_options);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        // Said no, took too long, or this passkey is known already: browsers do not say which.
        error.textContent = form.dataset.failed;
        error.hidden = false;
        button.disabled = false;
        button.focus();
      }
    };
    button.addEventListener("click", run);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run();
    });
  }
})();
