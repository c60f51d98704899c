// Works at the desk of a running demo: what its customers ask, propose and pay is answered, confirmed, recorded and sent back, with
// and without script, by keyboard, and by two people where it takes two.
// node office.mjs BASE_URL [PICTURES]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { barriers, launch, overflow } from "./browser.mjs";
import { people, signIn } from "./visitor.mjs";
import { walks } from "./walks.mjs";

const [base, pictures] = [process.argv[2]?.replace(/\/$/, ""), process.argv[3]];
if (!base) throw new Error("say where the demo is: http://127.0.0.1:8080");
if (pictures) mkdirSync(pictures, { recursive: true });

const browser = await launch();
// Each walk in a network of its own, so that the limits of codes are not shared.
let network = 0;
const { check, walk, end } = walks(browser, {
  more: () => ({ extraHTTPHeaders: { "x-forwarded-for": `203.0.${network += 1}.1` } }),
  // Refusals are part of the walks.
  minds: (message) => !/status of (403|404|422)/.test(message.text()),
});
const unscripted = { javaScriptEnabled: false };
const admins = [...(await people(base)).values()].filter((person) => person.accounts.length === 1 && person.accounts[0].role === "admin");
/** Each walk has a customer of its own, from the end: the first one's invoices are paid already. */
const customer = () => { const { account } = admins.at(-1).accounts[0]; return { ...admins.pop(), account }; };
const path = (page) => { const { pathname, search } = new URL(page.url()); return pathname + search; };
const words = async (page) => (await page.textContent("main")).replace(/\s+/g, " ");

/** Comes into the office as this member of the invented staff. */
async function atDesk(page, name) {
  await page.goto(`${base}/demo/mailbox`);
  await page.click(`button:text-is('${name}')`);
  assert.equal(path(page), "/office");
}

/** Signs in as a customer, whoever sat here before. */
async function asCustomer(page, person) {
  await page.context().clearCookies();
  await page.goto(`${base}/sign-in`);
  await signIn(page, base, person.email);
}

/** The numbers of what a customer has open, the oldest due first. */
async function open(page) {
  await page.goto(`${base}/invoices`);
  return page.$$eval("#open .no a", (links) => links.map((link) => link.textContent.trim()));
}

/** Signs in as the next customer who owes that many invoices. */
async function owing(page, least) {
  for (;;) {
    const person = customer();
    await asCustomer(page, person);
    if ((await open(page)).length >= least) return person;
  }
}

/** Asks a page at both widths and in both looks for barriers, and takes its picture. */
async function looks(page, name) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) for (const width of [1280, 375]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    found.push(...[...await barriers(page), ...await overflow(page)].map((line) => `${name} ${width} ${colorScheme} ${line}`));
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(found, []);
}

/** Presses Tab until what is focused matches; what can't be reached so can't be used by keyboard. */
async function tabTo(page, selector) {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  throw new Error(`Tab never reaches ${selector}`);
}

async function until(page, wanted) {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await words(page)).includes(wanted)) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error(`the page never says "${wanted}": ${(await words(page)).slice(0, 300)}`);
}

/** Pays one invoice by card and keeps the card; gives the payment's number. */
async function pays(page, number) {
  await page.goto(`${base}/pay?number=${number}`);
  await page.check("[name=keep]");
  await page.click(".pay .btn.primary");
  await page.click("main .btn.primary");
  await until(page, "We charged");
  return /P-\d+/.exec(await page.textContent("h1, main"))[0];
}

await check("who isn't of the staff finds no office, and in the demo the staff come in by a click", () => walk({}, async (page) => {
  await page.goto(`${base}/office`);
  assert.match(path(page), /^\/sign-in/);
  await page.goto(`${base}/demo/mailbox`);
  await looks(page, "demo-mailbox");
  await page.goto(`${base}/`);
  await atDesk(page, "Astrid Lund");
  assert.match(await words(page), /1 thing about payments doesn’t fit.*Another billing contact: Two Pines Vet/);
  await looks(page, "desk");
}));

