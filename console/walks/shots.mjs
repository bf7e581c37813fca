// Pictures of pages for looking at: `node walks/shots.mjs FOLDER /path=name …` (SIZE, DARK=1, LANG_=en, OUT=1 for pages outside).
import { BASE, launch, open, signIn } from "./browser.mjs";

const [folder, ...pages] = process.argv.slice(2);
const browser = await launch();
const page = await open(browser, { size: process.env.SIZE ?? "wide", dark: Boolean(process.env.DARK), lang: process.env.LANG_ ?? "pt" });
if (!process.env.OUT) await signIn(page);
for (const one of pages) {
  const at = one.lastIndexOf("=");
  const [path, name] = /=[\w.-]+$/.test(one) ? [one.slice(0, at), one.slice(at + 1)] : [one, one.replace(/\W+/g, "-")];
  await page.goto(BASE + path);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.waitForTimeout(Number(process.env.WAIT ?? 600));
  await page.screenshot({ path: `${folder}/${name}.png` });
}
if (page.wrong.length) console.error(page.wrong.join("\n"));
await browser.close();
