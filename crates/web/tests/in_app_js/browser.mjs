// The script for apps in a browser, in a page of another origin: `node browser.mjs DRIVER PLAN`.
//   DRIVER  the folder whose node_modules hold playwright-core and axe-core
//   PLAN    JSON: {browser, script, pictures, feeds: {notice, banner, read_only, wall, none}}, each what the server told
// Prints what was looked at, a line each, and ends with 1 when something is not as it must be. What it asks and when, run.mjs
// looks at; here it is what a person sees and does, and what the page around sees of it.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [driver, file] = process.argv.slice(2);
const own = createRequire(join(driver, "package.json"));
const { chromium } = own("playwright-core");
const axe = readFileSync(own.resolve("axe-core/axe.min.js"), "utf8");
const plan = JSON.parse(readFileSync(file, "utf8"));
const script = readFileSync(plan.script, "utf8");
mkdirSync(plan.pictures, { recursive: true });

const PHONE = { width: 390, height: 844 }, DESK = { width: 1280, height: 800 };

// A server that tells each stream what is so, and a page of another origin with the strictest policy that runs a script.
let state = plan.feeds.none, streams = [];
const tell = now => {
  state = now;
  for (const stream of streams) stream.write(`event: state\ndata: ${JSON.stringify(now)}\n\n`);
};
const listening = server => new Promise(done => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)));
const server = createServer((request, response) => {
  const headers = { "Access-Control-Allow-Origin": request.headers.origin ?? "*", "Access-Control-Allow-Headers": "authorization, content-type, if-none-match" };
  if (request.method === "OPTIONS") response.writeHead(204, headers).end();
  else if (request.url === "/in-app.js") response.writeHead(200, { ...headers, "Content-Type": "text/javascript" }).end(script);
  else if (request.url === "/in-app/stream") {
    response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
    streams.push(response);
    response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
  } else if (request.url === "/in-app/seen") response.writeHead(200, headers).end('{"put_away": true}');
  else response.writeHead(200, headers).end(JSON.stringify(state));
});
const base = await listening(server);

// An app as there are many. Its own style is let through by its nonce.
const STYLE = `:root{color-scheme:light;--back:#f6f7f9;--paper:#fff;--text:#1c2330;--soft:#667085;--line:#e4e7ec}
@media(prefers-color-scheme:dark){:root{color-scheme:dark;--back:#0b0f14;--paper:#141a21;--text:#e5e9f0;--soft:#98a2b3;--line:#29313b}}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}
header{display:flex;justify-content:space-between;align-items:center;padding:14px 20px;background:var(--paper);border-bottom:1px solid var(--line)}
main{max-width:60rem;margin:0 auto;padding:20px}h1{font-size:22px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:14px}
.cards div,form{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:16px}
.cards b{display:block;font-size:22px}small{color:var(--soft)}form{margin-top:14px;display:flex;gap:10px;flex-wrap:wrap;align-items:center}
form[inert]{opacity:.55}input,button{font:inherit;padding:8px 12px;border-radius:8px;border:1px solid var(--line);background:var(--paper);color:var(--text)}`;
const app = (more = "") => `<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Nuvem</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style nonce="own">${STYLE}${more}</style><script src="${base}/in-app.js"></script></head>
<body><header><strong>Nuvem</strong><button id="menu" type="button">Menu</button></header><main><h1>Projetos</h1><div class="cards">
<div><small>Em andamento</small><b>12</b></div><div><small>Concluídos</small><b>48</b></div><div><small>Pessoas</small><b>9</b></div></div>
<form data-regua-editable><label>Novo projeto <input name="name"></label><button id="keep">Criar</button></form></main></body></html>`;
let html = app();
const policy = `default-src 'none'; script-src ${base}; connect-src ${base}; style-src 'nonce-own'; require-trusted-types-for 'script'`;
const pages = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy }).end(html);
});
const origin = await listening(pages);

const browser = await chromium.launch({
  executablePath: plan.browser, headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--font-render-hinting=none"],
});

