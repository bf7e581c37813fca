// Walks of customers through the portal in a real browser: `node walks.mjs DRIVER PLAN`.
//   DRIVER  the folder whose node_modules hold playwright-core and axe-core
//   PLAN    JSON: {base, browser, pictures, port, walks: [{customer, language, script, link, bills, amount}], tour: {link, only,
//          late, coming, revoked, captured}, app: [{name, token, role}]}; an app's page is served at that port; pictures is a folder, or null for none
// Prints what was done, a line each, and ends with 1 when something was not as it must be. What a walk came to in the books, the
// caller looks up; here it is what a person sees.
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [driver, file] = process.argv.slice(2);
const own = createRequire(join(driver, "package.json"));
const { chromium } = own("playwright-core");
const axe = readFileSync(own.resolve("axe-core/axe.min.js"), "utf8");
const plan = JSON.parse(readFileSync(file, "utf8"));
if (plan.pictures) mkdirSync(plan.pictures, { recursive: true });

const PHONE = { width: 390, height: 844 }, DESK = { width: 1280, height: 900 };
const TAGS = { pt: "pt-BR", en: "en", es: "es", it: "it", fr: "fr", de: "de" };
// What no address and no title may say: who it is, what is owed and for what.
const PERSONAL = /cliente|marina|customer\.example|@|\d{3}\.?\d{3}\.?\d{3}-?\d{2}|B-(pt|en|es|it|fr|de)|R-(pt|en|es|it|fr|de)|2026-1|\d+[.,]\d{2}\b/i;
const failures = [];

// Barriers that are serious or worse.
const barriers = async (page, where) => {
  const found = await page.evaluate(`${axe}; axe.run(document, {resultTypes: ["violations"]})`);
  const bad = found.violations.filter(one => ["serious", "critical"].includes(one.impact));
  for (const one of bad) failures.push(`${where}: ${one.impact} ${one.id}: ${one.help}: ${one.nodes.map(node => node.target).join(", ").slice(0, 300)}`);
  return found.passes?.length ?? 0;
};

const check = async (page, walk, where) => {
  const at = `${walk.language}, script ${walk.script ? "on" : "off"}, ${where}`;
  const url = new URL(page.url());
  const link = walk.link.split("?")[0];
  assert.ok(url.pathname.startsWith(link), `${at}: ${url.pathname}`);
  const rest = url.pathname.slice(link.length) + url.search;
  assert.ok(!PERSONAL.test(rest), `${at}: the address says ${rest}`);
  const title = await page.title();
  assert.ok(title && !PERSONAL.test(title), `${at}: the title says ${title}`);
  assert.equal(await page.locator("html").getAttribute("lang"), TAGS[walk.language], at);
  assert.equal(await page.locator("h1").count(), 1, at);
  assert.match(await page.locator('meta[name="robots"]').getAttribute("content"), /noindex/, at);
  // Nothing wider than the screen.
  const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.ok(wide <= 1, `${at}: ${wide} pixels wider than the screen`);
  // What a finger must hit is at least 24 pixels wide and high (WCAG 2.2, 2.5.8), and ours 44 but for a link within a sentence.
  const small = await page.evaluate(`[...document.querySelectorAll("button, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), .button, .quiet, .small, .way, summary, .links a, .tongues a, .back a, .pick a")]
    .filter(one => one.checkVisibility()).map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect().height]).filter(([, height]) => height < 43.5)`);
  assert.deepEqual(small, [], `${at}: too small to touch`);
  if (walk.script) await barriers(page, at);
};

const open = async (page, walk, slug, bill) => {
  const query = new URLSearchParams({ ...(bill ? { r: bill } : {}), l: walk.language });
  const response = await page.goto(`${plan.base}${walk.link}${slug ? `/${slug}` : ""}?${query}`);
  assert.equal(response.status(), 200, `${walk.language} ${slug}`);
  const headers = response.headers();
  assert.match(headers["content-security-policy"], /default-src 'none'/);
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.match(headers["cache-control"], /no-store/);
  const bytes = (await response.body()).length;
  assert.ok(bytes < 50_000, `${slug}: ${bytes} bytes`);
  await check(page, walk, slug || "owed");
};

