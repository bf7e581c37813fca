// Régua in your app: Regua.start({server: "https://regua.acme.example", token: async () => "ia_…", onState: s => …})
// gives {stop, refresh, state}; see docs/in-app.md. Nothing here throws into your page.
(() => {
  "use strict";
  if (typeof window === "undefined" || window.Regua) return;
  const doc = document;
  const CSS = `:host{all:initial;--a:#1f4e79;--o:#fff;--b:#fff;--f:#1b1f24;--s:#57606a;--l:#d0d7de}
:host(.dark){--a:#7cb7ec;--o:#0d1117;--b:#161b22;--f:#e6edf3;--s:#9aa4af;--l:#3d444d}
*{box-sizing:border-box}
section{position:fixed;z-index:2147483000;inset:0 0 auto;background:var(--b);color:var(--f);font:16px/1.5 system-ui,sans-serif;
padding:.75rem 1rem;overflow:auto}
.bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;max-height:60vh;border-bottom:1px solid var(--l)}
.notice{inset:auto 1rem 1rem auto;max-width:min(26rem,calc(100vw - 2rem));border:1px solid var(--l);border-radius:.5rem}
.bar>div{flex:1 1 16rem}
.wall{inset:0;display:grid;place-items:center}
.wall>div{width:min(32rem,100%)}
h2{font-size:1.1rem;margin:0}
h2:focus{outline:0}
.wall h2{font-size:1.5rem}
p,ul{margin:.25rem 0;color:var(--s)}
ul{padding:0;list-style:none}
li{padding:.5rem 0;border-top:1px solid var(--l)}
nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:.5rem 0}
a,button{font:inherit;font-weight:600;min-height:44px;padding:.6rem 1rem;border-radius:.4rem;border:1px solid var(--l);
background:none;color:var(--f);cursor:pointer;text-decoration:none}
a{background:var(--a);border-color:var(--a);color:var(--o)}
:focus-visible{outline:3px solid var(--a);outline-offset:2px}
@media print{section{display:none}}`;

  const safely = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
  const el = (name, text, kind = "") => {
    const made = doc.createElement(name);
    made.textContent = text || "";
    if (kind) made.className = kind;
    return made;
  };

  const start = (options = {}) => {
    const { token, onState, theme } = options, server = String(options.server || "").replace(/\/+$/, "");
    const ending = new AbortController(), { signal } = ending;
    let root, host, held = null, etag, shown, last, kept, watch, before, hushed = [];

    const wait = ms => new Promise(done => {
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
    });

    // Another one half a minute before it is over.
    const bearer = async fresh => {
      if (fresh || !kept || kept.until < Date.now() + 3e4) {
        const text = String(await token());
        const says = text.split("_").slice(3, -1).join("_").replace(/-/g, "+").replace(/_/g, "/");
        kept = { text, until: safely(() => JSON.parse(atob(says)).exp * 1e3, 0) };
      }
      return kept.text;
    };

    const ask = async (path, more, fresh) => {
      const headers = { ...more.headers, Authorization: "Bearer " + await bearer(fresh) };
      const answer = await fetch(server + path, { ...more, headers, signal, credentials: "omit", cache: "no-store" });
      if (answer.status === 401 && !fresh) return ask(path, more, true);
      if (answer.status >= 400) throw new Error("status " + answer.status);
      return answer;
    };

    const look = async () => {
      const answer = await ask("/in-app/feed", { headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.status === 304) return;
      etag = answer.headers.get("etag");
      show(await answer.json());
    };

    // Events over fetch: EventSource sends no header, and a token does not belong into an address.
    const listen = async () => {
      const reader = (await ask("/in-app/stream", {})).body.getReader(), decoder = new TextDecoder();
      for (let text = "", told = false; ;) {
        // It says each 15 s that it is there.
        const timer = setTimeout(() => reader.cancel().catch(() => {}), 4e4);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) return told;
        const frames = (text + decoder.decode(value, { stream: true })).split("\n\n");
        text = frames.pop();
        for (const frame of frames) {
          const data = frame.split("\n").find(line => line.startsWith("data: "));
          if (data) { told = true; etag = null; show(JSON.parse(data.slice(6))); }
        }
      }
    };

    // Streams while it can; else asks, more seldom after each failure.
    const run = async () => {
      for (let failed = 0; !signal.aborted;) {
        failed = await listen().catch(() => false) ? 0 : failed + 1;
        if (signal.aborted) return;
        await look().catch(() => {});
        await wait(Math.min(12e4, 1e3 * 2 ** failed) * (0.75 + Math.random() / 2));
        while (doc.hidden && !signal.aborted) await wait(5e3);
      }
    };

    const show = now => {
      const text = JSON.stringify(now);
      if (signal.aborted || text === last) return;
      last = text;
      held = now;
      safely(() => render(now));
      safely(() => onState && onState({ ...now }));
      safely(() => doc.dispatchEvent(new CustomEvent("regua:state", { detail: { ...now } })));
    };

    // A wall takes everything but itself; read_only takes what the app marks. What comes later is no way around.
    const hush = state => {
      if (watch) watch.disconnect();
      for (const one of hushed) one.inert = false;
      hushed = [];
      const wall = state === "wall";
      if (!wall && state !== "read_only") return;
      const all = () => {
        if (!host.isConnected) doc.body.append(host);
        for (const one of wall ? doc.body.children : doc.querySelectorAll("[data-regua-editable]")) {
          if (one !== host && !one.inert) { one.inert = true; hushed.push(one); }
        }
      };
      all();
      watch = new MutationObserver(() => safely(all));
      watch.observe(doc.body, { childList: true, subtree: !wall });
    };

    const clear = () => {
      if (root) root.replaceChildren();
      shown = null;
      hush();
      if (before) safely(() => before.focus());
      before = null;
    };

    const render = now => {
      if (now.state === "none" || now.put_away) return clear();
      if (!host) {
        host = el("regua-in-app");
        root = host.attachShadow({ mode: "open" });
        // No inline style: policies let a sheet through.
        safely(() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(CSS);
          root.adoptedStyleSheets = [sheet];
        });
        doc.body.append(host);
      }
      const dark = theme ? theme === "dark" : safely(() => matchMedia("(prefers-color-scheme:dark)").matches);
      host.className = dark ? "dark" : "";
      const wall = now.state === "wall", again = shown === now.state, had = again && root.activeElement && root.activeElement.localName;
      if (!again) clear();
      if (wall && !before) before = doc.activeElement;
      const box = el("section", "", wall ? "wall" : now.state === "notice" ? "bar notice" : "bar");
      const inner = el("div"), nav = el("nav"), title = el("h2", now.title);
      const said = [title, ...now.lines.map(line => el("p", line))];
      const set = (on, all) => Object.entries(all).forEach(([name, value]) => on.setAttribute(name, value));
      if (now.action && /^https?:/.test(now.action.href)) {
        const link = el("a", now.action.label);
        set(link, { href: now.action.href, target: "_blank", rel: "noopener noreferrer" });
        nav.append(link);
      }
      if (now.later) {
        const later = el("button", now.later);
        later.addEventListener("click", () => away(now));
        nav.append(later);
      }
      if (wall) {
        const list = el("ul");
        list.append(...now.owed.map(one => el("li", one.text)));
        set(box, { role: "dialog", "aria-modal": "true", "aria-labelledby": "t", lang: now.language });
        set(title, { id: "t", tabindex: "-1" });
        inner.append(...said, list, nav);
        box.append(inner);
        box.addEventListener("keydown", hold);
      } else {
        set(box, { role: "region", "aria-label": now.label, lang: now.language });
        set(inner, { role: "status", "aria-live": "polite" });
        box.append(inner, nav);
        // Into a live region that is there already: read aloud.
        setTimeout(() => inner.append(...said), 50);
      }
      root.replaceChildren(box);
      shown = now.state;
      hush(shown);
      const to = (had && root.querySelector(had)) || (wall && title);
      if (to) to.focus();
    };

    const hold = event => {
      if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); }
      if (event.key !== "Tab") return;
      const all = [...root.querySelectorAll("a,button")], at = all.indexOf(root.activeElement), next = at + (event.shiftKey ? -1 : 1);
      if (at >= 0 && next in all) return;
      event.preventDefault();
      if (all.length) all[event.shiftKey ? all.length - 1 : 0].focus();
    };

    const away = async now => {
      show({ ...now, put_away: true });
      await safely(async () => {
        const body = JSON.stringify({ state: now.state });
        const answer = await ask("/in-app/seen", { method: "POST", body, headers: { "Content-Type": "application/json" } });
        // What has become stricter meanwhile stays.
        if ((await answer.json()).put_away) return;
        etag = null;
        await look();
      }).catch(() => {});
    };

    if (typeof token === "function" && server) {
      if (doc.body) run();
      else doc.addEventListener("DOMContentLoaded", run, { once: true, signal });
    }
    return {
      stop: () => safely(() => { ending.abort(); clear(); if (host) host.remove(); }),
      refresh: () => look().catch(() => {}),
      get state() { return held; },
    };
  };

  window.Regua = Object.freeze({
    start: options => safely(() => start(options), { stop() {}, refresh: async () => {}, state: null }),
  });
})();
