// Walks through the portal of a running demo as its customers do, with and without script, by mouse and by keyboard alone,
// and asks every page at both widths and in both looks for barriers, sideways scrolling, complaints of the browser and weight.
// node portal.mjs BASE_URL [PICTURES]
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { barriers, launch, overflow } from "./browser.mjs";
import { walks } from "./walks.mjs";
import { codeAfter, mails, people, signIn } from "./visitor.mjs";
import { entries } from "./archive.mjs";
import { load } from "./weight.mjs";

const [base, pictures] = [process.argv[2]?.replace(/\/$/, ""), process.argv[3]];
if (!base) throw new Error("say where the demo is: http://127.0.0.1:8080");
if (pictures) mkdirSync(pictures, { recursive: true });

const browser = await launch();
const everybody = [...(await people(base)).values()];
// A person is asked for once, so that walking twice within a quarter of an hour stays inside the limits of codes.
const single = everybody.filter((person) => person.accounts.length === 1).sort(() => Math.random() - 0.5);
const somebody = (fits = () => true) => single.splice(single.findIndex(fits), 1)[0];
const bookkeeper = "sigrid@duluthbookkeeping.example";

const { check, walk, end } = walks(browser, { minds: (message) => !/status of (404|422)/.test(message.text()) });

const path = (page) => { const { pathname, search } = new URL(page.url()); return pathname + search; };
const scripts = [["with script", {}], ["without script", { javaScriptEnabled: false }]];

