// What a page weighs over the wire, and whether it moves while it loads.

/** Opens an address in a cold cache: requests, bytes with headers as they came, bytes of script, and the sum of layout shifts. */
export async function load(page, address) {
  const wire = await page.context().newCDPSession(page);
  const answers = new Map(), sizes = new Map();
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  wire.on("Network.responseReceived", ({ requestId, type, response }) => { if (response.url.startsWith("http")) answers.set(requestId, type); });
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto(address, { waitUntil: "networkidle" });
  const shift = await page.evaluate(() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 500);
  }));
  const of = (fits) => [...answers].filter(([, type]) => fits(type)).reduce((sum, [id]) => sum + (sizes.get(id) ?? 0), 0);
  return { requests: answers.size, bytes: of(() => true), script: of((type) => type === "Script"), shift };
}
