/* Small comforts. Every page works without them. */
(() => {
  "use strict";

  /* After an error or an act, reading goes on from the summary or the receipt. */
  const focusFirst = () => {
    const box = document.querySelector(".errors[data-focus]") || document.querySelector("[data-focus]");
    if (box) box.focus();
  };

  /* Copy: the button appears, copies the text of the element it names, and says so beside itself. */
  const textOf = (element) => ("value" in element ? element.value : element.innerText);

  const select = (element) => {
    if ("select" in element) {
      element.select();
      return;
    }
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copy = async (button) => {
    const element = document.querySelector(button.dataset.copy);
    if (!element) return;
    let copied;
    try {
      await navigator.clipboard.writeText(textOf(element));
      copied = true;
    } catch {
      /* no permission or no secure connection: select the text and ask the browser the old way */
      select(element);
      copied = document.execCommand("copy");
    }
    const said = button.parentElement.querySelector("[role=status]");
    said.textContent = "";
    setTimeout(() => (said.textContent = copied ? button.dataset.copied : button.dataset.failed), 50);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  /* Progress: a fragment with data-poll is read anew each second until it comes back without the attribute. */
  const SECOND = 1000;
  const LONGEST = 15 * SECOND;

  const announce = (text) => {
    const said = document.getElementById("said");
    if (said) said.textContent = text;
  };

  const poll = (element, wait) => {
    setTimeout(async () => {
      if (!element.isConnected) return;
      if (document.hidden) return poll(element, SECOND);
      let answer;
      try {
        answer = await fetch(element.dataset.poll, { headers: { "X-Requested-With": "fetch" } });
      } catch {
        return poll(element, Math.min(2 * wait, LONGEST));
      }
      /* a server that is closed for a while is asked again; a refusal (signed out, gone) is not */
      if (answer.status >= 500) return poll(element, Math.min(2 * wait, LONGEST));
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = element.id ? page.getElementById(element.id) : page.body.firstElementChild;
      if (!fresh) return;
      /* what has not changed is left alone, so that focus and reading stay where they are */
      if (fresh.outerHTML === element.outerHTML) return poll(element, SECOND);
      const next = document.importNode(fresh, true);
      const held = element.contains(document.activeElement);
      element.replaceWith(next);
      if (held) {
        next.tabIndex = -1;
        next.focus();
      }
      if ("poll" in next.dataset) return poll(next, SECOND);
      announce(next.dataset.said || next.textContent.trim());
    }, wait);
  };

  /* A phone folds what comes after the first things; an address that points into it leaves it open. */
  const fold = () => {
    if (!matchMedia("(max-width: 767.98px)").matches) return;
    const meant = location.hash && document.getElementById(location.hash.slice(1));
    for (const rest of document.querySelectorAll("details.rest")) {
      if (!meant || !rest.parentElement.contains(meant)) rest.open = false;
    }
  };

  const start = () => {
    fold();
    focusFirst();
    document.querySelectorAll(".copy[hidden]").forEach((copyable) => (copyable.hidden = false));
    document.querySelectorAll("[data-poll]").forEach((element) => poll(element, SECOND));
  };

  /* What htmx cannot send or is refused, the browser sends itself: then its page says what happened. */
  const sendPlainly = (event) => {
    const form = event.detail.elt;
    if (form instanceof HTMLFormElement) form.submit();
  };

  document.addEventListener("htmx:responseError", sendPlainly);
  document.addEventListener("htmx:sendError", sendPlainly);
  document.addEventListener("htmx:afterSettle", focusFirst); // a page that came in the place of another

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