for (const [how, options] of [["by keyboard, with script", {}], ["by keyboard, without script", unscripted]]) {
  await check(`a disputed line is asked about, answered and settled, ${how}`, () => walk(options, async (page) => {
    const person = await owing(page, 1);
    const [number] = await open(page);
    await page.goto(`${base}/invoices/${number}`);
    await page.click("summary:has-text('Ask about this invoice')");
    await page.fill(".forward .asking [name=words]", "We had agreed on less.");
    await page.check(".forward .asking [name=kind][value=dispute]");
    await page.fill(".forward .asking [name=amount]", "1.00");
    await page.click(".forward .asking button");
    assert.match(await words(page), /In dispute, \$1\.00 held/);

    const desk = await page.context().newPage();
    await atDesk(desk, "Mateo Reyes");
    await desk.click(".office-nav a:text-is('Questions')");
    if (options !== unscripted) await looks(desk, "questions");
    await desk.click(`a:has-text('${number}')`);
    if (options !== unscripted) await looks(desk, "question");
    await tabTo(desk, "[name=words]");
    await desk.keyboard.type("You are right, and the next invoice says so.");
    await tabTo(desk, "[name=deed]");
    await desk.keyboard.press("ArrowUp");
    assert.ok(await desk.isChecked("[name=deed][value=settle]"));
    await tabTo(desk, "main button");
    await Promise.all([desk.waitForNavigation(), desk.keyboard.press("Enter")]);
    assert.match(await words(desk), /Settled/);
    assert.equal(await desk.isVisible("text=Send the answer"), false);

    await asCustomer(page, person);
    await page.goto(`${base}/invoices/${number}`);
    assert.match(await words(page), /You are right, and the next invoice says so\./);
    assert.doesNotMatch(await words(page), /In dispute/);
  }));
}

