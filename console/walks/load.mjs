// What signing in and opening Today really fetches, and how long it takes to be of use. Served from dist/ (REGUA: the server).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { launch, must, open, signIn } from "./browser.mjs";
import { serveDist } from "./stand.mjs";

const web = await serveDist(process.env.REGUA ?? "http://127.0.0.1:8420", Number(process.env.PORT ?? 0));
const browser = await launch();
try {
  const page = await open(browser);
  await signIn(page, undefined, undefined, web.base);
  // A second page of the same session, with nothing in the cache: what an operator meets in the morning.
  const session = await page.context().storageState();
  const context = await browser.newContext({ storageState: session, viewport: { width: 1440, height: 900 }, locale: "pt-BR" });
  const fresh = await context.newPage();
  const files = new Map();
  fresh.on("response", (told) => {
    const path = new URL(told.url()).pathname;
    if (path.startsWith("/assets/")) files.set(path, true);
  });
  await fresh.goto(web.base, { waitUntil: "commit" });
  await fresh.getByRole("heading", { level: 1 }).waitFor();
  const shell = await fresh.evaluate(() => performance.now());
  await fresh.waitForLoadState("networkidle");
  let bytes = 0;
  for (const path of files.keys()) {
    const body = readFileSync(new URL(`../dist${path}`, import.meta.url));
    const size = path.endsWith(".woff2") ? 0 : gzipSync(body, { level: 9 }).length;
    bytes += size;
    if (process.env.VERBOSE) console.log(`  ${(size / 1000).toFixed(1).padStart(7)} kB ${path}`);
  }
  console.log(`today: ${(bytes / 1000).toFixed(1)} kB gzip of scripts and styles in ${files.size} files; of use after ${Math.round(shell)} ms`);
  must(bytes < 300_000, "the first load is over 300 kB");
} finally {
  await browser.close();
  await web.stop();
}
