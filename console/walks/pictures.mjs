// A picture of every page in both themes, small enough to be kept: `REGUA=http://127.0.0.1:8420 REGUA_BIN=regua node
// walks/pictures.mjs ../docs/pictures/console`. REGUA serves the demo's company, REGUA_BIN makes an empty one. Needs `npm run build`
// and pngquant.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { launch, must, open, signIn, SIZES } from "./browser.mjs";
import { freshServer, serveDist } from "./stand.mjs";

// Fields of the browser's own (dates) speak the reader's language too, where it knows it (chromium-l10n).
process.env.LANGUAGE ??= "pt_BR";
const folder = process.argv[2];
must(folder, "say where the pictures go");
mkdirSync(folder, { recursive: true });
const missed = [];

const parts = (page, names) => names.map((part) => [`${page}-${part}`, `/${page}?part=${part}`]);
/** What is pictured: a name, its address, and what is done there before. */
const PAGES = [
  ["today", "/"],
  ["receivables", "/receivables"],
  ["receivables-panel", "/receivables?age=late", (page) => page.getByRole("grid").getByRole("row").nth(2).click()],
  ["customers", "/customers"],
  ["customer", "/receivables?age=late", async (page) => {
    await page.getByRole("grid").getByRole("row").nth(1).waitFor();
    const code = await page.getByRole("grid").getByText(/^C-\d+/).first().innerText();
    await page.goto(`${new URL(page.url()).origin}/customers/${encodeURIComponent(code)}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }],
  ...parts("policy", ["ladder", "text", "preview", "backtest", "versions"]),
  ["policy-panel", "/policy", (page) => page.locator('[data-step="default/3"]').click()],
  ...parts("messages", ["results", "templates", "approvals", "need"]),
  ...parts("work", ["tasks", "approvals", "held", "requests", "replies", "need", "mend", "parked"]),
  ...parts("money", ["payments", "retries", "bank", "second", "disputes"]),
  ...parts("reports", ["aging", "collection", "ratios", "results", "discounts", "retries"]),
  ...parts("settings", ["account", "company", "mode", "brands", "people", "keys", "gateways", "channels", "endpoints", "inapp", "health", "audit"]),
  ["palette", "/", (page) => page.keyboard.press("Control+k")],
];
const TABLET = ["today", "receivables", "customer", "policy-ladder", "messages-results", "work-tasks", "money-bank", "reports-aging"];
const EMPTY = [["today", "/"], ["receivables", "/receivables"], ["customers", "/customers"], ["policy", "/policy"], ["messages", "/messages"], ["work", "/work"], ["money", "/money"], ["reports", "/reports"]];

/** The page as it is now, light and dark. */
async function both(page, name) {
  // Colours that change their theme bit by bit would be pictured half way.
  await page.addStyleTag({ content: "*, *::before, *::after { transition: none !important; animation: none !important }" });
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${folder}/${name}-${theme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Waits until nothing loads any more: a page that is still grey is no picture of it. */
async function loaded(page) {
  await page.waitForLoadState("networkidle", { timeout: 20_000 }).catch(() => undefined);
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true], .animate-pulse"), null, { timeout: 60_000 });
}

async function picture(page, base, [name, path, act], suffix = "") {
  try {
    await page.goto(base + path);
    await page.getByRole("navigation").first().waitFor({ timeout: 15_000 });
    await loaded(page);
    if (act) {
      await act(page);
      await loaded(page);
    }
    await page.waitForTimeout(400);
    await both(page, name + suffix);
  } catch (error) {
    missed.push(`${name}${suffix}: ${String(error).split("\n")[0]}`);
  }
}

const browser = await launch();
try {
  const web = await serveDist(process.env.REGUA ?? "http://127.0.0.1:8420");
  const page = await open(browser);
  page.setDefaultTimeout(15_000);
  // A page that asks whether it may be left is left.
  page.on("dialog", (asked) => asked.accept());
  await page.goto(`${web.base}/sign-in`);
  await page.getByLabel(/e-mail/i).waitFor();
  await both(page, "sign-in");
  await signIn(page, undefined, undefined, web.base);
  for (const one of PAGES) await picture(page, web.base, one);
  await page.setViewportSize(SIZES.tablet);
  for (const one of PAGES.filter(([name]) => TABLET.includes(name))) await picture(page, web.base, one, "-820");
  if (page.wrong.length) missed.push(...page.wrong);
  await page.context().close();
  await web.stop();
  if (process.env.REGUA_BIN) {
    const server = await freshServer();
    const empty = await serveDist(server.address);
    const first = await open(browser);
    await first.goto(`${empty.base}/setup`);
    await first.getByRole("textbox").first().waitFor();
    await both(first, "setup");
    const who = { name: "Dona Clara", email: "dona@nuvem.example", password: "ana come pão de queijo" };
    const told = await fetch(`${server.address}/v1/setup`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token: server.token, ...who }) });
    must(told.ok, `set-up: ${told.status}`);
    await signIn(first, who.email, who.password, empty.base);
    for (const [name, path] of EMPTY) await picture(first, empty.base, [`empty-${name}`, path]);
    await first.context().close();
    await empty.stop();
    await server.stop();
  }
} finally {
  await browser.close();
}
const files = readdirSync(folder).filter((file) => file.endsWith(".png")).map((file) => `${folder}/${file}`);
const made = spawnSync("pngquant", ["--force", "--ext", ".png", "--skip-if-larger", "--quality", "60-90", "--speed", "3", "--strip", ...files], { encoding: "utf8" });
must([0, 98, 99].includes(made.status), `pngquant: ${made.stderr || made.error}`);
console.log(`${files.length} pictures, ${(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6).toFixed(1)} MB`);
must(missed.length === 0, missed.join("\n"));
