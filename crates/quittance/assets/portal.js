"use strict";
// Comforts only: every page works without this file. No markup is ever made from text here.
(() => {
  const all = (what, within = document) => [...within.querySelectorAll(what)];

  // Filters apply as they are chosen. The search field goes with Enter, like any form.
  for (const form of all(".sift")) form.addEventListener("change", (event) => {
    if (event.target.tagName === "SELECT") form.requestSubmit();
  });

  // The running sum of ticked rows.
  const ticks = document.querySelector(".ticks");
  if (ticks) {
    const boxes = all("[name=number]", ticks), every = ticks.querySelector(".all"), says = ticks.querySelector(".bar b");
    const tell = () => {
      const ticked = boxes.filter((box) => box.checked), minor = ticked.reduce((sum, box) => sum + Number(box.dataset.minor), 0);
      const money = (minor / 100).toLocaleString("en", { minimumFractionDigits: 2 });
      every.checked = ticked.length > 0 && ticked.length === boxes.length;
      every.indeterminate = ticked.length > 0 && !every.checked;
      if (ticked.length) says.textContent = `${ticked.length} ${ticked.length === 1 ? "invoice" : "invoices"}, ${ticks.dataset.sign}${money}`;
    };
    ticks.addEventListener("change", (event) => {
      if (event.target === every) for (const box of boxes) box.checked = every.checked;
      tell();
    });
    ticks.addEventListener("reset", () => setTimeout(tell));
    tell();
  }

  // A menu closes when one looks elsewhere.
  const shut = (but) => { for (const menu of all(".menu[open]")) if (!menu.contains(but)) menu.open = false; };
  addEventListener("click", (event) => shut(event.target));
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Digits or letters: another keyboard, the same field.
  const field = document.querySelector("#code"), keys = document.querySelector("[data-keys]"), hint = document.querySelector("#code-hint");
  if (field && keys) keys.addEventListener("click", (event) => {
    event.preventDefault();
    const letters = keys.dataset.keys === "letters";
    field.inputMode = letters ? "text" : "numeric";
    hint.textContent = letters ? hint.dataset.letters : hint.dataset.digits;
    keys.dataset.keys = letters ? "digits" : "letters";
    keys.textContent = letters ? "My code has only digits" : "My code has letters";
    field.focus();
  });

  // The next code: counts down, then the button takes the place of the words.
  const wait = document.querySelector("[data-wait]");
  if (wait) {
    const until = Date.now() + wait.dataset.wait * 1000, clock = wait.querySelector(".clock");
    const beat = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left > 0) return;
      clearInterval(beat);
      wait.querySelector(".wait").remove();
      wait.removeAttribute("data-wait");
    }, 500);
  }

  const opener = document.querySelector(".open-all");
  if (opener) opener.addEventListener("click", () => {
    const tickets = all(".ticket"), open = tickets.some((ticket) => !ticket.open), words = opener.textContent;
    for (const ticket of tickets) ticket.open = open;
    opener.textContent = opener.dataset.less;
    opener.dataset.less = words;
  });

  const copy = document.querySelector(".copy");
  if (copy) copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("#snippet").value);
    copy.textContent = copy.dataset.done;
  });
})();
