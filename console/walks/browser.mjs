// What every walk needs: a browser, a signed-in page, and axe.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

/** Where the console is served: `npm run dev` or the binary. */
export const BASE = process.env.CONSOLE ?? "http://127.0.0.1:5173";
const EMAIL = process.env.EMAIL ?? "demo@example.com";
const PASSWORD = process.env.PASSWORD ?? "37xbh-36v8a-xxsfg-6rnn7";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=pt-BR"];

export const SIZES = { wide: { width: 1440, height: 900 }, laptop: { width: 1280, height: 800 }, tablet: { width: 820, height: 1180 } };

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
}

/** A page in Portuguese that fails the walk when the console writes an error. */
export async function open(browser, { size = "wide", dark = false, lang = "pt" } = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: dark ? "dark" : "light", locale: lang === "pt" ? "pt-BR" : "en-GB", acceptDownloads: true });
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  page.on("console", (line) => line.type() === "error" && !/status of (401|403|404|409|422|503)/.test(line.text()) && page.wrong.push(line.text()));
  page.on("response", async (told) => {
    if (told.status() >= 500) page.wrong.push(`${told.request().method()} ${told.url()}: ${told.status()} ${await told.text().catch(() => "")}`);
  });
  return page;
}

export async function signIn(page, email = EMAIL, password = PASSWORD, base = BASE) {
  await page.goto(`${base}/sign-in`);
  await page.getByLabel(/e-mail/i).fill(email);
  await page.getByLabel(/^(senha|password)/i).fill(password);
  await page.getByRole("button", { name: /^(entrar|sign in)$/i }).click();
  await page.getByRole("navigation").waitFor();
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Waits until nothing is under way. Nothing fades from here on: what changes its colour has neither the one nor the other contrast. */
async function settled(page) {
  await page.addStyleTag({ content: "*, *::before, *::after { transition: none !important; animation: none !important }" });
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"), null, { timeout: 5_000 }).catch(() => undefined);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
}

/** Runs axe in both themes; throws when there is a serious or critical violation. */
export async function accessible(page, name) {
  await page.evaluate(axe);
  for (const theme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const bad = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
    for (const one of bad) console.error(`${name}, ${theme}: ${one.id} (${one.impact}): ${one.help}\n  ${one.nodes.slice(0, 4).map((node) => `${node.target} ${node.failureSummary?.split("\n")[1] ?? ""}`).join("\n  ")}`);
    must(bad.length === 0, `${name}, ${theme}: ${bad.length} serious violations`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Throws with what it says when it is not so. */
export function must(so, says) {
  if (!so) throw new Error(says);
}

/** One walk: `await walk("today", async (page) => { … })`. */
export async function walk(name, steps, options) {
  const browser = await launch();
  try {
    const page = await open(browser, options);
    await steps(page, browser);
    must(page.wrong.length === 0, `errors in the console:\n${page.wrong.join("\n")}`);
    console.log(`ok ${name}`);
  } finally {
    await browser.close();
  }
}
