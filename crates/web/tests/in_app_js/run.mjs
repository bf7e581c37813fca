// The script for apps in a page of jsdom, with a server that is a function. `node run.mjs FOLDER SCRIPT`: FOLDER holds jsdom.
// Prints a line a test, and ends with 1 when one failed. What jsdom lacks, browser.mjs looks at in a browser: styles, modal
// dialogs, the keyboard.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [folder, script] = process.argv.slice(2);
const { JSDOM, VirtualConsole } = createRequire(join(folder, "package.json"))("jsdom");
const source = readFileSync(script, "utf8");
const SERVER = "https://regua.example";
const later = (ms = 0) => new Promise(done => setTimeout(done, ms));
const until = async so => {
  for (const begun = Date.now(); !so(); await later(5)) assert.ok(Date.now() - begun < 20_000, `never: ${so}`);
};

const feed = (state, more = {}) => ({
  state, access: "active", language: "pt-BR", put_away: false, can_be_put_away: ["notice", "banner"].includes(state),
  label: "Aviso de pagamento", title: "Há um pagamento em aberto", lines: ["R$ 102,50 em aberto.", "<b>não é marca</b>"],
  action: { label: "Ver e pagar", href: "https://pay.example/p/abc" },
  later: ["notice", "banner"].includes(state) ? "Lembrar amanhã" : null,
  owed: [{ text: "R1: R$ 102,50" }], sums: [], coming: [], ...more,
});

const token = (secs, n = 0) => {
  const says = Buffer.from(JSON.stringify({ customer: "C_1é?>", exp: Math.floor(Date.now() / 1000) + secs, n })).toString("base64url");
  return `ia_${"a".repeat(32)}_${"b".repeat(32)}_${says}_${"c".repeat(64)}`;
};

// Modal dialogs as far as they can be told without a layout: what is open, and where the focus was before.
const modal = window => Object.assign(window.HTMLDialogElement.prototype, {
  showModal() {
    if (this.open) throw new Error("it is open already");
    this.before = window.document.activeElement;
    this.open = true;
  },
  close() {
    if (!this.open) return;
    this.open = false;
    this.before.focus();
    window.setTimeout(() => this.dispatchEvent(new window.Event("close")));
  },
});

// A page with an app in it, and a server that answers as `answer(path, request)` says.
const page = async (answer, options = {}, body = '<main id="app"><button id="own" data-regua-editable>Own</button></main>', before = () => {}) => {
  const errors = [], asked = [], states = [];
  const console = new VirtualConsole();
  console.on("jsdomError", error => errors.push(error));
  const dom = new JSDOM(`<!doctype html><html><body>${body}</body></html>`, {
    url: "https://app.example/", runScripts: "outside-only", pretendToBeVisual: true, virtualConsole: console,
  });
  const { window } = dom;
  window.addEventListener("unhandledrejection", event => errors.push(event.reason));
  window.TextDecoder = TextDecoder;
  window.AbortController = AbortController;
  window.AbortSignal = AbortSignal;
  window.CSSStyleSheet = class { replaceSync(text) { this.text = text; } };
  modal(window);
  window.fetch = async (url, request = {}) => {
    assert.ok(url.startsWith(SERVER), url);
    const path = url.slice(SERVER.length);
    asked.push({ path, ...request });
    const answered = await answer(path, request, asked.length);
    if (answered instanceof Response) {
      // As a browser does it: what is given up ends its body.
      request.signal?.addEventListener("abort", () => answered.cut?.());
      return answered;
    }
    return new Response(JSON.stringify(answered), { status: 200, headers: { ETag: '"1"' } });
  };
  before(window);
  window.eval(source);
  const running = window.Regua.start({ server: SERVER + "/", token: async () => token(3600), onState: state => states.push(state), ...options });
  await later(120);
  const root = () => window.document.querySelector("regua-in-app")?.shadowRoot;
  return { window, document: window.document, running, asked, states, errors, root, close: () => { running.stop(); window.close(); } };
};

