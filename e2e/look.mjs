// Photographs every page of a gallery folder at two widths in both looks and asks each for barriers.
// node look.mjs GALLERY [PICTURES] [only these names...]
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { barriers, launch, overflow } from "./browser.mjs";

const [gallery, pictures, ...only] = process.argv.slice(2);
if (!gallery) throw new Error("say which folder holds the gallery");
if (pictures) mkdirSync(pictures, { recursive: true });

const names = readdirSync(gallery).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5));
const chosen = only.length ? names.filter((name) => only.some((part) => name === part)) : names;
const browser = await launch();
let findings = 0;

for (const colorScheme of ["light", "dark"]) for (const width of [1280, 720, 375, 320]) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: width > 700 ? 800 : 812 }, deviceScaleFactor: width < 400 ? 1.5 : 1, bypassCSP: true });
  const page = await context.newPage();
  page.on("pageerror", (error) => { findings += 1; console.log(`${page.url()} script: ${error.message}`); });
  for (const name of chosen) {
    await page.goto(pathToFileURL(resolve(gallery, `${name}.html`)).href);
    const found = [...await barriers(page), ...await overflow(page)];
    for (const line of found) console.log(`${name} ${width} ${colorScheme} ${line}`);
    findings += found.length;
    if (pictures && (width === 1280 || width === 375)) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  await context.close();
}

await browser.close();
console.log(`${chosen.length} pages, ${findings} findings`);
process.exitCode = findings ? 1 : 0;
