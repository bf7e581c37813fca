// How much the browser fetches first (what index.html names, and what that imports at once), compressed, and the largest pages.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const LIMIT = 300 * 1000;
const dist = new URL("../dist/", import.meta.url).pathname;
const html = readFileSync(`${dist}index.html`, "utf8");
const seen = new Set();
function reach(file) {
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith(".js")) return;
  // Static imports only: `import("…")` is what a page fetches later.
  for (const [, name] of readFileSync(`${dist}assets/${file}`, "utf8").matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) reach(name);
}
for (const [, name] of html.matchAll(/\/assets\/([^"]+)"/g)) reach(name);
const sizes = (file) => {
  const bytes = readFileSync(`${dist}assets/${file}`);
  return { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
};
let gzip = 0;
let brotli = 0;
for (const file of seen) {
  const size = sizes(file);
  gzip += size.gzip;
  brotli += size.brotli;
}
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log(`first load: ${kb(gzip)} gzip, ${kb(brotli)} brotli, ${seen.size} files (the font is apart)`);
const rest = readdirSync(`${dist}assets`).filter((file) => /\.(js|css)$/.test(file) && !seen.has(file)).map((file) => [file, sizes(file).gzip]).sort((a, b) => b[1] - a[1]);
for (const [file, size] of rest.slice(0, 12)) console.log(`  ${kb(size).padStart(9)}  ${file}`);
if (gzip > LIMIT) {
  console.error(`the first load is over ${kb(LIMIT)}`);
  process.exit(1);
}
