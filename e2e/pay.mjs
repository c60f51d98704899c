// Pays in a running demo as its customers do, with and without script, and counts their clicks: the way must stay short.
// node pay.mjs BASE_URL [PICTURES]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { barriers, launch, overflow } from "./browser.mjs";
import { mails, people, signIn } from "./visitor.mjs";
import { walks } from "./walks.mjs";

const [base, pictures] = [process.argv[2]?.replace(/\/$/, ""), process.argv[3]];
if (!base) throw new Error("say where the demo is: http://127.0.0.1:8080");
if (pictures) mkdirSync(pictures, { recursive: true });

const browser = await launch();
const { check, walk, end } = walks(browser);
const everybody = [...(await people(base)).values()].filter((person) => person.accounts.length === 1 && person.accounts[0].role !== "viewer");
/** What looks for barriers needs a page whose own scripts may run. */
const isScripted = (options) => options.javaScriptEnabled !== false;
const scripts = [["with script", {}], ["without script", { javaScriptEnabled: false }]];

/** Counts the clicks of one way. */
function counted(page) {
  const way = { clicks: 0 };
  way.click = async (what) => { way.clicks += 1; await page.click(what); };
  return way;
}

/** Mails of open invoices that can be paid by their own link: who got them and the link; each is used once. */
const links = [];
for (const mail of await mails(base)) {
  const link = /(\/pay\/[\w-]{43})/.exec(mail.text)?.[1];
  if (link) links.push({ to: mail.to, link, number: /\b(GG-\d+)\b/.exec(mail.subject)?.[1] });
}

const company = (email) => email.split("@")[1];

/** Somebody who got a mail with a link and whose company nobody here has paid for; it is that company's turn. */
function somebody() {
  const mailed = new Set(links.map((one) => one.to));
  const person = everybody.find((one) => mailed.has(one.email));
  const own = links.filter((one) => one.to === person.email);
  for (let at = everybody.length - 1; at >= 0; at -= 1) if (company(everybody[at].email) === company(person.email)) everybody.splice(at, 1);
  for (let at = links.length - 1; at >= 0; at -= 1) if (company(links[at].to) === company(person.email)) links.splice(at, 1);
  return { ...person, ...own[0] };
}

/** Until the page says so; the demo's processor answers within seconds. */
async function until(page, words) {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await page.textContent("main")).includes(words)) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error(`the page never says "${words}": ${(await page.textContent("main")).replace(/\s+/g, " ").slice(0, 300)}`);
}

async function looks(page, name) {
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await barriers(page), [], `barriers at ${width}`);
    assert.deepEqual(await overflow(page), [], `sideways at ${width}`);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

for (const [how, options] of scripts) {
  await check(`an invoice is paid from its mail with two clicks and a card, ${how}`, () => walk(options, async (page) => {
    const { link, number } = somebody();
    const way = counted(page);
    await page.goto(base + link);
    assert.match(await page.textContent("h1"), new RegExp(`Pay ${number}`));
    if (isScripted(options)) await looks(page, "pay-link");
    await way.click(".pay .btn.primary");
    await page.waitForSelector("text=No money moves here");
    await way.click("main .btn.primary");
    await until(page, "We charged");
    assert.equal(way.clicks, 2);
  }));

  await check(`all that is open is paid with three clicks from the landing page, and kept, ${how}`, () => walk(options, async (page) => {
    const person = somebody();
    await page.goto(`${base}/sign-in`);
    await signIn(page, base, person.email);
    const way = counted(page);
    await way.click("a:text-is('Pay all')");
    if (isScripted(options)) await looks(page, "pay");
    await page.check("[name=keep]");
    await way.click(".pay .btn.primary");
    await way.click("main .btn.primary");
    await until(page, "We charged");
    assert.equal(way.clicks, 3);
    if (isScripted(options)) await looks(page, "payment-paid");
    await page.goto(`${base}/methods`);
    assert.match(await page.textContent("main"), /Visa 4242/);
    if (isScripted(options)) await looks(page, "methods");
    await page.goto(`${base}/payments`);
    if (isScripted(options)) await looks(page, "payments");
    await page.goto(`${base}/invoices`);
    assert.match(await page.textContent("main"), /Paid/);
  }));
}

await check("amounts, method and day are followed by the button, and a later day is planned", () => walk({}, async (page) => {
  const person = somebody();
  await page.goto(`${base}/sign-in`);
  await signIn(page, base, person.email);
  const href = await page.getAttribute("#open a[href^='/invoices/']", "href");
  await page.goto(base + href);
  const way = counted(page);
  await way.click(".pay-now a");
  await page.check("[name=keep]");
  await page.fill("[name=amount]", "1.00");
  assert.match(await page.textContent(".pay .btn.primary"), /^Pay \$1\.00 by card$/);
  await way.click(".pay .btn.primary");
  await way.click("main .btn.primary");
  await until(page, "We charged $1.00");
  // Once a card is kept, two clicks pay; on a later day it is planned.
  await page.goto(base + href);
  await page.click(".pay-now a");
  await page.fill("[name=amount]", "2.00");
  await page.check("[name=when][value=later]");
  const day = await page.getAttribute("[name=on]", "min");
  await page.fill("[name=on]", day);
  assert.match(await page.textContent(".pay .btn.primary"), /^Pay \$2\.00 with Visa 4242 on \w+ \d+$/);
  await page.click(".pay .btn.primary");
  assert.match(await page.textContent("main"), /We’ll charge \$2\.00 to Visa 4242/);
  await page.click("button:text-is('Call this payment off')");
  assert.match(await page.textContent("h1"), /Called off/);
}));

end();
await browser.close();
