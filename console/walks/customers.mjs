import { accessible, BASE, must, open, signIn, walk } from "./browser.mjs";

// Find somebody by name, read the history, act, change contacts, look at what comes; erasing is asked about and left.
await walk("customers", async (page, browser) => {
  page.setDefaultTimeout(60_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page);
  await page.goto(`${BASE}/receivables?age=late`);
  await page.getByRole("grid").getByRole("row").nth(2).waitFor();
  const code = await page.getByRole("grid").getByText(/^C-\d+/).first().innerText();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  const table = page.getByRole("grid", { name: "Clientes" });
  await table.getByRole("row").nth(3).waitFor();
  await accessible(page, "clientes");
  await page.keyboard.press("/");
  await page.keyboard.type("farmacia");
  await table.getByText(/Farmácia/).first().waitFor();
  must(!page.url().includes("farmacia"), "a name does not go to the address");
  await page.getByRole("searchbox").fill(code);
  await page.keyboard.press("Enter");
  await page.waitForURL(/customers\/cus_/);
  await page.getByText("A pagar hoje").waitFor();

  // The history has messages with their text as it was sent.
  const show = page.getByRole("button", { name: "Ver o texto como foi enviado" }).first();
  await show.waitFor({ timeout: 20_000 });
  await page.keyboard.press("j");
  await show.click();
  await page.getByRole("article", { name: "Texto enviado" }).getByText(/Nuvem Clara/).first().waitFor();
  await accessible(page, "histórico");
  await page.keyboard.press("2");
  await page.getByRole("grid", { name: "Títulos" }).getByRole("row").nth(1).waitFor();
  await accessible(page, "títulos do cliente");
  await page.keyboard.press("3");
  await page.getByRole("tabpanel", { name: "O que vem" }).getByText(/nos próximos/).waitFor();
  await accessible(page, "o que vem");
  await page.keyboard.press("1");

  // Pause and back; hold with a cause and back.
  await page.keyboard.press("p");
  await page.getByText("Cliente pausado").waitFor();
  await page.getByRole("button", { name: "Desfazer" }).first().click();
  await page.getByText("Desfeito").waitFor();
  await page.keyboard.press("b");
  await page.getByRole("dialog").getByLabel(/^Observação/).fill("Aguardando a nota");
  await page.getByRole("dialog").getByRole("button", { name: "Bloquear" }).click();
  await page.getByText("Bloqueio manual").first().waitFor();
  await page.getByRole("button", { name: "Desfazer" }).first().click();
  await page.getByText("Bloqueio manual").first().waitFor({ state: "detached" });

  // A link to the portal, shown once and in no address.
  await page.getByRole("button", { name: "Link do portal" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Copiar/ }).waitFor();
  await accessible(page, "link");
  await page.keyboard.press("Escape");

  // Contacts: one more, saved, then that nothing is wanted there.
  await page.getByRole("button", { name: "Editar dados e contatos" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "Adicionar contato" }).click();
  const address = `financeiro-${Date.now()}@example.com`;
  await sheet.getByLabel("Endereço ou número").last().fill(address);
  await accessible(page, "editar contatos");
  await sheet.getByRole("button", { name: "Salvar" }).click();
  await page.getByText(address).waitFor();
  await page.getByRole("button", { name: `Opções de ${address}` }).click();
  await page.getByRole("menuitem", { name: "Registrar que não quer mensagens" }).click();
  await page.getByText("não quer mensagens", { exact: true }).first().waitFor();

  // Erasing says what it means and wants the code; here it is left.
  await page.getByRole("button", { name: "Mais ações" }).click();
  await page.getByRole("menuitem", { name: "Apagar pessoa" }).click();
  const erase = page.getByRole("dialog");
  must(await erase.getByRole("button", { name: "Apagar pessoa" }).isDisabled(), "erasing waits for the code");
  await accessible(page, "apagar");
  await erase.getByRole("button", { name: "Cancelar" }).click();

  // The same in the dark, on a tablet.
  const tablet = await open(browser, { size: "tablet", dark: true });
  await tablet.emulateMedia({ reducedMotion: "reduce" });
  await signIn(tablet);
  await tablet.goto(page.url());
  await tablet.getByText("A pagar hoje").waitFor();
  await accessible(tablet, "cliente no tablet");
  const wide = await tablet.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  must(!wide, "nothing stands out of a tablet");
  must(tablet.wrong.length === 0, tablet.wrong.join("\n"));
});