/** What a download brought. */
async function saved(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Presses Tab until an element that fits has the focus; at most so often as nobody would mind. */
async function tabTo(page, selector, most = 60) {
  for (let presses = 0; presses <= most; presses += 1) {
    if (await page.evaluate((what) => document.activeElement?.matches(what) ?? false, selector)) return presses;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${most} presses of Tab do not reach ${selector} on ${page.url()}`);
}

// 1. Signing in.
for (const [how, options] of scripts) {
  await check(`from the landing page to Invoices, ${how}`, () => walk(options, async (page) => {
    const { email, name } = somebody();
    await page.goto(`${base}/`);
    await page.click("a:text-is('Sign in')");
    await signIn(page, base, email);
    assert.equal(path(page), "/invoices");
    assert.match(await page.textContent(".who"), new RegExp(name));
    await page.click(".who summary");
    await page.click("text=Sign out");
    await page.goto(`${base}/invoices`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
  }));

  await check(`a wrong code says so, and how many tries are left, ${how}`, () => walk(options, async (page) => {
    const { email } = somebody();
    await page.goto(`${base}/sign-in`);
    const code = await codeAfter(base, email, async () => { await page.fill("#email", email); await page.press("#email", "Enter"); await page.waitForSelector("#code"); });
    await page.fill("#code", code === "000000" ? "111111" : "000000");
    await page.click("button:text-is('Sign in')");
    assert.match(await page.textContent("[role=alert]"), /not the code.*4 tries are left/s);
    assert.match(await page.title(), /^Error:/);
    await page.fill("#code", `${code.slice(0, 3)} ${code.slice(3)}`);
    await page.press("#code", "Enter");
    await page.waitForURL(`${base}/invoices`);
  }));

  await check(`from a mail to its open PDF by keyboard alone, ${how}`, () => walk(options, async (page, context) => {
    const addresses = new Set(single.map((person) => person.email));
    await page.goto(`${base}/demo/mailbox`);
    const rows = await page.$$eval(".mails li", (items) => items.map((item) => ({ href: item.querySelector("a").getAttribute("href"), text: item.textContent })));
    const row = rows.find(({ text }) => /\bGG-\d+\.pdf/.test(text) && addresses.has(/to (\S+@\S+)/.exec(text)?.[1]));
    const email = /to (\S+@\S+)/.exec(row.text)[1];
    single.splice(single.findIndex((person) => person.email === email), 1);
    const press = async (key) => { await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]); };
    await tabTo(page, `[href="${row.href}"]`, 150);
    await press("Enter");
    await tabTo(page, "main a[href*='/invoices/']");
    await press("Enter");
    await tabTo(page, "#email");
    const code = await codeAfter(base, email, async () => { await page.keyboard.type(email); await press("Enter"); });
    await tabTo(page, "#code");
    await page.keyboard.type(code);
    await press("Enter");
    assert.match(path(page), /^\/invoices\/[A-Z]+-\d+$/);
    await tabTo(page, ".files a[href$='.pdf']");
    // Where the browser shows no PDFs, it saves this one.
    const invoice = path(page);
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url().endsWith(".pdf")), page.keyboard.press("Enter")]);
    assert.equal(new URL(answer.url()).pathname, `${invoice}.pdf`);
    assert.equal(answer.headers()["content-type"], "application/pdf");
    const bytes = await (await context.request.get(answer.url())).body();
    assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
  }));
}

await check("an unknown address reads the same as a known one", () => walk({}, async (page) => {
  const says = async (email) => {
    await page.context().clearCookies();
    await page.goto(`${base}/sign-in`);
    await page.fill("#email", email);
    await page.press("#email", "Enter");
    await page.waitForSelector("#code");
    return (await page.innerText("main")).replaceAll(email, "").replace(/trace \S+/g, "").replace(/in \d:\d\d/, "");
  };
  assert.equal(await says(somebody().email), await says("nobody@nowhere.example"));
}));

await check("what is not an address is said beside the field", () => walk({}, async (page) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("#email", "accounts");
  await page.press("#email", "Enter");
  assert.match(await page.textContent("#email-error"), /not an e-mail address/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "email");
}));

// One session for the walks that follow; the cookie jar is copied into each browser.
const me = somebody((person) => person.accounts[0].role !== "viewer");
async function session(email) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await signIn(page, base, email);
  const state = await context.storageState();
  await context.close();
  return state;
}
const mine = { storageState: await session(me.email) };
const several = { storageState: await session(bookkeeper) };

// 2. Files.
/** The newest invoices whose documents are made, waited for: a new demo renders behind. */
async function ready(page, count) {
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(`${base}/invoices`);
    const numbers = await page.$$eval("tr:has(.pdf a) [name=number]", (boxes) => boxes.map((box) => box.value));
    if (numbers.length >= count) return numbers.slice(0, count);
    await page.waitForTimeout(1000);
  }
  throw new Error("no documents after a minute");
}

for (const [how, options] of scripts) await check(`ticked invoices come as a ZIP of their PDFs, ${how}`, () => walk({ ...mine, ...options }, async (page) => {
  const numbers = await ready(page, 2);
  assert.equal(await page.isVisible(".bar"), false);
  for (const number of numbers) await page.check(`[value=${number}]`);
  if (!("javaScriptEnabled" in options)) assert.match(await page.textContent(".bar p"), /^2 invoices, \$[\d,]+\.\d\d$/);
  const { bytes } = await saved(page, () => page.click(".bar .btn"));
  const files = entries(bytes);
  assert.deepEqual(files.map((file) => file.name.match(/[A-Z]+-\d+/)?.[0]).sort(), [...numbers].sort());
  for (const file of files) assert.equal(file.bytes.subarray(0, 5).toString(), "%PDF-", file.name);
}));

await check("the lines come as CSV, of the list and of one invoice", () => walk(mine, async (page) => {
  const [number] = await ready(page, 1);
  const list = await saved(page, () => page.click(".downloads a[href*='.csv']"));
  await page.click(`a[href="/invoices/${number}"]`);
  const one = await saved(page, () => page.click(".files a[href$='.csv']"));
  assert.ok(list.bytes.toString().split("\n").length > one.bytes.toString().split("\n").length);
  for (const { bytes } of [list, one]) assert.match(bytes.toString(), new RegExp(number));
}));

await check("the PDF of an invoice opens", () => walk(mine, async (page, context) => {
  const [number] = await ready(page, 1);
  const answer = await context.request.get(`${base}/invoices/${number}.pdf`);
  assert.equal(answer.headers()["content-type"], "application/pdf");
  assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");
}));

// 3. Borders.
await check("an invoice of somebody else is the same 404 as one that does not exist", () => walk(mine, async (page, context) => {
  await page.goto(`${base}/invoices`);
  const own = new Set(await page.$$eval("[name=number]", (boxes) => boxes.map((box) => box.value)));
  const foreign = (await mails(base)).map((mail) => /\/invoices\/([A-Z]+-\d+)/.exec(mail.text)?.[1]).find((number) => number && !own.has(number));
  const absent = foreign.replace(/\d/g, "9");
  for (const ending of ["", ".pdf", ".csv"]) {
    const [theirs, none] = await Promise.all([foreign, absent].map(async (number) => {
      const answer = await context.request.get(`${base}/invoices/${number}${ending}`);
      return { status: answer.status(), body: (await answer.text()).replaceAll(/nonce="[^"]*"/g, "").replace(/trace [A-Z0-9-]+/, "") };
    }));
    assert.equal(none.status, 404);
    assert.deepEqual(theirs, none, ending);
  }
}));

await check("a session that was ended elsewhere is over at once", () => walk(mine, async (page) => {
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(`${base}/sign-in`);
  await signIn(stranger, base, me.email);
  await page.goto(`${base}/sessions`);
  assert.equal(await page.locator(".sessions li").count(), 2);
  await page.click(".sessions button");
  await page.waitForURL(`${base}/sessions`);
  assert.equal(await page.locator(".sessions li").count(), 1);
  await stranger.goto(`${base}/invoices`);
  assert.equal(new URL(stranger.url()).pathname, "/sign-in");
  await other.close();
}));

// People of an account: an admin adds a colleague, who comes in; taken out, they are out at once.
let admins = {};
await check("an admin adds a colleague, who is in and out again at once", () => walk({}, async (page, context) => {
  const { email, accounts: [{ account }] } = somebody((person) => person.accounts[0].role === "admin");
  const place = `${base}/accounts/${account}/contacts`;
  await page.goto(`${base}/sign-in?next=%2Faccounts`);
  await signIn(page, base, email);
  assert.equal(page.url(), place);
  admins = { account, options: { storageState: await context.storageState() } };
  const colleague = `dora.${Math.random().toString(36).slice(2)}@${email.split("@")[1]}`;
  await page.fill("#name", "Dora Dent");
  await page.fill("#email", colleague);
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Add')")]);
  await page.click("a[aria-label='Change Dora Dent']");
  await page.selectOption("#recurring", "cc");
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Save')")]);
  const other = await browser.newContext();
  const dora = await other.newPage();
  await dora.goto(`${base}/sign-in`);
  await signIn(dora, base, colleague);
  assert.match(await dora.textContent("h1"), /Invoices/);
  await page.click("a[aria-label='Change Dora Dent']");
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Remove Dora Dent')")]);
  await dora.goto(`${base}/invoices`);
  assert.equal(new URL(dora.url()).pathname, "/sign-in");
  await other.close();
  await page.click("text=What was done, and by whom");
  const log = await page.textContent(".audit");
  for (const words of ["contact added", "contact changed", "contact removed", colleague]) assert.ok(log.includes(words), words);
}));

await check("an admin sets a PO number and asks for another address, without script", () => walk({ ...admins.options, javaScriptEnabled: false }, async (page) => {
  await page.goto(`${base}/accounts/${admins.account}/profile`);
  await page.fill("#po-1", "PO-8812");
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Save') >> nth=0")]);
  assert.equal(await page.inputValue("#po-1"), "PO-8812");
  await page.click("summary:has-text('Ask for another name')");
  await page.fill("#address_1", "9 Harbor Street");
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Ask for this')")]);
  assert.match(await page.textContent("main"), /waits for us.*9 Harbor Street/s);
  await page.click("summary:has-text('Hand in an exemption')");
  await page.fill("#expires_on", "2099-12-31");
  await page.setInputFiles("#file", { name: "st3.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a certificate") });
  await Promise.all([page.waitForNavigation(), page.click("button:text-is('Hand it in')")]);
  const { name, bytes } = await saved(page, () => page.click(".files a:has-text('st3.pdf')"));
  assert.deepEqual([name, bytes.toString()], ["st3.pdf", "%PDF-1.7 a certificate"]);
}));

await check("what was typed is there again after the proof", () => walk(admins.options, async (page) => {
  const profile = `/accounts/${admins.account}/profile`, usual = async () => page.inputValue("#address_1");
  await page.goto(base + profile);
  const before = await usual();
  // As the portal answers ten minutes after the last proof.
  const location = `/prove?next=${encodeURIComponent(`${profile}#again`)}`;
  await page.route(`**${profile}`, (route) => route.request().method() === "POST" ? route.fulfill({ status: 303, headers: { location } }) : route.continue());
  await page.click("summary:has-text('Ask for another name')");
  await page.fill("#address_1", "9 Harbor Street");
  await page.click("button:text-is('Ask for this')");
  await page.waitForURL("**/prove?**");
  await page.goto(`${base}${profile}#again`);
  assert.equal(await usual(), "9 Harbor Street");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Ask for this");
  assert.equal(await page.inputValue("[name=csrf] >> nth=1"), await page.inputValue("[name=csrf] >> nth=2"), "the form's own token stays");
  await page.goto(`${base}/invoices`);
  await page.goto(`${base}${profile}#again`);
  assert.equal(await usual(), before, "and nowhere else");
}));