// A hundred times as fast.
const quick = window => {
  const own = window.setTimeout.bind(window);
  window.setTimeout = (work, ms) => own(work, ms / 100);
};
const press = (on, key) => on.dispatchEvent(new on.ownerDocument.defaultView.KeyboardEvent("keydown", { key, bubbles: true, composed: true }));

// A stream that says these, and then waits.
const stream = (...told) => {
  let control;
  const body = new ReadableStream({ start(own) { control = own; } });
  const say = state => control.enqueue(new TextEncoder().encode(`event: state\ndata: ${JSON.stringify(state)}\n\n`));
  told.forEach(say);
  const answer = Object.assign(new Response(body, { status: 200 }), { cut: () => control.error(new Error("given up")) });
  return { answer, say, end: () => control.close(), raw: text => control.enqueue(new TextEncoder().encode(text)) };
};
const always = state => path => (path === "/in-app/feed" ? feed(state) : path === "/in-app/stream" ? stream(feed(state)).answer : { put_away: true });

const tests = {
  async "nothing is shown where nothing is owed"() {
    const { root, states, close, document } = await page(always("none"));
    assert.equal(root(), undefined);
    assert.equal(document.body.children.length, 1);
    assert.deepEqual(states.map(state => state.state), ["none"]);
    close();
  },

  async "a banner is a polite region with texts, a link and a way to put it away"() {
    const { root, close, errors } = await page(always("banner"));
    const box = root().querySelector("section");
    assert.equal(box.getAttribute("role"), "region");
    assert.equal(box.getAttribute("aria-label"), "Aviso de pagamento");
    assert.equal(box.getAttribute("lang"), "pt-BR");
    assert.equal(box.querySelector("[aria-live]").getAttribute("aria-live"), "polite");
    assert.match(box.textContent, /102,50/);
    assert.match(box.textContent, /<b>não é marca<\/b>/, "texts are texts");
    assert.equal(box.querySelector("b"), null);
    assert.equal(box.querySelector("a").href, "https://pay.example/p/abc");
    assert.match(box.querySelector("a").rel, /noopener/);
    assert.deepEqual(errors, []);
    close();
  },

  async "a banner that is put away goes, and the server is told"() {
    const { root, asked, states, close } = await page(always("banner"));
    root().querySelector("button").click();
    await later(50);
    assert.equal(root(), undefined);
    const told = asked.find(one => one.path === "/in-app/seen");
    assert.equal(told.method, "POST");
    assert.deepEqual(JSON.parse(told.body), { state: "banner" });
    assert.equal(states.at(-1).put_away, true);
    close();
  },

  async "what has become stricter cannot be put away any more"() {
    let now = "banner";
    const own = stream(feed("banner"));
    const { root, close } = await page(path => (path === "/in-app/feed" ? feed(now) : path === "/in-app/stream" ? own.answer : { put_away: false }));
    now = "wall";
    root().querySelector("button").click();
    await later(80);
    assert.ok(root().querySelector("dialog[open]"));
    close();
  },

  async "a wall is a labelled modal dialog that nothing puts away"() {
    const { root, asked, close, errors } = await page(always("wall"));
    const box = root().querySelector("dialog[open]");
    const title = root().getElementById(box.getAttribute("aria-labelledby"));
    assert.match(title.textContent, /pagamento/);
    assert.equal(root().activeElement, title);
    assert.equal(box.getAttribute("closedby"), "none");
    assert.equal(root().querySelector("button"), null);
    assert.match(box.textContent, /R1: R\$ 102,50/, "each thing that is owed");
    press(box, "Escape");
    // A browser that does not know `closedby` closes it all the same: it is there again.
    box.close();
    await later(20);
    assert.equal(box.open, true);
    assert.ok(!asked.some(one => one.path === "/in-app/seen"));
    assert.deepEqual(errors, []);
    close();
  },

  async "a wall that the page takes away is there again, and a page that insists has its way"() {
    const { root, document, close, errors } = await page(always("wall"));
    for (let n = 0; n < 3; n += 1) {
      document.querySelector("regua-in-app").remove();
      await later(20);
      assert.ok(root().querySelector("dialog[open]"), `${n}`);
    }
    const watch = new document.defaultView.MutationObserver(() => document.querySelector("regua-in-app")?.remove());
    watch.observe(document.body, { childList: true });
    document.querySelector("regua-in-app").remove();
    await later(50);
    assert.equal(root(), undefined);
    assert.deepEqual(errors, []);
    close();
  },

  async "a wall has one more button where the app names a way to leave"() {
    let left = 0;
    const { root, close } = await page(always("wall"), { leave: { label: "Sair", run: () => { left += 1; } } });
    const button = root().querySelector("button");
    assert.equal(button.textContent, "Sair");
    button.click();
    assert.equal(left, 1);
    assert.ok(root().querySelector("dialog[open]"), "what it does is the app's");
    close();
    const bar = await page(always("banner"), { leave: { label: "Sair", run() {} } });
    assert.deepEqual([...bar.root().querySelectorAll("button")].map(one => one.textContent), ["Lembrar amanhã"]);
    bar.close();
  },

  async "Escape puts a bar away, and no bar that stays"() {
    const bar = await page(always("banner"));
    press(bar.root().querySelector("button"), "Escape");
    await later(20);
    assert.equal(bar.root(), undefined);
    assert.ok(bar.asked.some(one => one.path === "/in-app/seen"));
    bar.close();
    const stays = await page(always("read_only"));
    press(stays.root().querySelector("a"), "Escape");
    await later(20);
    assert.ok(stays.root().querySelector("section"));
    stays.close();
  },

  async "a bar is the first of the page, or where the page says"() {
    const first = await page(always("banner"));
    assert.equal(first.document.body.firstElementChild.localName, "regua-in-app");
    first.close();
    const body = '<header id="top"></header><main><slot></slot></main>';
    const own = await page(always("banner"), { place: "#top" }, body);
    assert.equal(own.document.querySelector("regua-in-app").parentElement.id, "top");
    own.document.getElementById("top").remove();
    await later(20);
    assert.equal(own.document.body.firstElementChild.localName, "regua-in-app", "where that has gone, the first");
    own.close();
    const wall = await page(always("wall"), { place: "#top" }, body);
    assert.equal(wall.document.querySelector("regua-in-app").parentElement, wall.document.body, "a wall is the whole page's");
    wall.close();
  },

  async "it is dark as the page says, or else as the system, also later"() {
    const dark = { matches: false };
    const scheme = window => { window.matchMedia = () => dark; };
    const { root, close } = await page(always("banner"), {}, undefined, scheme);
    const is = () => root().querySelector("section").classList.contains("dark");
    assert.equal(is(), false);
    dark.matches = true;
    dark.onchange();
    assert.equal(is(), true);
    close();
    for (const theme of ["light", "dark"]) {
      const own = await page(always("banner"), { theme }, undefined, scheme);
      assert.equal(own.root().querySelector("section").classList.contains("dark"), theme === "dark");
      own.close();
    }
  },

  async "of two answers at once the later stands, and the focus stays where it was"() {
    const own = stream(feed("banner"));
    const { root, close } = await page(path => (path === "/in-app/stream" ? own.answer : feed("banner")));
    const region = root().querySelector("[aria-live]");
    root().querySelector("a").focus();
    own.say(feed("banner", { lines: ["first"] }));
    own.say(feed("banner", { lines: ["second"] }));
    await later(120);
    assert.equal(root().querySelector("[aria-live]"), region, "into the same region, so that it is read");
    assert.deepEqual([...region.querySelectorAll("p")].map(one => one.textContent), ["second"]);
    assert.equal(root().activeElement.localName, "a");
    own.say(feed("banner", { lines: ["third"] }));
    own.say(feed("wall"));
    await later(120);
    assert.ok(root().querySelector("dialog[open] a"), "what was on its way into the bar does not come into the wall");
    close();
  },

  async "a payment takes the wall down at once and gives the focus back"() {
    const own = stream(feed("none"));
    const { root, document, states, close } = await page(path => (path === "/in-app/stream" ? own.answer : feed("none")));
    document.getElementById("own").focus();
    own.say(feed("wall"));
    await later(30);
    assert.ok(root().querySelector("dialog[open]"));
    own.say(feed("wall", { lines: ["half of it is paid"] }));
    await later(30);
    assert.match(root().querySelector("dialog[open]").textContent, /half of it/);
    own.say(feed("none"));
    await later(30);
    assert.equal(root(), undefined);
    assert.equal(document.activeElement.id, "own");
    assert.deepEqual(states.map(state => state.state), ["none", "wall", "wall", "none"]);
    close();
  },

  async "read-only makes what the app marks inert, says so, and undoes it"() {
    const own = stream(feed("none"));
    const { document, window, root, close } = await page(path => (path === "/in-app/stream" ? own.answer : feed("none")));
    const heard = [];
    document.addEventListener("regua:state", event => heard.push(event.detail.state));
    own.say(feed("read_only"));
    await later(30);
    assert.equal(document.getElementById("own").inert, true);
    assert.notEqual(document.getElementById("app").inert, true);
    assert.equal(root().querySelector("section").getAttribute("role"), "region");
    const more = document.createElement("form");
    more.setAttribute("data-regua-editable", "");
    document.getElementById("app").append(more);
    await later(20);
    assert.equal(more.inert, true, "also what comes later");
    own.say(feed("none"));
    await later(30);
    assert.equal(document.getElementById("own").inert, false);
    assert.deepEqual(heard, ["read_only", "none"]);
    assert.ok(window.Regua);
    close();
  },

  async "a token that is refused is asked for again, once"() {
    let given = 0;
    const answer = (path, request) => {
      const fresh = request.headers.Authorization.includes(token(3600, 2).split("_")[3].slice(-6));
      if (!fresh) return new Response("{}", { status: 401 });
      return path === "/in-app/stream" ? stream(feed("banner")).answer : feed("banner");
    };
    const { root, asked, close } = await page(answer, { token: async () => token(3600, ++given) });
    assert.equal(given, 2);
    assert.equal(asked[0].path, "/in-app/stream");
    assert.equal(asked[1].path, "/in-app/stream");
    assert.ok(root().querySelector("section"));
    close();
  },

  async "a token is kept until shortly before it is over"() {
    let given = 0;
    const kept = await page(always("none"), { token: async () => { given += 1; return token(3600); } });
    await kept.running.refresh();
    await kept.running.refresh();
    assert.equal(given, 1);
    kept.close();
    given = 0;
    const short = await page(always("none"), { token: async () => { given += 1; return token(20); } });
    await short.running.refresh();
    assert.equal(given, 2);
    short.close();
  },

  async "without a stream it asks, and with the tag that it has"() {
    const answer = (path, request) => {
      if (path === "/in-app/stream") return new Response("{}", { status: 429 });
      return request.headers["If-None-Match"] ? new Response(null, { status: 304 }) : feed("notice");
    };
    const { root, running, states, asked, close } = await page(answer);
    assert.ok(root().querySelector("section.notice"));
    await running.refresh();
    assert.equal(asked.filter(one => one.path === "/in-app/feed").at(-1).headers["If-None-Match"], '"1"');
    assert.equal(states.length, 1, "the same is told once");
    close();
  },

  async "it comes again after the stream has ended, later after each failure"() {
    let streams = 0;
    const answer = path => {
      if (path !== "/in-app/stream") return feed("none");
      streams += 1;
      const one = stream(feed("none"));
      if (streams === 1) setTimeout(one.end, 20);
      return one.answer;
    };
    const { close } = await page(answer);
    await until(() => streams === 2);
    close();
  },

  async "a server that is dead is asked more and more seldom, two minutes apart at most, and found when it lives again"() {
    const paused = [];
    let dead = true;
    const answer = path => {
      if (dead) throw new TypeError("Failed to fetch");
      return path === "/in-app/stream" ? stream(feed("wall")).answer : feed("wall");
    };
    const { root, errors, close } = await page(answer, {}, undefined, window => {
      const own = window.setTimeout.bind(window);
      window.setTimeout = (work, ms) => {
        // Those of a stream that says nothing, and of a token that does not come, are others.
        const between = ms > 500 && ms !== 4e4 && ms !== 2e4;
        if (between) paused.push(ms);
        return own(work, between ? 0 : ms);
      };
    });
    await until(() => paused.length > 12);
    paused.slice(0, 12).forEach((ms, n) => {
      // Twice as long each time, give or take a quarter, so that not all come at once.
      const whole = Math.min(96e3, 1e3 * 2 ** (n + 1));
      assert.ok(ms >= 0.75 * whole && ms <= 1.25 * whole && ms <= 12e4, `${n}: ${paused}`);
    });
    assert.deepEqual(errors, []);
    dead = false;
    await until(() => root()?.querySelector("dialog[open]"));
    close();
  },

  async "a stream that says nothing any more is given up, and so is a token that does not come"() {
    const silent = stream(feed("banner"));
    let streams = 0;
    const one = await page(path => {
      if (path !== "/in-app/stream") return feed("banner");
      streams += 1;
      return streams === 1 ? silent.answer : stream(feed("none")).answer;
    }, {}, undefined, quick);
    // After 40 s, at a hundredth.
    await until(() => streams >= 2 && !one.root());
    one.close();
    let given = 0;
    const two = await page(always("banner"), { token: () => { given += 1; return given === 1 ? new Promise(() => {}) : token(3600); } }, undefined, quick);
    await until(() => two.root()?.querySelector("section"));
    two.close();
  },

  async "who is signed out, with no token, is asked about by no request"() {
    const { asked, root, close } = await page(always("wall"), { token: async () => "" });
    assert.equal(asked.length, 0);
    assert.equal(root(), undefined);
    close();
  },

  async "events in pieces, comments and what is no JSON do no harm"() {
    const own = stream();
    const { root, states, errors, close } = await page(path => (path === "/in-app/stream" ? own.answer : feed("none")));
    const text = `retry: 2000\nevent: state\ndata: ${JSON.stringify(feed("banner"))}\n\n: still here\n\n`;
    for (const piece of [text.slice(0, 30), text.slice(30, 200), text.slice(200)]) { own.raw(piece); await later(10); }
    assert.ok(root().querySelector("section"));
    own.raw("data: {nothing\n\n");
    await later(50);
    assert.deepEqual(errors, []);
    assert.equal(states.length >= 1, true);
    close();
  },

  async "nothing throws into the page, whatever the page gives it"() {
    const bad = { token: async () => { throw new Error("no"); } };
    const broken = { onState() { throw new Error("the app's own"); } };
    for (const options of [bad, broken, { token: null }, { server: "" }]) {
      const { errors, running, close } = await page(always("wall"), options);
      await running.refresh();
      assert.deepEqual(errors, []);
      close();
    }
    const { window, errors, close } = await page(always("none"));
    for (const options of [undefined, null, 7, {}, { server: {} }]) {
      const running = window.Regua.start(options);
      running.stop();
      await running.refresh();
    }
    assert.deepEqual(errors, []);
    close();
  },

  async "an address that is none of the web is no link"() {
    const own = feed("wall", { action: { label: "x", href: "javascript:alert(1)" } });
    const { root, close } = await page(path => (path === "/in-app/stream" ? stream(own).answer : own));
    assert.equal(root().querySelector("a"), null);
    close();
  },

  async "stopping takes everything away and asks no more"() {
    const { running, document, asked, window } = await page(always("wall"));
    running.stop();
    assert.equal(document.querySelector("regua-in-app"), null);
    const before = asked.length;
    await later(1500);
    assert.equal(asked.length, before);
    window.close();
  },

  async "no cookie goes along, and the token stands in no address"() {
    const { asked, close } = await page(always("banner"));
    for (const one of asked) {
      assert.equal(one.credentials, "omit");
      assert.match(one.headers.Authorization, /^Bearer ia_/);
      assert.ok(!one.path.includes("ia_"));
    }
    close();
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
console.log(`${Object.keys(tests).length - failed} of ${Object.keys(tests).length}`);
process.exit(failed ? 1 : 0);
