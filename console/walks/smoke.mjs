import { accessible, must, signIn, walk } from "./browser.mjs";

// Every page opens by its key, writes no error and passes axe.
await walk("smoke", async (page) => {
  await signIn(page);
  for (const [key, name] of [["w", "Trabalho"], ["r", "Recebíveis"], ["c", "Clientes"], ["p", "Régua"], ["m", "Mensagens"], ["d", "Dinheiro"], ["l", "Relatórios"], ["s", "Configurações"], ["t", "Hoje"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await accessible(page, name);
  }
  must((await page.title()).includes("Régua"), "the title names the product");
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
});
