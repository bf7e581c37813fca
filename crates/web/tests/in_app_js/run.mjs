// The script for apps in a page of jsdom, with a server that is a function. `node run.mjs FOLDER SCRIPT`: FOLDER holds jsdom.
// Prints a line a test, and ends with 1 when one failed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [folder, script] = process.argv.slice(2);
const { JSDOM, VirtualConsole } = createRequire(join(folder, "package.json"))("jsdom");
const source = readFileSync(script, "utf8");
const SERVER = "https://regua.example";
const later = (ms = 0) => new Promise(done => setTimeout(done, ms));

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

// A page with an app in it, and a server that answers as `answer(path, request)` says.
const page = async (answer, options = {}, body = '<main id="app"><button id="own" data-regua-editable>Own</button></main>') => {
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
  window.CSSStyleSheet = class { replaceSync(text) { this.text = text; } };
  window.fetch = async (url, request = {}) => {
    assert.ok(url.startsWith(SERVER), url);
    const path = url.slice(SERVER.length);
    asked.push({ path, ...request });
    const answered = await answer(path, request, asked.length);
    if (answered instanceof Response) return answered;
    return new Response(JSON.stringify(answered), { status: 200, headers: { ETag: '"1"' } });
  };
  window.eval(source);
  const running = window.Regua.start({ server: SERVER + "/", token: async () => token(3600), onState: state => states.push(state), ...options });
  await later(120);
  const root = () => window.document.querySelector("regua-in-app")?.shadowRoot;
  return { window, document: window.document, running, asked, states, errors, root, close: () => { running.stop(); window.close(); } };
};

// A stream that says these, and then waits.
const stream = (...told) => {
  let control;
  const body = new ReadableStream({ start(own) { control = own; } });
  const say = state => control.enqueue(new TextEncoder().encode(`event: state\ndata: ${JSON.stringify(state)}\n\n`));
  told.forEach(say);
  return { answer: new Response(body, { status: 200 }), say, end: () => control.close(), raw: text => control.enqueue(new TextEncoder().encode(text)) };
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
    assert.equal(root().querySelector("section"), null);
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
    assert.equal(root().querySelector("section").getAttribute("role"), "dialog");
    close();
  },

  async "a wall is a labelled dialog that holds the focus and takes the page"() {
    const { root, document, window, close } = await page(always("wall"));
    const box = root().querySelector("section");
    assert.equal(box.getAttribute("role"), "dialog");
    assert.equal(box.getAttribute("aria-modal"), "true");
    const title = root().getElementById(box.getAttribute("aria-labelledby"));
    assert.match(title.textContent, /pagamento/);
    assert.equal(root().activeElement, title);
    assert.equal(document.getElementById("app").inert, true);
    assert.equal(root().querySelector("button"), null, "nothing puts a wall away");
    // Escape does nothing, and Tab stays within.
    const press = key => {
      const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true });
      (root().activeElement || box).dispatchEvent(event);
      return event.defaultPrevented;
    };
    assert.equal(press("Escape"), true);
    assert.ok(root().querySelector("section"));
    assert.equal(press("Tab"), true, "from the title to the first");
    assert.equal(root().activeElement.localName, "a");
    assert.equal(press("Tab"), true, "from the last to the first");
    assert.equal(root().activeElement.localName, "a");
    close();
  },

  async "what the page adds behind a wall, or takes of it, is no way around"() {
    const { root, document, close } = await page(always("wall"));
    const added = document.createElement("div");
    document.body.append(added);
    await later(20);
    assert.equal(added.inert, true);
    document.querySelector("regua-in-app").remove();
    await later(20);
    assert.ok(root().querySelector("section"));
    close();
  },

  async "a payment takes the wall down at once and gives the focus back"() {
    const own = stream(feed("none"));
    const { root, document, states, close } = await page(path => (path === "/in-app/stream" ? own.answer : feed("none")));
    document.getElementById("own").focus();
    own.say(feed("wall"));
    await later(30);
    assert.ok(root().querySelector("section"));
    own.say(feed("none"));
    await later(30);
    assert.equal(root().querySelector("section"), null);
    assert.equal(document.getElementById("app").inert, false);
    assert.equal(document.activeElement.id, "own");
    assert.deepEqual(states.map(state => state.state), ["none", "wall", "none"]);
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
    await later(1500);
    assert.equal(streams, 2);
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
    assert.equal(document.getElementById("app").inert, false);
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