// 4. Weight.
await check("Invoices weighs little and stands still", () => walk(mine, async (page) => {
  const cold = await load(page, `${base}/invoices`);
  console.log(`        ${cold.bytes} bytes, ${cold.script} of script, ${cold.requests} requests, shift ${cold.shift}`);
  assert.ok(cold.bytes <= 35_000 && cold.script <= 14_000 && cold.requests <= 4 && cold.shift === 0, JSON.stringify(cold));
}));
for (const address of ["/invoices", "/work", "/help"]) await check(`${address} stands still on a phone`, () => walk({ ...mine, viewport: { width: 375, height: 812 } }, async (page) => {
  assert.equal((await load(page, base + address)).shift, 0);
}));

// 5. Every page.
const newest = async (page, stream) => {
  await page.goto(`${base}/invoices?stream=${stream}&show=all`);
  return page.$$eval("[name=number]", (boxes) => boxes.map((box) => `/invoices/${box.value}`).sort().at(-1));
};
const found = {};
await walk(mine, async (page) => { for (const stream of ["recurring", "biweekly"]) found[stream] = await newest(page, stream); });
const tick = async (page) => { for (const place of [0, 1]) await page.locator("[name=number]").nth(place).check(); };
const openAll = async (page) => { if (await page.locator(".open-all").count()) await page.click(".open-all"); };
const menu = (page) => page.click(".menu.accounts summary");
const pages = [
  ["landing", "/"], ["sign-in", "/sign-in"], ["code", "/sign-in", {}, async (page) => { await page.fill("#email", `${Math.random().toString(36).slice(2)}@nowhere.example`); await page.press("#email", "Enter"); await page.waitForSelector("#code"); }],
  ["sign-in-error", "/sign-in", {}, async (page) => { await page.press("#email", "Enter"); await page.waitForSelector("#email-error"); }],
  ["mailbox", "/demo/mailbox"], ["mail", "/demo/mailbox", {}, async (page) => { await page.click(".mails a"); }],
  ["contacts", `/accounts/${admins.account}/contacts`, admins.options], ["audit", `/accounts/${admins.account}/audit`, admins.options],
  ["profile", `/accounts/${admins.account}/profile`, admins.options], ["objection", `/accounts/${admins.account}/objections`, admins.options], ["billing-contact", "/billing-contact"],
  ["help-signed-out", "/help"], ["button", "/button"], ["not-found-signed-out", "/nothing-here"],
  ["invoices", "/invoices", mine], ["invoices-ticked", "/invoices", mine, tick], ["invoices-open", "/invoices?show=open", mine], ["invoices-paid", "/invoices?show=paid", mine],
  ["invoices-search", `/invoices?q=${found.recurring.split("/").at(-1)}`, mine], ["invoices-no-match", "/invoices?q=T-49999", mine],
  ["accounts", "/invoices", several], ["accounts-menu", "/invoices", several, menu], ["accounts-work", "/work", several],
  ["invoice-recurring", found.recurring, mine], ["invoice-biweekly", found.biweekly, mine], ["invoice-biweekly-opened", found.biweekly, mine, openAll],
  ["work", "/work", mine], ["help", "/help", mine], ["sessions", "/sessions", mine], ["passkeys", "/passkeys", mine], ["prove", "/prove?next=/work", mine], ["not-found", "/invoices/none-1", mine],
];
for (const [name, address, options = {}, act] of pages) await check(`${name} has no barriers`, () => walk(options, async (page) => {
  const findings = [];
  const opened = async (width) => {
    await page.setViewportSize({ width, height: width > 700 ? 900 : 812 });
    await page.goto(base + address);
    await act?.(page);
  };
  for (const width of [1280, 720, 375, 320]) {
    await opened(width);
    findings.push(...await overflow(page));
    if (![1280, 375].includes(width)) continue;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      findings.push(...(await barriers(page)).map((finding) => `${width} ${colorScheme} ${finding}`));
    }
    await page.emulateMedia({ colorScheme: null });
  }
  assert.deepEqual(findings, []);
}));

await browser.close();
end();
