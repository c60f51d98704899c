// People of a running demo: who there is, their mails, and signing in as they do, with the code from the mailbox.

/** What the demo serves as JSON. */
async function told(base, path) {
  const answer = await fetch(base + path);
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: is this a demo?`);
  return answer.json();
}

/** Who can sign in, as a map from address to the person's accounts. */
export async function people(base) {
  const found = new Map();
  for (const { account, email, name, role } of await told(base, "/demo/people.json")) {
    const person = found.get(email) ?? { email, name, accounts: [] };
    person.accounts.push({ account, role });
    found.set(email, person);
  }
  return found;
}

/** The mails to an address, newest first. */
export async function mails(base, email) {
  return (await told(base, "/demo/mailbox.json")).filter((mail) => !email || mail.to === email);
}

const codes = async (base, email) => (await mails(base, email)).map((mail) => /^(?:.*\s)?(\d{6}|[A-Z2-7]{5}-?[A-Z2-7]{5})\b/.exec(mail.subject)?.[1]).filter(Boolean);

/** The code of a mail that came after `ask` was done; codes are told apart by themselves. */
export async function codeAfter(base, email, ask) {
  const before = new Set(await codes(base, email));
  await ask();
  for (let tries = 0; tries < 100; tries += 1) {
    const fresh = (await codes(base, email)).find((code) => !before.has(code));
    if (fresh) return fresh;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no code came to ${email}`);
}

/** From the page with the field for the address to the page behind it, typing and pressing Enter. */
export async function signIn(page, base, email) {
  const code = await codeAfter(base, email, async () => {
    await page.fill("#email", email);
    await page.press("#email", "Enter");
    await page.waitForSelector("#code");
  });
  await page.fill("#code", code);
  await page.press("#code", "Enter");
  await page.waitForURL((address) => !address.pathname.startsWith("/sign-in"));
}
