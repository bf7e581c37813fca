// Messages: found by step and day; a text of the company's own read with a real customer, refused where it threatens, published,
// withdrawn; a test to oneself; approvals by group.
import { accessible, BASE, must, signIn, walk } from "./browser.mjs";

await walk("messages", async (page) => {
  await signIn(page);
  await page.goto(`${BASE}/messages`);
  await page.getByRole("grid").getByRole("row").nth(3).waitFor();
  await accessible(page, "sent");
  await page.getByRole("combobox", { name: "Etapa" }).click();
  await page.getByRole("option", { name: "late5" }).click();
  await page.getByRole("status").filter({ hasText: /mensage/ }).waitFor();
  const steps = await page.getByRole("grid").getByRole("gridcell").filter({ hasText: /^(late5|late2|upcoming|issued)$/ }).allInnerTexts();
  must(steps.length > 0 && steps.every((step) => step === "late5"), `only the step: ${steps.slice(0, 5)}`);
  await page.getByRole("button", { name: "Limpar filtros" }).click();

  await page.goto(`${BASE}/messages?part=templates`);
  const preview = page.getByRole("region", { name: "Prévia" });
  await preview.locator("iframe").waitFor();
  await accessible(page, "templates");
  await page.getByLabel("Ver com um cliente ou título").fill("mariana");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  await preview.getByText(/^Fala de /).waitFor();
  await preview.getByRole("button", { name: "WhatsApp" }).click();
  await preview.getByRole("region", { name: "Como aparece no celular" }).getByText(/https:/).waitFor();
  await accessible(page, "a real customer on a telephone");

  await page.getByRole("button", { name: "Editar" }).click();
  const file = page.getByRole("textbox", { name: "Arquivo do modelo" });
  const before = await file.inputValue();
  const publish = page.getByRole("button", { name: "Publicar" });
  await file.fill(before.replace("--- short", "Do contrário haverá um processo judicial.\n\n--- short"));
  await page.getByText(/is a threat/).waitFor();
  must(await publish.isDisabled(), "a threat is not published");
  await accessible(page, "findings");
  await file.fill(before.replace("--- short\n", "--- short\nDa Nuvem Clara, com carinho. "));
  await page.getByText("Pronto para publicar").waitFor();
  await publish.click();
  await page.getByRole("dialog").getByRole("button", { name: "Publicar" }).click();
  await page.getByText("Texto publicado").waitFor();
  await page.getByRole("button", { name: "Voltar ao original" }).click();
  await accessible(page, "withdrawing");
  await page.getByRole("dialog").getByRole("button", { name: "Voltar ao original" }).click();
  await page.getByText("As mensagens voltam a usar o texto original").waitFor();
  await page.waitForFunction(() => !document.querySelector("textarea")?.value.includes("com carinho"));
  await page.getByText("O texto que vem com a Régua").waitFor();

  await page.getByRole("button", { name: "Enviar teste" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail de destino").fill("estranho@example.com");
  await dialog.getByRole("button", { name: "Enviar teste" }).click();
  await dialog.getByText(/invite them first/).waitFor();
  await page.keyboard.press("Escape");

  await page.goto(`${BASE}/messages?part=approvals`);
  await page.getByText(/Nada aguarda aprovação|O que será feito/).first().waitFor();
  await accessible(page, "approvals");
  must(page.wrong.length === 0, page.wrong.join("\n"));
});