// Sends the form that has this hidden value, after its fields were filled; what is said then.
const send = async (page, walk, form, fields = {}) => {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]`).first();
    if (value === true) await field.check();
    else if (Array.isArray(value)) await field.setInputFiles({ name: value[0], mimeType: value[1], buffer: Buffer.from(value[2], "base64") });
    else if ((await field.evaluate(one => one.localName)) === "select") await field.selectOption(value);
    else await field.fill(value);
  }
  await Promise.all([page.waitForLoadState("load"), form.locator('button[type="submit"], button:not([type])').first().click()]);
  await page.waitForLoadState("load");
  await check(page, walk, "after a form");
};
const said = async (page, what, word) => {
  assert.equal(new URL(page.url()).searchParams.get("m"), word, `${what}: ${page.url()}`);
  const told = page.locator(".said").first();
  assert.ok(await told.count(), `${what}: nothing is said after the form: ${page.url()}`);
  assert.ok((await told.innerText()).trim().length > 3, what);
};
const way = (page, value) => page.locator("form", { has: page.locator(`input[name="way"][value="${value}"]`) }).first();

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const walked = async (browser, walk) => {
  const context = await browser.newContext({ javaScriptEnabled: walk.script, viewport: PHONE, locale: TAGS[walk.language] });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  // Whatever a page fetches comes from here.
  page.on("request", request => {
    if (!request.url().startsWith(plan.base) && !request.url().startsWith("data:")) failures.push(`it fetches ${request.url()}`);
  });
  page.on("console", message => message.type() === "error" && !/favicon/.test(message.location().url) && failures.push(`${walk.language}: ${message.text()}`));
  const [pay, promise, dispute, paid] = walk.bills;

  await open(page, walk, "");
  assert.equal(await page.locator(".bill").count(), walk.bills.length, "each bill is shown");

  await open(page, walk, "pay", pay);
  if (!(await page.locator("#pix-code").count())) await send(page, walk, way(page, "pix"));
  // The gateway may take longer than the page waits: then a look shows it.
  for (let tries = 0; tries < 20 && !(await page.locator("#pix-code").count()); tries += 1) {
    await page.waitForTimeout(500);
    await open(page, walk, "pay", pay);
  }
  assert.match(await page.locator("#pix-code").innerText(), /^000201.*6304[0-9A-F]{4}$/s, "the code of a Pix");
  assert.ok(await page.locator("svg").count(), "its picture");
  await send(page, walk, way(page, "simulate"));
  await said(page, "a Pix is paid", "paying");

  await open(page, walk, "promise", promise);
  const form = page.locator("main form").last();
  await send(page, walk, form, { on: await form.locator('[name="on"]').getAttribute("min") });
  await said(page, "a promise", "promised");

  await open(page, walk, "dispute", dispute);
  await send(page, walk, page.locator("main form").last(), { reason: "amount", words: "O valor é outro – it is less <b>" });
  await said(page, "a dispute", "disputed");

  await open(page, walk, "paid", paid);
  await send(page, walk, page.locator("main form").last(), { amount: walk.amount, proof: ["proof.png", "image/png", PNG] });
  await said(page, "already paid", "claimed");

  await open(page, walk, "contact");
  await send(page, walk, way(page, "email"), { email: `new-${walk.customer.toLowerCase()}@customer.example` });
  await said(page, "another address", "saved");

  await open(page, walk, "method");
  await send(page, walk, way(page, "add"), { number: "4242 4242 4242 4242", expiry: "12/30", consent: true });
  await said(page, "another card", "method");
  assert.match(await page.locator("main").innerText(), /4242/, "it is listed");

  // And everything else is at least looked at.
  for (const slug of ["months", "split", "question", "preferences", "papers", "policy", "privacy", "survey", "not-me"]) await open(page, walk, slug, ["split", "question"].includes(slug) ? promise : undefined);

  // Without a mouse: the first Tab shows the way past the head.
  await open(page, walk, "");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement.className"), "skip");
  await context.close();
  console.log(`walked ${walk.language}, script ${walk.script ? "on" : "off"}`);
};

// The link in the newest captured message to an address.
const inTheMail = async address => {
  for (let tries = 0; tries < 60; tries += 1) {
    for (const name of readdirSync(plan.tour.captured).sort().reverse()) {
      const mail = readFileSync(join(plan.tour.captured, name), "utf8");
      const text = mail.replace(/=\r?\n/g, "").replace(/=3D/g, "=");
      const link = text.includes(address) && /\/p\/[A-Za-z0-9]+/.exec(text);
      if (link) return link[0];
    }
    await new Promise(done => setTimeout(done, 500));
  }
  throw new Error(`no message with a link to ${address}`);
};

// The longest words on the narrowest phone (WCAG 2.2, 1.4.10).
const narrow = async (browser, bill) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: "de" });
  const page = await context.newPage();
  const german = { language: "de", script: false, link: plan.tour.link };
  for (const slug of ["", "pay", "promise", "split", "dispute", "question", "paid", "months", "method", "contact", "preferences", "papers", "policy", "privacy", "survey"])
    await open(page, german, slug, ["pay", "promise", "split", "dispute", "question", "paid"].includes(slug) ? bill : undefined);
  await context.close();
};

// Every page as somebody with a few bills sees it, at both widths, light and dark: looked at by axe-core, and kept as a picture
// where that is asked for.
const LOOKS = ["light", "dark"].flatMap(colorScheme => [["390", PHONE], ["1280", DESK]].map(([width, viewport]) => ({ colorScheme, width, viewport })))
  // The walks have looked at telephones by day.
  .filter(({ colorScheme, width }) => plan.pictures || (colorScheme === "dark") === (width === "390"));
const toured = async browser => {
  const { link, only, late, coming } = plan.tour;
  const looks = [];
  for (const { colorScheme, width, viewport } of LOOKS) {
    const context = await browser.newContext({ viewport, colorScheme, locale: "pt-BR", reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    looks.push({ page, name: `${width}-${colorScheme}` });
  }
  const kept = async ({ page, name }, what) => {
    if (plan.pictures) await page.screenshot({ path: join(plan.pictures, `${what}-${name}.png`), fullPage: true, animations: "disabled" });
  };
  const walk = (language = "pt", of = link) => ({ language, script: true, link: of });
  const seen = async (what, slug, bill, whose = walk(), looked = looks) => {
    for (const look of looked) {
      await open(look.page, whose, slug, bill);
      await kept(look, what);
    }
  };
  await seen("owed", "");
  await seen("one", "", undefined, walk("pt", only));
  for (const language of Object.keys(TAGS).filter(language => language !== "pt")) await seen(`owed-${language}`, "", undefined, walk(language), looks.slice(0, 1));
  await seen("pay-ways", "pay", late);
  for (const slug of ["promise", "split", "dispute", "question", "paid"]) await seen(slug, slug, late);
  for (const slug of ["months", "contact", "preferences", "papers", "policy", "privacy", "survey"]) await seen(slug, slug);
  await narrow(browser, late);
  // What cannot be is told where it is seen, and so is what was done.
  const [{ page }] = looks;
  await open(page, walk(), "method");
  await send(page, walk(), way(page, "add"), { number: "4242 4242 4242 4241", expiry: "12/30", consent: true });
  await said(page, "no test card", "bad_card");
  assert.equal(await page.locator(".said").getAttribute("role"), "alert");
  await kept(looks[0], "method-refused");
  await send(page, walk(), way(page, "add"), { number: "4242 4242 4242 4242", expiry: "12/30", consent: true });
  await seen("method", "method");
  await open(page, walk(), "pay", late);
  await send(page, walk(), way(page, "pix"));
  for (let tries = 0; tries < 20 && !(await page.locator("#pix-code").count()); tries += 1) {
    await page.waitForTimeout(500);
    await open(page, walk(), "pay", late);
  }
  await seen("pay", "pay", late);
  await open(page, walk(), "promise", coming);
  const form = page.locator("main form").last();
  await send(page, walk(), form, { on: await form.locator('[name="on"]').getAttribute("max") });
  await said(page, "a promise", "promised");
  await kept(looks[0], "promised");
  for (const look of looks) {
    const response = await look.page.goto(`${plan.base}${plan.tour.revoked}?l=pt`);
    assert.equal(response.status(), 404);
    await barriers(look.page, "a link that is not good");
    await kept(look, "gone");
  }
  // Whoever asks there is written to, and it is the link in that message that knows where it went.
  await Promise.all([page.waitForLoadState("load"), page.locator("main button").click()]);
  assert.ok((await page.locator(".said").innerText()).length > 20, "a new link is promised");
  const mailed = walk("pt", await inTheMail("t-3@customer.example"));
  await seen("stop", "stop", undefined, mailed);
  await seen("not-me", "not-me", undefined, mailed);
  await Promise.all([page.waitForLoadState("load"), page.locator("main form button").click()]);
  await page.locator(".said").waitFor();
  await barriers(page, "farewell");
  await kept(looks[0], "farewell");
  assert.equal((await page.goto(`${plan.base}${mailed.link}`)).status(), 404, "the link of somebody else is good no more");
  for (const { page } of looks) await page.context().close();
  console.log("toured");
};

// The script for apps in a page of another origin with a strict policy: a bar, a wall, and what is read of them.
const app = async browser => {
  const origin = `http://127.0.0.1:${plan.port}`;
  const html = `<!doctype html><html lang="en"><head><title>App</title><script src="${plan.base}/in-app.js"></script></head><body><main><h1>App</h1><button>Own</button></main></body></html>`;
  const policy = `default-src 'none'; script-src ${plan.base}; connect-src ${plan.base}`;
  const server = createServer((request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy });
    response.end(html);
  });
  await new Promise(done => server.listen(plan.port, "127.0.0.1", done));
  for (const { name, token, role } of plan.app) {
    const context = await browser.newContext({ viewport: PHONE });
    const page = await context.newPage();
    const blocked = [];
    page.on("console", message => /Content Security Policy/.test(message.text()) && blocked.push(message.text()));
    await page.goto(`${origin}/`);
    await page.evaluate(([server, text]) => { window.running = window.Regua.start({ server, token: async () => text }); }, [plan.base, token]);
    const box = page.locator("regua-in-app section");
    await box.waitFor({ timeout: 15_000 });
    assert.equal(await box.getAttribute("role"), role, name);
    await page.waitForTimeout(200);
    assert.deepEqual(blocked, [], `${name}: a strict policy lets it through`);
    assert.equal(await box.evaluate(one => getComputedStyle(one).display), "flex", `${name}: it has its style`);
    assert.match(await box.locator("a").getAttribute("href"), /\/p\/[A-Za-z0-9]+$/, name);
    await barriers(page, `the app, ${name}`);
    await context.close();
    console.log(`the app shows ${name}`);
  }
  server.close();
};

const browser = await chromium.launch({
  executablePath: plan.browser,
  headless: true,
  // Fields for days and files speak the browser's language, where it has it.
  env: { ...process.env, LANGUAGE: "pt_BR" },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--lang=pt-BR", "--font-render-hinting=none"],
});
try {
  const walk = one => walked(browser, one).catch(error => failures.push(`${one.language}, script ${one.script ? "on" : "off"}: ${error.stack}`));
  const rest = [...plan.walks];
  // Much of a walk is waiting for a gateway.
  const walker = async () => {
    for (let one = rest.shift(); one; one = rest.shift()) await walk(one);
  };
  await Promise.all([walker(), walker(), walker()]);
  await toured(browser).catch(error => failures.push(`the tour: ${error.stack}`));
  if (plan.app.length) await app(browser).catch(error => failures.push(`the app: ${error.stack}`));
} finally {
  await browser.close();
}
for (const failure of failures) console.log(`FAILED ${failure}`);
process.exit(failures.length ? 1 : 0);
