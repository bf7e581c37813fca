// The built console as the binary serves it: `dist/` at `/` with the strict policy, /v1 passed on. And a fresh installation.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as listener } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

const DIST = new URL("../dist/", import.meta.url).pathname;
const KINDS = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".html": "text/html; charset=utf-8" };
export const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const shift = 12 - new Date().getUTCHours();
/** A zone in which it is noon or thereabouts: nobody is written to at night. */
export const noon = shift === 0 ? "Etc/UTC" : `Etc/GMT${shift > 0 ? "-" : "+"}${Math.abs(shift)}`;
/** The civil day there, some days from now. */
export const dayAtNoon = (days) => new Date(Date.now() + shift * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

/** Serves dist/ on a free port (or `port`), passing what is not a file of it on to `server`. */
export async function serveDist(server, port = 0) {
  const to = new URL(server);
  const web = createServer((asked, answer) => {
    const path = normalize(new URL(asked.url, "http://x").pathname);
    if (path.startsWith("/v1") || path.startsWith("/in-app")) {
      const on = request({ host: to.hostname, port: to.port, path: asked.url, method: asked.method, headers: asked.headers }, (told) => {
        answer.writeHead(told.statusCode, told.headers);
        told.pipe(answer);
      });
      on.on("error", () => answer.writeHead(502).end());
      asked.pipe(on);
      return;
    }
    const file = join(DIST, path);
    const there = path !== "/" && file.startsWith(DIST) && existsSync(file) && extname(file);
    const body = readFileSync(there ? file : join(DIST, "index.html"));
    answer.writeHead(200, { "content-type": KINDS[there ? extname(file) : ".html"] ?? "application/octet-stream", "content-security-policy": POLICY, "x-content-type-options": "nosniff", "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache" });
    answer.end(body);
  });
  await new Promise((done) => web.listen(port, "127.0.0.1", done));
  return { base: `http://127.0.0.1:${web.address().port}`, stop: () => new Promise((done) => { web.closeAllConnections(); web.close(done); }) };
}

/** A port that nobody listens on. */
function freePort() {
  return new Promise((done) => {
    const one = listener().listen(0, "127.0.0.1", () => {
      const { port } = one.address();
      one.close(() => done(port));
    });
  });
}

/**
 * A new installation, served: where it answers, and the token by which its first owner is set up. With `captured` its mails are
 * written into a folder, so that it may leave the shadow.
 */
export async function freshServer({ captured = false } = {}) {
  const port = await freePort();
  const regua = process.env.REGUA_BIN ?? "regua";
  const root = mkdtempSync(join(tmpdir(), "regua-walk-"));
  const dir = join(root, "nuvem");
  const made = spawnSync(regua, ["init", dir, "--name", "Nuvem Clara", "--address", "Rua das Palmeiras, 100, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@nuvem.example", "--link", "https://conta.nuvem.example/p", "--from", "Nuvem Clara <contas@nuvem.example>"], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`regua init: ${made.stderr || made.error}`);
  if (captured) {
    const file = join(dir, "regua.toml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^# capture = "off"$/m, 'capture = "captured"'));
  }
  const child = spawn(regua, ["serve", "--dir", dir, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const token = await new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`regua serve did not begin:\n${said}`)), 60_000);
    const hear = (chunk) => {
      said += chunk;
      const found = /token ([0-9a-f]{16,})[\s\S]*Running/.exec(said);
      if (found) {
        clearTimeout(timer);
        done(found[1]);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
  });
  return {
    address: `http://127.0.0.1:${port}`,
    token,
    /** What the server wrote so far. */
    said: () => said,
    /** Ends it, and has the books verified: the chain of each customer, and what stands against what was logged. */
    stop: async () => {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGINT");
      await gone;
      const verified = spawnSync(regua, ["verify", "--dir", dir], { encoding: "utf8" });
      rmSync(root, { recursive: true, force: true });
      if (verified.status !== 0) throw new Error(`regua verify: ${verified.stdout}${verified.stderr}`);
      console.log("ok verified");
    },
  };
}
