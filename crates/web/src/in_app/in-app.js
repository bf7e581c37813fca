// Régua in your app: Regua.start({server: "https://…", token: async () => "ia_…"}); see docs/in-app.md. It never throws into the page.
(() => {
  "use strict";
  if (window.Regua) return;
  const doc = document;
  const CSS = `:host{all:initial!important;display:block!important;position:sticky!important;top:0!important;z-index:2147483000!important}
*{box-sizing:border-box}
section,dialog{--a:var(--regua-accent,#1f4e79);--o:var(--regua-on-accent,#fff);--b:#fff;--p:#eef1f5;--f:#1b1f24;--s:#57606a;--l:#d0d7de;
font:medium/1.5 var(--regua-font,system-ui,sans-serif);color:var(--f);overflow:auto}
.dark{--a:var(--regua-accent,#7cb7ec);--o:var(--regua-on-accent,#0d1117);--b:#161b22;--p:#0d1117;--f:#e6edf3;--s:#9aa4af;--l:#3d444d}
section,dialog>div{background:var(--b);border:1px solid var(--l);border-top:.25em solid var(--a)}
section{display:flex;flex-wrap:wrap;gap:.5em 1em;align-items:center;padding:.75em 1em;max-height:50vh}
section>div{flex:1 1 16em}
section p{display:inline;margin-right:.3em}
.notice{position:fixed;inset:auto 1em 1em auto;max-width:min(26em,calc(100vw - 2em))}
.notice,dialog>div{border-radius:.5em;box-shadow:0 .5em 2em #0003}
dialog{width:100%;height:100%;max-width:none;max-height:none;margin:0;padding:1em;border:0;background:var(--p);place-items:center}
[open]{display:grid}
dialog>div{width:min(32em,100%);padding:1.5em}
h2{font-size:1.1em;margin:0;outline:0}
dialog h2{font-size:1.5em}
p,ul{margin:.25em 0;color:var(--s)}
ul{padding:0;list-style:none}
li{padding:.5em 0;border-top:1px solid var(--l)}
nav{display:flex;flex-wrap:wrap;gap:.5em}
dialog nav{margin:1em 0}
a,button{font:inherit;font-weight:600;padding:.6em .8em;border-radius:.5em;border:1px solid var(--l);
background:none;color:var(--f);cursor:pointer;text-decoration:none}
a{background:var(--a);border-color:var(--a);color:var(--o)}
:focus-visible:not(h2){outline:3px solid var(--a);outline-offset:2px}
@media(max-height:30em){:host{position:static!important}}
@media print{:host{display:none!important}}`;

  const wait = ms => new Promise(done => setTimeout(done, ms));
  const safely = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
  const on = (what, name, work) => what.addEventListener(name, event => safely(() => work(event)));
  const el = (name, has, ...inside) => {
    const made = doc.createElement(name);
    for (const key in has) made.setAttribute(key, has[key]);
    made.append(...inside);
    return made;
  };

  const start = options => {
    const { token, onState, theme, place, leave } = options, server = String(options.server || "").replace(/\/+$/, "");
    const media = safely(() => matchMedia("(prefers-color-scheme:dark)"));
    let ended, stream, root, host, box, inner, nav, held = null, etag, shown, last, kept, watch, timer, hushed = [], back;

    // Another one half a minute before it is over.
    const bearer = async fresh => {
      if (fresh || !kept || kept.until < Date.now() + 3e4) {
        const text = await Promise.race([token(), wait(2e4)]);
        if (!text || ended) throw 0;
        const says = String(text).split("_").slice(3, -1).join("_").replace(/-/g, "+").replace(/_/g, "/");
        kept = { text, until: safely(() => JSON.parse(atob(says)).exp * 1e3, 0) };
      }
      return kept.text;
    };

    const ask = async (path, more, fresh) => {
      const headers = { ...more.headers, Authorization: "Bearer " + await bearer(fresh) };
      const answer = await fetch(server + path, {
        signal: AbortSignal.timeout(2e4), ...more, headers, credentials: "omit", cache: "no-store",
      });
      if (answer.status === 401 && !fresh) return ask(path, more, true);
      if (answer.status >= 400) throw answer.status;
      return answer;
    };

    const look = async anew => {
      if (anew) etag = null;
      const answer = await ask("/in-app/feed", { headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.status === 304) return;
      etag = answer.headers.get("etag");
      show(await answer.json());
    };

    // Events over fetch: EventSource sends no header, and a token does not belong into an address.
    const listen = async () => {
      const own = stream = new AbortController();
      let timer, text = "", told = false;
      // It says each 15 s that it is there.
      const alive = () => { clearTimeout(timer); timer = setTimeout(() => own.abort(), 4e4); };
      try {
        alive();
        const reader = (await ask("/in-app/stream", { signal: own.signal })).body.getReader(), decoder = new TextDecoder();
        for (;;) {
          alive();
          const { done, value } = await reader.read();
          if (done) return told;
          const frames = (text + decoder.decode(value, { stream: true })).split("\n\n");
          text = frames.pop();
          for (const frame of frames) {
            const data = frame.split("\n").find(line => line.startsWith("data: "));
            if (data) { show(JSON.parse(data.slice(6))); told = true; etag = null; }
          }
        }
      } finally { clearTimeout(timer); own.abort(); }
    };

    // Streams while it can; else asks, more seldom after each failure.
    const run = async () => {
      for (let failed = 0; !ended;) {
        failed = await listen().catch(() => false) ? 0 : failed + 1;
        if (ended) return;
        await look().catch(() => {});
        await wait(Math.min(96e3, 1e3 * 2 ** failed) * (0.75 + Math.random() / 2));
        while (doc.hidden && !ended) await wait(5e3);
      }
    };

    const show = now => {
      const text = JSON.stringify(now);
      if (ended || text === last) return;
      last = text;
      held = now;
      safely(() => render(now));
      safely(() => onState?.({ ...now }));
      safely(() => doc.dispatchEvent(new CustomEvent("regua:state", { detail: { ...now } })));
    };

    // A wall is modal; read_only takes what the app marks. What comes later is no way around.
    const keep = () => {
      if (!host.isConnected && back-- > 0) {
        (shown !== "wall" && place && doc.querySelector(place) || doc.body).prepend(host);
        if (shown === "wall") { box.removeAttribute("open"); box.showModal(); }
      }
      if (shown === "read_only") for (const one of doc.querySelectorAll("[data-regua-editable]")) {
        if (!one.inert) { one.inert = true; hushed.push(one); }
      }
    };

    const clear = () => {
      shown = null;
      watch?.disconnect();
      for (const one of hushed) one.inert = false;
      hushed = [];
      // A dialog that closes gives the focus back.
      box?.close?.();
      host?.remove();
      box = null;
    };

    const paint = () => box?.classList.toggle("dark", theme ? theme === "dark" : !!media?.matches);

    const render = now => {
      if (now.state === "none" || now.put_away) return clear();
      const wall = now.state === "wall", fresh = shown !== now.state;
      if (fresh) {
        clear();
        host = el("regua-in-app");
        root = host.attachShadow({ mode: "open" });
        // No inline style: policies let a sheet through.
        safely(() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(CSS);
          root.adoptedStyleSheets = [sheet];
        });
        inner = el("div", wall ? {} : { role: "status", "aria-live": "polite" });
        nav = el("nav");
        box = wall ? el("dialog", { "aria-labelledby": "t", closedby: "none" }, inner)
          : el("section", { role: "region", "aria-label": now.label, class: now.state }, inner, nav);
        on(box, "close", event => { if (event.target === box) box.showModal(); });
        on(box, "keydown", event => { if (event.key === "Escape" && held.later) away(held); });
        root.append(box);
        shown = now.state;
        back = 9;
        watch = new MutationObserver(() => safely(keep));
        watch.observe(doc.body, { childList: true, subtree: true });
      }
      const had = !fresh && root.activeElement?.localName;
      const title = el("h2", { id: "t", tabindex: "-1" }, now.title);
      const said = [title, ...now.lines.map(line => el("p", {}, line))];
      const button = (label, work) => {
        nav.append(el("button", {}, label));
        on(nav.lastChild, "click", work);
      };
      nav.replaceChildren();
      if (/^https?:/.test(now.action?.href)) {
        nav.append(el("a", { href: now.action.href, target: "_blank", rel: "noopener noreferrer" }, now.action.label));
      }
      if (now.later) button(now.later, () => away(now));
      if (wall && leave) button(leave.label, leave.run);
      box.lang = now.language;
      clearTimeout(timer);
      if (wall) inner.replaceChildren(...said, nav, el("ul", {}, ...now.owed.map(one => el("li", {}, one.text))));
      // Into a live region that is there already: read aloud.
      else timer = setTimeout(() => inner.replaceChildren(...said), 50);
      paint();
      keep();
      const to = (had && root.querySelector(had)) || (wall && title);
      if (to) to.focus();
    };

    const away = now => {
      show({ ...now, put_away: true });
      const body = JSON.stringify({ state: now.state });
      return ask("/in-app/seen", { method: "POST", body, headers: { "Content-Type": "application/json" } })
        .then(answer => answer.json())
        // What has become stricter meanwhile stays.
        .then(told => told.put_away || look(true)).catch(() => {});
    };

    if (typeof token === "function" && server) {
      if (media) media.onchange = paint;
      if (doc.body) run();
      else doc.addEventListener("DOMContentLoaded", run, { once: true });
    }
    return {
      stop: () => safely(() => { ended = true; clear(); stream?.abort(); }),
      refresh: () => look().catch(() => {}),
      get state() { return held; },
    };
  };

  window.Regua = Object.freeze({
    start: options => safely(() => start(options), { stop() {}, refresh: async () => {}, state: null }),
  });
})();
