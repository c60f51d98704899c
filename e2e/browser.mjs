// One Chromium for all checks, and the two questions every page is asked: does axe find a barrier, does it scroll sideways.
import { execFileSync } from "node:child_process";
import axe from "axe-core";
import { chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The browser named by CHROMIUM, else the first one on the PATH. */
export function launch() {
  const find = names.map((name) => `command -v ${name}`).join(" || ");
  const executablePath = process.env.CHROMIUM ?? execFileSync("sh", ["-c", find], { encoding: "utf8" }).trim();
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"] });
}

/** What axe finds, one line per element: rule, where, why. */
export async function barriers(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} ${node.target.join(" ")}: ${node.any.concat(node.all, node.none).map((check) => check.message).join("; ")}`));
}

/** How many pixels wider than the window the page is, and what sticks out; nothing when it fits. */
export async function overflow(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth, width = document.documentElement.scrollWidth;
    if (width <= room) return [];
    const out = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > room + 1);
    return [`${width - room}px too wide at ${room}: ${out.slice(0, 3).map((element) => element.outerHTML.slice(0, 80)).join(" | ")}`];
  });
}
