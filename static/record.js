/* The record of a meeting saves what is typed as it goes. While the net is gone it is kept on this device, and sent when
   it is back. Without scripts every button of the page still carries what is typed. */
(() => {
  "use strict";

  const WAIT = 1500; /* milliseconds after the last key */
  const AGAIN = 5000;
  const form = document.getElementById("record");
  if (!form) return;
  const said = document.getElementById("saved");
  const tell = (words) => said && said.textContent !== words && (said.textContent = words);

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch {
      /* a device that keeps nothing: the page still saves as it goes */
    }
  };

  /* What a settling button took along stands in the settled item now: it is not kept any longer. */
  const even = (text) => (text || "").replaceAll("\r\n", "\n").trim();
  const settled = JSON.parse(document.getElementById("settled").textContent);
  for (const [key, texts] of Object.entries(settled)) {
    const kept = read(key);
    if (kept && Object.entries(kept.texts).every(([name, text]) => even(text) === even(texts[name]))) write(key, null);
  }

  /* What was typed on this device for other items of the meeting, and never reached the portal. */
  const box = document.getElementById("unsent");
  const showUnsent = (own) => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(box.dataset.prefix) && key !== own);
    for (const key of keys) {
      const kept = read(key);
      if (!kept) continue;
      const section = document.createElement("section");
      section.className = "part hang";
      const title = document.createElement("h2");
      title.textContent = `${box.dataset.title}: ${kept.title || ""}`;
      const column = document.createElement("div");
      for (const text of Object.values(kept.texts).filter(Boolean)) {
        const line = document.createElement("p");
        line.textContent = text;
        column.append(line);
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "as-link";
      button.textContent = box.dataset.remove;
      button.addEventListener("click", () => {
        write(key, null);
        section.remove();
      });
      column.append(button);
      section.append(title, column);
      box.append(section);
    }
  };
  if (!form.dataset.autosave) {
    showUnsent("");
    return;
  }

  const key = form.dataset.key;
  const fields = Array.from(form.querySelectorAll("[data-text]"));
  const began = form.elements.began_from;
  const title = (document.querySelector("#item ~ p, h3") || {}).textContent || "";
  let base = Object.fromEntries(fields.map((field) => [field.name, field.defaultValue]));
  let timer = null;
  let sending = false;
  let stopped = false; /* somebody else wrote here, or the item is settled: the button decides */

  const texts = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const changed = () => fields.some((field) => field.value !== base[field.name]);
  const keep = () => write(key, changed() ? { texts: texts(), base, began: began.value, title } : null);

  const theirs = (answer) => {
    for (const place of form.querySelectorAll("[data-theirs]")) {
      const text = (answer.theirs || {})[place.dataset.theirs];
      place.textContent = text === undefined ? "" : `${form.dataset.other} ${text}`;
    }
  };

  const save = async () => {
    if (stopped || !changed()) return;
    if (sending) return later(WAIT);
    sending = true;
    tell(form.dataset.saving);
    const sent = texts();
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "of_item"]) body.append(name, form.elements[name].value);
    body.append("began_from", began.value);
    for (const [name, text] of Object.entries(sent)) body.append(name, text);
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "autosave" } });
    } catch {
      sending = false;
      tell(form.dataset.lost);
      return later(AGAIN);
    }
    sending = false;
    if (answer.redirected || answer.status === 403) {
      tell(form.dataset.out);
      return;
    }
    if (answer.status >= 500 || answer.status === 429) {
      tell(form.dataset.lost);
      return later(AGAIN);
    }
    let told;
    try {
      told = await answer.json();
    } catch {
      tell(form.dataset.lost);
      return later(AGAIN);
    }
    tell(told.words);
    if (!answer.ok) {
      stopped = answer.status !== 422;
      theirs(told);
      if (told.began_from) began.value = told.began_from;
      return;
    }
    began.value = told.began_from;
    for (const field of fields) {
      const now = told.texts[field.name];
      /* what only somebody else has changed is shown here, too */
      if (field.value === base[field.name] && field.value === sent[field.name]) field.value = now;
      base[field.name] = now;
    }
    keep();
    if (changed()) later(WAIT);
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const restore = () => {
    const kept = read(key);
    if (!kept) return;
    if (fields.every((field) => (kept.texts[field.name] ?? field.value) === field.value)) {
      /* it had arrived, only the answer was lost; on a refused page it is shown and not saved: it stays here */
      if (form.dataset.safe) {
        write(key, null);
        tell(form.dataset.safe);
      }
      return;
    }
    for (const field of fields) {
      /* only what was typed here; what somebody else has saved meanwhile stays */
      if (kept.texts[field.name] !== undefined && kept.texts[field.name] !== kept.base[field.name]) {
        field.value = kept.texts[field.name];
      }
    }
    tell(form.dataset.back);
    began.value = kept.began;
    base = { ...base, ...kept.base };
    later(WAIT);
  };

  form.addEventListener("input", (event) => {
    if (!("text" in event.target.dataset)) return;
    keep();
    later(WAIT);
  });
  /* A button sends the texts along; they stay on this device until the next page shows them saved. */
  form.addEventListener("submit", keep);
  addEventListener("online", () => later(0));
  restore();
  showUnsent(key);
})();