await check("a check pays the two invoices named, once, and the page says what it paid", () => walk(unscripted, async (page) => {
  const person = await owing(page, 2);
  const numbers = (await open(page)).slice(-2);
  assert.equal(numbers.length, 2);
  const whole = await page.textContent(`#open tr:has(a:text-is('${numbers[0]}')) .sum`);
  const cents = Number(whole.replace(/\D/g, "")) + 100;
  const amount = `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
  const shown = `${amount.replace(/\B(?=(\d{3})+\.)/g, ",")}`;
  await atDesk(page, "Mateo Reyes");
  await page.click(".office-nav a:text-is('Payments')");
  const fill = async (more) => {
    if (!await page.isVisible("form [name=amount]")) await page.click("summary:has-text('A check or a transfer came')");
    const typed = { account: person.account, amount, reference: "Check 77", invoices: numbers.join(", "), ...more };
    for (const [name, value] of Object.entries(typed)) await page.fill(`form [name=${name}]`, value);
    await page.click("button:text-is('Record it')");
  };
  await fill({ account: "C-0" });
  assert.match(await page.title(), /^Error:/);
  assert.match(await page.textContent("#check-error"), /There is no account C-0\./);
  assert.equal(await page.inputValue("[name=reference]"), "Check 77", "what was typed is still there");
  await fill({});
  assert.match(await words(page), new RegExp(`\\$${shown} of ${person.account} is recorded: Check 77\\. It paid \\$[\\d,.]+ of ${numbers[0]}, \\$1\\.00 of ${numbers[1]}\\.`));
  assert.match(await page.textContent(".payment-list tbody tr:first-child"), new RegExp(`By hand.*${person.account}.*${numbers[0]} and ${numbers[1]}.*Check 77.*Paid.*\\$${shown}`, "s"));
}));

await check("a payment by card is found and a part of it goes back, with its reason", () => walk({}, async (page) => {
  const person = await owing(page, 1);
  const payment = await pays(page, (await open(page))[0]);
  await atDesk(page, "Astrid Lund");
  await page.click(".office-nav a:text-is('Payments')");
  await looks(page, "payments");
  await page.click(`.payment-list a:text-is('${payment}')`);
  await looks(page, "payment");
  await page.fill("#amount", "999999.00");
  await page.fill("#reason", "Charged twice");
  await page.click("button:text-is('Send it back')");
  assert.match(await page.textContent("#error"), /^At most \$[\d,.]+ of P-\d+ can go back\.$/);
  await page.fill("#amount", "1.25");
  await page.fill("#reason", "Charged twice");
  await page.click("button:text-is('Send it back')");
  assert.match(await words(page), /a part refunded/);
  await page.goto(`${base}/office/audit?kind=refund_asked`);
  assert.match(await words(page), new RegExp(`astrid\\.lund@gitchigami\\.example.*refund asked for ${payment}: Charged twice.*amount: 1\\.25`));
  await looks(page, "log");
}));

await check("what doesn't fit is seen to, by who may", () => walk({}, async (page) => {
  await atDesk(page, "June Hakala");
  await page.goto(`${base}/office/payments`);
  assert.match(await words(page), /The charge ch_5f21c0 of \$58\.00 is none of ours\./);
  assert.equal(await page.isVisible("text=Seen to"), false, "who only reads decides nothing");
  await atDesk(page, "Mateo Reyes");
  await page.goto(`${base}/office/payments`);
  await page.fill("[name=how]", "Paid at the counter; booked by hand.");
  await page.click("button:text-is('Seen to')");
  assert.match(await words(page), /What doesn’t fit ?Nothing waits\./);
}));

await check("a rule is made on the telephone, and starts once the customer agrees", () => walk({}, async (page) => {
  const person = await owing(page, 1);
  await pays(page, (await open(page))[0]);
  const desk = await page.context().newPage();
  await atDesk(desk, "Mateo Reyes");
  await desk.goto(`${base}/office/autopay`);
  await desk.fill("#of", person.account);
  await desk.click("button:text-is('Make a rule')");
  await desk.fill("#per-invoice", "5000.00");
  await desk.click("button:text-is('Show what it would do')");
  assert.match(await words(desk), /left to the customer|would have been charged/);
  assert.equal(await desk.isVisible("text=Pay it now"), false, "staff pay for nobody");
  await looks(desk, "autopay-new");
  await desk.click("button:text-is('Send it to the customer')");
  await asCustomer(page, person);
  await page.goto(`${base}/autopay`);
  await page.click("a.btn.primary");
  await page.check("[name=yes]");
  await page.click(".permission .btn.primary");
  assert.match(await words(page), /In force since/);
  await atDesk(desk, "June Hakala");
  await desk.goto(`${base}/office/autopay`);
  assert.match(await words(desk), new RegExp(`In force.*${person.account}.*\\$5,000\\.00 an invoice`));
}));

await check("what a customer proposes is confirmed at the desk, without script", () => walk(unscripted, async (page) => {
  const person = await owing(page, 1);
  await pays(page, (await open(page))[0]);
  await page.goto(`${base}/autopay`);
  await page.check("[name=yes]");
  await page.click(".permission .btn.primary");
  assert.match(await words(page), /it waits for us|waits/);
  await atDesk(page, "Mateo Reyes");
  assert.match(await words(page), /1 rule of Auto Pay waits for our word/);
  await page.click("a:has-text('1 rule of Auto Pay waits')");
  await page.click(`a:has-text('${person.account}')`);
  await page.click("button:text-is('Confirm this rule')");
  assert.match(await words(page), new RegExp(`Waits for us ?No rule\\..*In force.*${person.account}`));
}));

await check("another billing contact takes the number on file and two people", () => walk({}, async (page) => {
  await atDesk(page, "Mateo Reyes");
  await page.click("a:has-text('Another billing contact: Two Pines Vet')");
  const request = page.url();
  await page.fill("#of", "A-102");
  await page.click("button:text-is('Show its contacts')");
  await looks(page, "request");
  await page.fill("#how", "Called 218-555-0102, spoke with the owner.");
  await page.click("button:text-is('I called; a second person decides')");
  assert.equal(await page.isVisible("button:has-text('Hand over')"), false, "not by who called");
  await atDesk(page, "Astrid Lund");
  await page.goto(request);
  assert.match(await words(page), /Checked by Mateo Reyes/);
  await page.click("button:text-is('Hand over to Solveig Berg')");
  assert.match(await words(page), /Decided by Astrid Lund/);
  assert.ok((await people(base)).has("solveig.berg@twopinesvet.example"));
}));

await check("staff see what a customer sees, and change nothing", () => walk({}, async (page) => {
  const person = customer();
  await atDesk(page, "June Hakala");
  await page.fill("#as", person.account);
  await page.click("button:text-is('Look')");
  assert.equal(path(page), "/invoices");
  assert.match(await words(page), /You see what .* sees\./);
  await looks(page, "viewing");
  const [number] = await open(page);
  await page.goto(`${base}/invoices/${number}`);
  const refused = await page.evaluate(async (at) => (await fetch(at, { method: "POST", body: new URLSearchParams({ kind: "question", words: "x" }) })).status, `/invoices/${number}/questions`);
  assert.equal(refused, 403);
  await page.goto(`${base}/office`);
  await page.click("button:text-is('Stop')");
  await page.goto(`${base}/invoices/${number}`);
  assert.match(await words(page), /There is nothing here/);
}));

await check("an account is found by somebody's address", () => walk({}, async (page) => {
  const person = customer();
  await atDesk(page, "Mateo Reyes");
  await page.click(".office-nav a:text-is('Accounts')");
  await looks(page, "accounts");
  await page.fill("[name=q]", person.email.toUpperCase());
  await page.press("[name=q]", "Enter");
  assert.deepEqual(await page.$$eval(".account-list li b", (codes) => codes.map((code) => code.textContent)), [person.account]);
  await page.click(".account-list a:text-is('Payment')");
  assert.equal(await page.inputValue("#account"), person.account);
  assert.ok(await page.isVisible("#account"), "the form is open");
  await page.goBack();
  await page.click(".account-list button:text-is('Look')");
  assert.equal(path(page), "/invoices");
}));

await check("who it is can be asked again, on a phone", () => walk({ viewport: { width: 375, height: 812 } }, async (page) => {
  await asCustomer(page, customer());
  await page.goto(`${base}/prove?next=%2Fpasskeys%2Fnew`);
  await looks(page, "prove");
  await atDesk(page, "June Hakala");
  await page.goto(`${base}/prove?next=%2Foffice%2Faudit`);
  await looks(page, "prove-staff");
  await page.click("button:text-is('It is me')");
  assert.equal(path(page), "/office/audit");
}));

end();
await browser.close();
