"use strict";
// Comforts only: every page works without this file. No markup is ever made from text here.
(() => {
  const all = (what, within = document) => [...within.querySelectorAll(what)];

  // The running sum of ticked rows, each currency for itself.
  const ticks = document.querySelector(".ticks");
  if (ticks) {
    const boxes = all("[name=number]", ticks), every = ticks.querySelector(".all"), says = ticks.querySelector(".bar b");
    const tell = () => {
      const ticked = boxes.filter((box) => box.checked), sums = {};
      for (const { dataset: { currency, digits, minor } } of ticked) (sums[currency] ??= { digits, minor: 0 }).minor += Number(minor);
      const money = Object.entries(sums).map(([currency, { digits, minor }]) => {
        const figure = (minor / 10 ** digits).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
        return currency === "USD" ? `$${figure}` : `${figure} ${currency}`;
      });
      every.checked = ticked.length > 0 && ticked.length === boxes.length;
      every.indeterminate = ticked.length > 0 && !every.checked;
      if (ticked.length) says.textContent = `${ticked.length} ${ticked.length === 1 ? "invoice" : "invoices"}, ${money.join(" and ")}`;
    };
    ticks.addEventListener("change", (event) => {
      if (event.target === every) for (const box of boxes) box.checked = every.checked;
      tell();
    });
    ticks.addEventListener("reset", () => setTimeout(tell));
    tell();
  }

  // The sum, and what the button promises, follow what is typed and chosen.
  const paying = document.querySelector(".paying");
  if (paying) {
    const button = paying.querySelector(".pay .btn"), total = paying.querySelector(".pay .amount"), shown = all(".pay .pairs dd", paying), later = paying.querySelector(".later");
    const places = () => { const field = all("[name=amount]", paying)[0]; return field ? (field.defaultValue.split(".")[1] ?? "").length : 2; };
    const digits = places(), unit = 10 ** digits;
    const minor = (text) => { const bare = text.replace(/[,$\s]/g, ""); return /^\d+(\.\d*)?$/.test(bare) ? Math.round(Number(bare) * unit) : 0; };
    const money = (value) => (value / unit).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const follow = () => {
      const amounts = all("[name=amount]", paying).map((field) => minor(field.value)), ahead = minor(paying.elements.ahead?.value ?? "");
      const sum = amounts.reduce((one, other) => one + other, ahead);
      if (paying.dataset.credit && !ahead) return;
      const method = paying.querySelector("[name=method]:checked"), waits = paying.querySelector("[name=when][value=later]:checked");
      const on = waits ? paying.elements.on.value : "", name = method?.dataset.name;
      const day = on && new Date(`${on}T12:00:00`).toLocaleDateString(paying.dataset.locale, { month: "short", day: "numeric" });
      amounts.forEach((amount, place) => { if (shown[place]) shown[place].textContent = money(amount); });
      total.textContent = `${paying.dataset.sign}${money(sum)}`;
      button.textContent = `Pay ${sum || !paying.elements.ahead ? total.textContent : "ahead"}${name ? ` with ${name}` : method?.value === "bank" ? " by bank account" : " by card"}${day ? ` on ${day}` : ""}`;
      paying.elements.agreed.value = `${sum}/${method?.value ?? ""}/${on}`;
      if (later) later.hidden = !waits;
    };
    paying.addEventListener("input", follow);
    paying.addEventListener("submit", () => { setTimeout(() => { button.disabled = true; button.textContent = "Paying…"; }); });
    addEventListener("pageshow", () => { button.disabled = false; follow(); });
  }

  // A rule of Auto Pay: what it would do, and its permission, follow what is chosen. The page itself is asked for and read as a page.
  const rule = document.querySelector(".rule-form");
  if (rule) rule.addEventListener("change", () => {
    const ask = new XMLHttpRequest();
    ask.open("GET", `${rule.getAttribute("action")}?${new URLSearchParams(new FormData(rule))}`);
    ask.responseType = "document";
    ask.addEventListener("load", () => {
      for (const part of [".preview", ".agreeing"]) {
        const now = document.querySelector(part), then = ask.response?.querySelector(part);
        if (now && then) now.replaceWith(document.importNode(then, true));
      }
    });
    ask.send();
  });

  // Whoever has to show first who they are finds their form as it was: it stays in this tab, until the next page.
  const alike = (action) => all("form").filter((form) => form.getAttribute("action") === action);
  const keep = ({ target: form }) => {
    if (form.method !== "post") return;
    const action = form.getAttribute("action"), values = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    sessionStorage.setItem("typed", JSON.stringify({ action, place: alike(action).indexOf(form), values }));
  };
  const again = ({ action, place, values }) => {
    const form = alike(action)[place];
    if (!form) return;
    for (const field of form.elements) {
      const typed = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = typed.includes(field.value);
      else if (typed.length && !["hidden", "submit", "file"].includes(field.type)) field.value = typed[0];
    }
    for (let within = form; within; within = within.parentElement) if (within.tagName === "DETAILS") within.open = true;
    (form.querySelector("button:not([name])") ?? form).focus();
  };
  try {
    const typed = sessionStorage.getItem("typed");
    if (!/^\/(prove|sign-in)/.test(location.pathname)) {
      sessionStorage.removeItem("typed");
      if (typed && location.hash === "#again") again(JSON.parse(typed));
      addEventListener("submit", keep);
    }
  } catch { /* A browser that keeps nothing. */ }

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

  // Passkeys: the question is fetched, the device is asked, its answer goes with the form.
  const marked = all("[data-passkey]"), ours = (kind) => marked.filter((element) => element.dataset.passkey === kind);
  const can = "credentials" in navigator && "PublicKeyCredential" in window;
  for (const element of marked) element.hidden = can === (element.dataset.passkey === "missing");
  if (can && marked.length) {
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    const words = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
    const asked = ({ user, ...key }) => ({
      ...key, challenge: bytes(key.challenge), allowCredentials: named(key.allowCredentials), excludeCredentials: named(key.excludeCredentials),
      ...(user && { user: { ...user, id: bytes(user.id) } }),
    });
    const told = ({ id, rawId, type, response: said, ...key }) => JSON.stringify({
      id, rawId: words(rawId), type, extensions: {},
      response: { clientDataJSON: words(said.clientDataJSON), ...(said.attestationObject
        ? { attestationObject: words(said.attestationObject), transports: said.getTransports?.() }
        : { authenticatorData: words(said.authenticatorData), signature: words(said.signature), userHandle: words(said.userHandle) }) },
    });
    const question = async (path) => {
      const answer = await fetch(path, { method: "POST", redirect: "manual" });
      // Led elsewhere: whoever asks has to show first who they are, and comes back.
      if (answer.type === "opaqueredirect") { location.assign(path); return new Promise(() => {}); }
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    };
    const send = (form, ticket, key) => {
      form.elements.ticket.value = ticket;
      form.elements.credential.value = told(key);
      form.submit();
    };
    const why = ({ name }) => ({
      NotAllowedError: "Nothing was done: it was cancelled, or took too long. Try again.",
      InvalidStateError: "This device has a passkey for you already.",
      SecurityError: "Passkeys work only under the portal’s own address.",
    })[name] ?? "That did not work. Try again in a minute.";
    let waiting;
    const begin = async (form, call) => {
      const says = form.querySelector(".error"), button = form.querySelector("button");
      says.hidden = true;
      button.disabled = true;
      waiting?.abort();
      waiting = undefined;
      try { await call(); } catch (error) { says.textContent = why(error); says.hidden = false; }
      button.disabled = false;
    };
    for (const form of ours("create")) form.addEventListener("submit", (event) => {
      event.preventDefault();
      begin(form, async () => {
        const { ticket, options } = await question("/passkeys/new");
        send(form, ticket, await navigator.credentials.create({ publicKey: asked(options.publicKey) }));
      });
    });
    for (const form of ours("get")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        begin(form, async () => {
          const { ticket, options } = await question("/sign-in/passkey/challenge");
          send(form, ticket, await navigator.credentials.get({ publicKey: asked(options.publicKey) }));
        });
      });
      // In the field of the address the browser itself offers the passkeys it knows; a question lives for ten minutes.
      const offer = async () => {
        const mine = waiting = new AbortController();
        setTimeout(() => { if (waiting === mine) { mine.abort(); offer(); } }, 540000);
        try {
          const { ticket, options } = await question("/sign-in/passkey/challenge");
          send(form, ticket, await navigator.credentials.get({ mediation: "conditional", signal: mine.signal, publicKey: asked(options.publicKey) }));
        } catch { /* Nothing was chosen; the button still works. */ }
      };
      if (document.querySelector("[autocomplete~=webauthn]")) PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => can && offer());
    }
  }

  const copy = document.querySelector(".copy");
  if (copy) copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("#snippet").value);
    copy.textContent = copy.dataset.done;
  });
})();
