// Walks through a browser: each is told and counted, and fails where the browser complains.
import assert from "node:assert/strict";

/**
 * Checks and walks of one browser. `more` gives what a new window is opened with besides; `minds` says which messages of
 * the console are complaints.
 */
export function walks(browser, { more = () => ({}), minds = () => true } = {}) {
  const sums = { passed: 0, failed: 0 };

  /** One check: said, counted, and never in the way of the next. */
  async function check(what, act) {
    try {
      await act();
      sums.passed += 1;
      console.log(`ok      ${what}`);
    } catch (error) {
      sums.failed += 1;
      console.log(`FAILED  ${what}: ${String(error.stack).split("\n").slice(0, 8).join(" | ")}`);
    }
  }

  /** A browser of its own for one walk. The walk fails if the browser complains: script errors, refused styles, policy. */
  async function walk(options, act) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...more(), ...options });
    const complaints = [];
    context.on("page", (page) => {
      page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && minds(message)) complaints.push(message.text()); });
      page.on("pageerror", (error) => complaints.push(error.message));
    });
    try {
      await act(await context.newPage(), context);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  }

  /** Says the sums; the process fails where one did. */
  function end() {
    console.log(`${sums.passed} passed, ${sums.failed} failed`);
    process.exitCode = sums.failed ? 1 : 0;
  }

  return { check, walk, end };
}
