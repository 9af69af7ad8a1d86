/* Passkeys: a form with data-passkey asks the device for one and sends its answer. Without scripts the form stays away. */
(() => {
  "use strict";

  const options = async (form) => {
    if (!form.dataset.options) {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const make = (asked) => {
    /* so that the passkey can be chosen when signing in, without an address */
    asked.publicKey.authenticatorSelection = {
      ...asked.publicKey.authenticatorSelection,
      residentKey: "preferred",
      requireResidentKey: false,
      userVerification: "preferred",
    };
    return window.webauthnJSON.create(asked);
  };

  const use = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = form.querySelector("[role=status]");
    said.textContent = "";
    try {
      const asked = await options(form);
      const key = form.dataset.passkey === "create"
        ? await make(asked.creation_options)
        : await window.webauthnJSON.get(asked.request_options);
      form.elements.credential.value = JSON.stringify(key);
      form.submit();
    } catch {
      said.textContent = form.dataset.failed; /* closed, timed out, or none for this site */
    }
  };

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", use);
  });
})();
