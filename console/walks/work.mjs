// The list of calls worked by keyboard: taken, put off with an outcome and undone, a promise and a note; in the dark and on a tablet.
import { accessible, must, open, signIn, walk } from "./browser.mjs";

await walk("work", async (page, browser) => {
  await signIn(page);
  await page.getByRole("navigation").getByRole("link", { name: /^Trabalho/ }).click();
  const row = page.getByRole("grid", { name: "Tarefas por cliente" }).getByRole("row").filter({ hasText: "R$" }).first();
  await row.waitFor();
  await accessible(page, "the list of calls");

  await page.keyboard.press("j");
  const desk = page.getByRole("complementary", { name: "Cliente selecionado" });
  await desk.getByText("Como terminou a ligação").waitFor();
  await page.keyboard.press("c");
  await desk.getByText(/Com você até/).waitFor();
  await page.getByRole("row").getByText("com você").waitFor();
  await accessible(page, "a case at the desk");

  await page.keyboard.press("2");
  await page.getByText(/Não atendeu: volta em/).waitFor();
  await page.getByRole("button", { name: "Desfazer" }).click();
  await page.getByText("A tarefa voltou para a lista").waitFor();

  await row.waitFor();
  await page.keyboard.press("j");
  await desk.getByText("Como terminou a ligação").waitFor();
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByLabel("Anotação").fill("Prefere ligações pela manhã.");
  await accessible(page, "a note");
  await page.getByRole("dialog").getByRole("button", { name: "Registrar" }).click();
  await desk.getByText("Prefere ligações pela manhã.").first().waitFor();

  await page.keyboard.press("1");
  await page.getByRole("dialog").getByLabel("Prometeu pagar em").waitFor();
  await accessible(page, "a promise");
  await page.keyboard.press("Enter");
  await page.getByText("Prometeu pagar: tarefa encerrada").waitFor();
  await page.getByRole("button", { name: "Encerradas" }).click();
  await page.getByRole("row").getByText("Prometeu pagar").first().waitFor();

  const tablet = await open(browser, { size: "tablet", dark: true, lang: "en" });
  await signIn(tablet);
  await tablet.goto(`${new URL(tablet.url()).origin}/work?part=mend`);
  await tablet.getByRole("row").filter({ hasText: "R$" }).first().waitFor();
  await tablet.keyboard.press("j");
  await tablet.getByRole("complementary", { name: "Selected customer" }).getByText("What was done").waitFor();
  must(await tablet.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing sticks out on a tablet");
  await accessible(tablet, "contacts to mend on a tablet in the dark, in English");
  must(tablet.wrong.length === 0, tablet.wrong.join("\n"));
});