// A page with the script started; what it complained of must be nothing.
const opened = async (now, { options = {}, more = "", ...context } = {}) => {
  state = now;
  streams = [];
  html = app(more);
  const within = await browser.newContext({ viewport: PHONE, locale: "pt-BR", reducedMotion: "reduce", ...context });
  const page = await within.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("console", message => message.type() === "error" && !/favicon/.test(message.location().url) && complaints.push(message.text()));
  page.on("pageerror", error => complaints.push(String(error)));
  await page.goto(origin);
  await page.evaluate(([server, options]) => {
    window.running = window.Regua.start({ server, token: async () => "ia_t_s_e30_x", ...options });
  }, [base, options]);
  const box = page.locator("regua-in-app section, regua-in-app dialog");
  if (now.state !== "none") {
    await box.waitFor();
    await page.waitForFunction(() => document.querySelector("regua-in-app").shadowRoot.querySelector("h2"));
  }
  return { page, box, close: async () => { assert.deepEqual(complaints, []); await within.close(); } };
};
// The element that has the focus, through the shadow.
const focused = page => page.evaluate(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === document.body ? "body" : at.id || at.localName;
});
const tests = {
  async "each state at both widths, light and dark, without a barrier"() {
    for (const name of ["notice", "banner", "read_only", "wall"]) {
      for (const colorScheme of ["light", "dark"]) {
        for (const [width, viewport] of [["390", PHONE], ["1280", DESK]]) {
          const { page, close } = await opened(plan.feeds[name], { colorScheme, viewport, bypassCSP: false });
          await page.screenshot({ path: join(plan.pictures, `${name}-${width}-${colorScheme}.png`), animations: "disabled" });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(wide <= 0, `${name} ${width}: ${wide} pixels wider than the screen`);
          await close();
          // What looks for barriers is more than the policy lets run.
          const seen = await opened(plan.feeds[name], { colorScheme, viewport, bypassCSP: true });
          await seen.page.addScriptTag({ content: axe });
          const told = await seen.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
          const found = told.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target).join(" ")}`);
          assert.deepEqual(found, [], `${name} ${width} ${colorScheme}`);
          await seen.close();
        }
      }
    }
  },

  async "a bar takes its own room, and covers nothing of the page"() {
    const { page, box, close } = await opened(plan.feeds.banner);
    const bar = await box.boundingBox(), head = await page.locator("header").boundingBox();
    assert.ok(bar.y === 0 && head.y >= bar.height - 1, `${JSON.stringify([bar, head])}`);
    await page.evaluate(() => { document.querySelector("main").append(Object.assign(document.createElement("p"), { textContent: "x ".repeat(9_000) })); scrollTo(0, 900); });
    assert.equal((await box.boundingBox()).y, 0, "it stays in sight");
    await page.setViewportSize({ width: 640, height: 320 });
    assert.ok((await box.boundingBox()).y < 0, "on a screen that is hardly higher it scrolls away");
    await close();
  },

  async "a wall holds the focus and the page behind it, whatever is pressed"() {
    const { page, box, close } = await opened(plan.feeds.none, { options: { leave: { label: "Sair" } } });
    await page.locator("#menu").focus();
    tell(plan.feeds.wall);
    await box.waitFor();
    assert.equal(await focused(page), "t", "the title is read first");
    assert.equal(await page.getByRole("dialog", { name: plan.feeds.wall.title }).count(), 1);
    const been = new Set();
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press(n % 3 === 2 ? "Shift+Tab" : "Tab");
      been.add(await focused(page));
    }
    for (const place of been) assert.ok(["a", "button", "t", "body"].includes(place), `${[...been]}`);
    assert.ok(been.has("a") && been.has("button"), `${[...been]}`);
    for (let n = 0; n < 3; n += 1) {
      await page.keyboard.press("Escape");
      assert.ok(await box.isVisible(), "Escape is no way out");
    }
    await page.evaluate(() => document.querySelector("#menu").focus());
    assert.notEqual(await focused(page), "menu");
    await assert.rejects(page.locator("#menu").click({ timeout: 500 }));
    tell(plan.feeds.none);
    await box.waitFor({ state: "detached" });
    assert.equal(await focused(page), "menu", "the focus is where it was");
    await page.locator("#menu").click();
    await close();
  },

  async "a wall lies over whatever the page puts on top, a modal dialog of its own too"() {
    const { page, box, close } = await opened(plan.feeds.none);
    await page.evaluate(() => {
      const dialog = document.createElement("dialog");
      dialog.innerText = "the page's own";
      const chat = Object.assign(document.createElement("div"), { id: "chat" });
      document.body.append(dialog, chat);
      dialog.showModal();
      chat.style.cssText = "position:fixed;inset:0;z-index:2147483647";
    });
    tell(plan.feeds.wall);
    await box.waitFor();
    const top = await page.evaluate(() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).localName);
    assert.equal(top, "regua-in-app");
    await box.locator("a").click({ trial: true });
    await close();
  },

  async "read-only leaves what the app does not mark, and gives back what it does"() {
    const { page, box, close } = await opened(plan.feeds.read_only);
    await assert.rejects(page.locator("#keep").click({ timeout: 500 }));
    await page.locator("#menu").click();
    tell(plan.feeds.none);
    await box.waitFor({ state: "detached" });
    await page.locator("[name=name]").fill("x");
    await close();
  },

  async "Escape and the button put a bar away"() {
    for (const how of ["key", "button"]) {
      const { page, box, close } = await opened(plan.feeds.banner);
      await box.locator("button").focus();
      if (how === "key") await page.keyboard.press("Escape");
      else await page.keyboard.press("Enter");
      await box.waitFor({ state: "detached" });
      await close();
    }
  },

  async "no style of the page comes in, and none goes out"() {
    const looks = page => page.evaluate(() => {
      const root = document.querySelector("regua-in-app").shadowRoot;
      return [document.querySelector("regua-in-app"), ...root.querySelectorAll("section, dialog, h2, p, a, button, li, nav, div")].map(one => {
        const { color, backgroundColor, fontSize, fontFamily, display, position, opacity, margin, padding, border, textTransform, letterSpacing, transform } = getComputedStyle(one);
        return [one.localName, color, backgroundColor, fontSize, fontFamily, display, position, opacity, margin, padding, border, textTransform, letterSpacing, transform].join(" | ");
      });
    });
    const rude = `html{font-size:50%!important}*{color:red!important;margin:9px!important;letter-spacing:3px!important;text-transform:uppercase!important;font-family:serif!important}
      body>*{opacity:.1!important;position:absolute!important;transform:rotate(9deg)!important;display:none!important}section,dialog,a,button,h2{all:unset!important;border:9px solid red!important}`;
    for (const name of ["banner", "wall", "notice"]) {
      const plain = await opened(plan.feeds[name]);
      const expected = await looks(plain.page);
      const page = await plain.page.locator("#menu").evaluate(one => getComputedStyle(one).cssText || one.getBoundingClientRect().height);
      assert.ok(page, "the page has its own");
      await plain.close();
      const spoilt = await opened(plan.feeds[name], { more: rude });
      assert.deepEqual(await looks(spoilt.page), expected, name);
      await spoilt.close();
    }
    const { page, close } = await opened(plan.feeds.banner);
    const heading = await page.locator("h1").evaluate(one => getComputedStyle(one).fontSize);
    assert.equal(heading, "22px", "h2 and section of ours are not the page's");
    await close();
  },

  async "a company's colours are taken where it names them"() {
    const { box, close } = await opened(plan.feeds.banner, { more: ":root{--regua-accent:#6b21a8;--regua-on-accent:#fefefe;--regua-font:monospace}" });
    const link = await box.locator("a").evaluate(one => { const { backgroundColor, color, fontFamily } = getComputedStyle(one); return [backgroundColor, color, fontFamily]; });
    assert.deepEqual(link, ["rgb(107, 33, 168)", "rgb(254, 254, 254)", "monospace"]);
    await close();
  },

  async "dark follows the system while it is shown"() {
    const { page, box, close } = await opened(plan.feeds.banner, { colorScheme: "light" });
    const back = () => box.evaluate(one => getComputedStyle(one).backgroundColor);
    assert.equal(await back(), "rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await back(), "rgb(22, 27, 34)");
    await close();
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}
await browser.close();
server.closeAllConnections();
server.close();
pages.closeAllConnections();
pages.close();
console.log(`${Object.keys(tests).length - failed} of ${Object.keys(tests).length}`);
process.exitCode = failed ? 1 : 0;
