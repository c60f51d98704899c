// Comes in by every door of a running demo: Microsoft's, at a stand-in started here, and passkeys of a virtual authenticator.
// node doors.mjs BASE_URL AUTHORITY_PORT [PICTURES]; the demo runs with --microsoft http://127.0.0.1:AUTHORITY_PORT/organizations/v2.0
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { start } from "./authority.mjs";
import { barriers, launch, overflow } from "./browser.mjs";
import { walks } from "./walks.mjs";
import { codeAfter, mails, people } from "./visitor.mjs";

const [base, port, pictures] = [process.argv[2]?.replace(/\/$/, ""), Number(process.argv[3]), process.argv[4]];
if (!base || !port) throw new Error("say where the demo is and at which port Microsoft: http://127.0.0.1:8080 8081");
if (pictures) mkdirSync(pictures, { recursive: true });
// Passkeys need a name, and this machine's is localhost.
const named = base.replace("127.0.0.1", "localhost");

const browser = await launch();
const single = [...(await people(base)).values()].filter((person) => person.accounts.length === 1);
const [known, claimed, lost, late, keyed] = single.slice(-5);
const guid = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const users = {
  "known at ours": { tenant: "ours", claims: { oid: guid(1), email: known.email, preferred_username: known.email, xms_edov: true } },
  "stranger who claims an address": { tenant: "evil", amr: ["mfa"], claims: { oid: guid(2), email: claimed.email, preferred_username: claimed.email, xms_edov: true } },
  "without an address": { tenant: "ours", claims: { oid: guid(3), preferred_username: "nobody" } },
  "not consented": { error: { error: "consent_required", error_description: "AADSTS65001: The user or administrator has not consented to use the application." } },
  "changed their mind": { error: { error: "access_denied", error_description: "the user canceled the authentication" } },
};

// Each walk in a network of its own, so that the limits of codes are not shared.
let network = 0;
const { check, walk, end } = walks(browser, {
  more: () => ({ extraHTTPHeaders: { "x-forwarded-for": `203.0.${network += 1}.1` } }),
  minds: (message) => message.location().url.startsWith("http") && !message.location().url.includes(`:${port}/`),
});

const path = (page) => { const { pathname, search } = new URL(page.url()); return pathname + search; };
const scripts = [["with script", {}], ["without script", { javaScriptEnabled: false }]];

/** Presses the button and is somebody there. */
async function microsoft(page, name) {
  await page.click("button:has-text('Sign in with Microsoft')");
  await page.waitForURL((address) => address.port === String(port));
  await page.click(`a:text-is("${name}")`);
  await page.waitForURL((address) => address.href.startsWith(base));
}

/** Signs in by a code from the page with the field. */
async function byCode(page, email) {
  const code = await codeAfter(base, email, async () => {
    await page.fill("#email", email);
    await page.press("#email", "Enter");
    await page.waitForSelector("#code");
  });
  await page.fill("#code", code);
  await Promise.all([page.waitForURL((address) => !address.pathname.startsWith("/sign-in")), page.press("#code", "Enter")]);
}

/** Asks a page at both widths and in both looks for barriers. */
async function look(page, name) {
  const findings = [];
  for (const width of [1280, 720, 375, 320]) {
    await page.setViewportSize({ width, height: width > 700 ? 900 : 812 });
    findings.push(...await overflow(page));
    if (![1280, 375].includes(width)) continue;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      findings.push(...(await barriers(page)).map((finding) => `${name} ${width} ${colorScheme} ${finding}`));
    }
    await page.emulateMedia({ colorScheme: null });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(findings, []);
}

async function until(what, ask) {
  for (let tries = 0; tries < 120; tries += 1) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`waited for a minute: ${what}`);
}
const down = async () => (await (await fetch(`${base}/readyz`)).json()).down;

// 1. Microsoft.
await check("while Microsoft is silent its button says so, and a code works", () => walk({}, async (page) => {
  await until("Microsoft is down", async () => (await down()).includes("microsoft"));
  await page.goto(`${base}/sign-in`);
  assert.equal(await page.getAttribute("button:has-text('Microsoft')", "aria-disabled"), "true");
  assert.match(await page.textContent("#microsoft-down"), /does not answer right now/);
  await look(page, "sign-in-microsoft-down");
  await byCode(page, late.email);
  assert.equal(path(page), "/invoices");
}));

const authority = await start(port, base, users);
await until("Microsoft is back", async () => !(await down()).includes("microsoft"));

for (const [how, options] of scripts) await check(`the first time takes one code, from then on three clicks, ${how}`, () => walk(options, async (page, context) => {
  const first = how === "with script";
  if (first) {
    const before = (await mails(base, known.email)).length;
    await page.goto(`${base}/sign-in?next=%2Fwork`);
    await look(page, "sign-in-microsoft");
    await microsoft(page, "known at ours");
    assert.equal(path(page), `/sign-in?next=%2Fwork&said=link&email=${encodeURIComponent(known.email)}`);
    assert.equal((await mails(base, known.email)).length, before, "no GET mails a code");
    await look(page, "sign-in-link");
    const code = await codeAfter(base, known.email, async () => { await page.click("button:text-is('E-mail me a code')"); await page.waitForSelector("#code"); });
    await page.fill("#code", code);
    await page.press("#code", "Enter");
    await page.waitForURL(`${base}/work`);
    await context.clearCookies();
  }
  // Sign in, Sign in with Microsoft, and the account there.
  await page.goto(`${base}/`);
  await page.click("a:text-is('Sign in')");
  await microsoft(page, "known at ours");
  assert.equal(path(page), "/invoices");
  assert.match(await page.textContent(".who"), new RegExp(known.name));
}));

