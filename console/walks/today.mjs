// Today as an operator reads it; the palette finds a customer by name and a receivable by number; everything by keyboard.
import { accessible, must, open, signIn, walk } from "./browser.mjs";

await walk("today", async (page, browser) => {
  await signIn(page);
  await page.getByText("Recuperado em 7 dias").waitFor();
  await page.getByRole("link", { name: /Tarefas abertas pela régua/ }).waitFor();
  await page.getByText("Pagamentos por semana").waitFor();
  await page.locator("figure svg").nth(1).waitFor();
  await accessible(page, "today");

  await page.getByRole("button", { name: "7 dias" }).click();
  await page.getByRole("cell", { name: "upcoming" }).waitFor();
  await page.getByRole("button", { name: "Ver um a um" }).click();
  await page.getByRole("dialog").getByText(/sent by/).first().waitFor();
  await accessible(page, "step by step");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("otica");
  await page.getByRole("option", { name: /Ótica/ }).first().waitFor();
  await accessible(page, "palette");
  await page.getByRole("combobox").fill("FAT-00070");
  await page.getByRole("option", { name: /FAT-00070/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/receivables/rcv_*");

  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Atalhos do teclado").waitFor();
  await accessible(page, "help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await page.getByRole("heading", { level: 1, name: "Hoje" }).waitFor();
  await page.keyboard.press("Shift+T");
  must(await page.evaluate(() => document.documentElement.classList.contains("dark")), "Shift T is dark");
  await accessible(page, "today in the dark");

  const tablet = await open(browser, { size: "tablet", lang: "en" });
  await signIn(tablet);
  await tablet.getByText("Recovered in 7 days").waitFor();
  must(await tablet.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing sticks out on a tablet");
  await accessible(tablet, "today on a tablet, in English");
  must(tablet.wrong.length === 0, tablet.wrong.join("\n"));
});
