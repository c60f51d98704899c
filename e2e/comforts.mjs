// Serves a gallery under the portal's strict policy and tries what the script adds, and that all of it works without the script.
// node comforts.mjs GALLERY
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { launch } from "./browser.mjs";

const gallery = process.argv[2];
if (!gallery) throw new Error("say which folder holds the gallery");
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const types = { css: "text/css", js: "text/javascript" };
const asked = [];

const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const name = new URL(request.url, "http://localhost").pathname.slice(1);
  const type = types[name.split(".").pop()];
  try {
    const body = readFileSync(join(gallery, type ? name : `${name}.html`));
    response.writeHead(200, { "content-type": type ?? "text/html; charset=utf-8", "content-security-policy": policy }).end(body);
  } catch {
    response.writeHead(204).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await launch();

async function on(path, options, act) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${origin}/${path}`);
  await act(page);
  assert.deepEqual(complaints, [], path);
  await context.close();
}

/** The last request for a path, waited for. */
async function request(start) {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = asked.findLast((line) => line.startsWith(start));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody asked for ${start}`);
}

const tick = async (page) => {
  assert.equal(await page.isVisible(".bar"), false);
  await page.check("[value=INV-20299]");
  await page.check("[value=INV-20517]");
  assert.equal(await page.isVisible(".bar"), true);
};
const download = async (page) => {
  asked.length = 0;
  await page.click(".bar .btn");
  assert.equal(await request("GET /invoices.zip"), "GET /invoices.zip?number=INV-20299&number=INV-20517");
};

await on("invoices", {}, async (page) => {
  await tick(page);
  assert.equal(await page.textContent(".bar p"), "2 invoices, $7,072.63");
  assert.equal(await page.evaluate(() => document.querySelector(".all").indeterminate), true);
  await download(page);
  await page.click(".bar [type=reset]");
  assert.equal(await page.isVisible(".bar"), false);
  await page.check(".all");
  assert.equal(await page.textContent(".bar p"), "12 invoices, $23,435.37");
});
await on("invoices", { javaScriptEnabled: false }, async (page) => {
  await tick(page);
  assert.equal(await page.isVisible(".all"), false);
  await download(page);
});
await on("invoices", {}, async (page) => {
  const box = page.locator("[value=INV-20517]");
  await box.evaluate((element) => Object.assign(element.dataset, { minor: 412, currency: "JPY", digits: 0 }));
  await tick(page);
  assert.equal(await page.textContent(".bar p"), "2 invoices, $3,163.73 and 412 JPY");
});
await on("invoices", {}, async (page) => {
  asked.length = 0;
  await page.selectOption("[name=stream]", "recurring");
  await page.waitForTimeout(200);
  assert.deepEqual(asked, [], "choosing alone asks for nothing");
  await page.click(".sift .btn");
  assert.match(await request("GET /invoices?"), /stream=recurring&since=2026-07&q=$/);
});
await on("invoices", { javaScriptEnabled: false }, (page) => page.click(".sift .btn"));
await on("invoices", { viewport: { width: 375, height: 800 } }, async (page) => {
  assert.equal(await page.isVisible("[value=INV-20001]"), false);
  await page.click(".unfold a");
  assert.equal(await page.isVisible("[value=INV-20001]"), true);
  await page.click(".who summary");
  assert.equal(await page.isVisible(".sheet button"), true);
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible(".sheet button"), false);
});
await on("code", {}, async (page) => {
  assert.equal(await page.isVisible("text=Send another code in 0:4"), true);
  assert.equal(await page.isVisible("button:has-text('Send another code')"), false);
  await page.click("text=My code has letters");
  assert.equal(await page.getAttribute("#code", "inputmode"), "text");
  await page.click("text=My code has only digits");
  assert.equal(await page.getAttribute("#code", "inputmode"), "numeric");
});
await on("code", { javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.isVisible("button:has-text('Send another code')"), true);
  assert.equal(await page.getAttribute("text=My code has letters", "href"), "/sign-in/code?letters=1");
});
await on("invoice", {}, async (page) => {
  await page.click(".open-all");
  assert.equal(await page.locator(".ticket[open]").count(), 5);
});
for (const path of ["invoices", "invoice", "work", "sign-in"]) await on(path, {}, async (page) => {
  const shift = await page.evaluate(() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 300);
  }));
  assert.equal(shift, 0, `${path} shifts`);
});

await browser.close();
server.close();
console.log("comforts hold, with and without script");
