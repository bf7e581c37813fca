// Every walk of this folder, one after the other: `CONSOLE=http://127.0.0.1:5173 npm run walk [names]`.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const here = new URL(".", import.meta.url).pathname;
const names = process.argv.slice(2);
const files = readdirSync(here).filter((file) => file.endsWith(".mjs") && !["all.mjs", "browser.mjs", "pictures.mjs", "stand.mjs"].includes(file));
let failed = 0;
for (const file of files.filter((one) => names.length === 0 || names.includes(one.replace(".mjs", "")))) {
  const { status } = spawnSync(process.execPath, [here + file], { stdio: "inherit" });
  if (status !== 0) failed += 1;
}
process.exit(failed ? 1 : 0);