await check("a stranger's tenant that claims an address opens nothing", () => walk({}, async (page) => {
  await page.goto(`${base}/sign-in`);
  await microsoft(page, "stranger who claims an address");
  assert.match(path(page), /^\/sign-in\?said=link/);
  await page.goto(`${base}/invoices`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
}));

await check("somebody without an address there types one here", () => walk({}, async (page) => {
  await page.goto(`${base}/sign-in`);
  await microsoft(page, "without an address");
  assert.equal(path(page), "/sign-in?said=link");
  assert.equal(await page.inputValue("#email"), "");
  await byCode(page, lost.email);
  assert.equal(path(page), "/invoices");
}));

for (const [how, options] of scripts) await check(`who has no consent gets a text for the administrator and a code at once, ${how}`, () => walk(options, async (page) => {
  await page.goto(`${base}/sign-in?next=%2Fwork`);
  await microsoft(page, "not consented");
  assert.equal(path(page), "/sign-in?next=%2Fwork&said=consent");
  assert.match(await page.inputValue(".consent textarea"), /organizations\/v2\.0\/adminconsent\?client_id=portal/);
  assert.ok(await page.isVisible("button:text-is('E-mail me a code')"));
  if (how === "with script") await look(page, "sign-in-consent");
  await microsoft(page, "changed their mind");
  assert.equal(path(page), "/sign-in?next=%2Fwork&said=cancelled");
}));

await check("a new key of Microsoft's is found by itself", () => walk({}, async (page) => {
  authority.rotate();
  await page.goto(`${base}/sign-in`);
  await microsoft(page, "known at ours");
  assert.equal(path(page), "/invoices");
}));

await check("Microsoft falling silent in between is said", () => walk({}, async (page) => {
  await page.goto(`${base}/sign-in`);
  authority.mute(true);
  await microsoft(page, "known at ours");
  assert.equal(path(page), "/sign-in?said=down");
  authority.mute(false);
}));

// 2. Passkeys.
const device = async (context, page, more = {}) => {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...more } });
  return { cdp, authenticatorId };
};

await check("a passkey is offered, added, named, used by the button and by the field, proves, and is removed", () => walk({}, async (page, context) => {
  const { cdp, authenticatorId } = await device(context, page);
  const present = (enabled) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  await page.goto(`${named}/sign-in`);
  await byCode(page, keyed.email);
  assert.equal(path(page), "/invoices");
  await page.waitForSelector(".offer");
  await look(page, "invoices-offer");
  await page.click("a:text-is('Add a passkey')");
  await page.waitForURL(`${named}/passkeys/new`);
  await look(page, "passkey-new");
  await page.fill("#name", "This machine");
  await page.click("button:text-is('Create the passkey')");
  await page.waitForURL(`${named}/passkeys?done=added`);
  assert.match(await page.textContent(".sessions"), /This machine.*not used yet/s);
  await look(page, "passkeys");
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.ok(credentials[0].isResidentCredential);

  // By the button, with the field's own offer still waiting.
  await page.click(".who summary");
  await page.click("text=Sign out");
  await present(false);
  await page.goto(`${named}/sign-in?next=%2Fpasskeys`);
  await page.waitForSelector("button:text-is('Use a passkey')");
  await page.waitForTimeout(300);
  await present(true);
  await page.click("button:text-is('Use a passkey')");
  await page.waitForURL(`${named}/passkeys`);
  assert.match(await page.textContent(".sessions"), /This machine.*last used today/s);

  // By the field: nothing is typed, nothing is pressed.
  await page.click(".who summary");
  await page.click("text=Sign out");
  await page.goto(`${named}/sign-in`);
  await page.waitForURL(`${named}/invoices`);

  // Its name changes, and then it goes.
  await page.goto(`${named}/passkeys`);
  await page.click(".rename summary");
  await page.fill(".rename [name=name]", "Old machine");
  await page.click(".rename button");
  await page.waitForSelector("b:text-is('Old machine')");
  await page.click("button:text-is('Remove')");
  await page.waitForURL(`${named}/passkeys?done=removed`);
  assert.ok(await page.isVisible("text=No passkeys yet"));

  // What is left on the device opens nothing.
  await page.click(".who summary");
  await page.click("text=Sign out");
  await page.goto(`${named}/sign-in`);
  await page.waitForURL(/said=passkey/);
  assert.match(await page.textContent("[role=alert]"), /does not open anything here/);
}));

await check("without script the pages say quietly what is missing", () => walk({ javaScriptEnabled: false }, async (page) => {
  await page.goto(`${named}/sign-in`);
  assert.match(await page.innerText("main"), /With JavaScript, a passkey works here as well/);
  assert.equal(await page.isVisible("button:text-is('Use a passkey')"), false);
}));

await check("a device that can't verify anybody is told so on the page", () => walk({}, async (page, context) => {
  await device(context, page, { isUserVerified: false });
  await page.goto(`${named}/sign-in`);
  await page.waitForSelector("button:text-is('Use a passkey')");
  await page.click("button:text-is('Use a passkey')");
  await page.waitForSelector(".by-passkey .error:not([hidden])");
  assert.match(await page.textContent(".by-passkey .error"), /Nothing was done/);
}));

await authority.stop();
await browser.close();
end();
