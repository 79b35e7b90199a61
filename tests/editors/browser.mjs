// Opens the workbench once, because its extension host starts with the first page, and stays until the probe's
// record is there. Complains on stderr when no finding was underlined in the page.
import fs from "node:fs";
import { chromium } from "playwright-core";

const [url, record, screenshot] = process.argv.slice(2);
const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-component-update", "--disable-sync", ...quiet],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  const underlined = page.locator(".squiggly-error, .squiggly-warning, .squiggly-info").first();
  let failure;
  try {
    await underlined.waitFor({ state: "attached", timeout: 40_000 });
  } catch {
    failure = "no finding was underlined in the page";
  }
  for (const start = Date.now(); !fs.existsSync(record) && Date.now() - start < 150_000;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await page.screenshot({ path: screenshot });
  if (failure) console.error(failure);
} finally {
  await browser.close();
}
