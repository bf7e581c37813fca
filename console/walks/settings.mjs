// Every part of the settings; a key is made and ended, a mode is previewed and left alone, everything is stopped and goes on.
import { accessible, BASE, must, signIn, walk } from "./browser.mjs";

const PARTS = { account: "Segurança e sessões", company: "Empresa e calendário", mode: "Modo e parada", brands: "Marcas", people: "Pessoas", keys: "Chaves de API", gateways: "Gateways", channels: "Canais", endpoints: "Webhooks", inapp: "No seu produto", health: "Diagnóstico", audit: "Auditoria" };

await walk("settings", async (page) => {
  await signIn(page);
  for (const [part, name] of Object.entries(PARTS)) {
    await page.goto(`${BASE}/settings?part=${part}`);
    await page.getByRole("heading", { level: 2, name }).waitFor();
    await page.waitForLoadState("networkidle");
    await accessible(page, part);
  }

  await page.goto(`${BASE}/settings?part=mode`);
  await page.getByRole("region", { name: "Aprovação" }).getByRole("button").click();
  await page.getByRole("dialog").getByText(/mensagens para|Nada sai/).waitFor();
  await accessible(page, "change of mode");
  await page.getByRole("button", { name: "Cancelar" }).click();
  await page.getByRole("region", { name: "Parada geral" }).getByRole("button", { name: "Parar tudo" }).click();
  await page.getByLabel(/Motivo/).fill("caminhada de teste");
  await page.getByRole("dialog").getByRole("button", { name: "Parar tudo" }).click();
  await page.getByRole("region", { name: "Parada geral" }).getByRole("button", { name: "Retomar" }).waitFor();
  await page.getByText("caminhada de teste").first().waitFor();
  await accessible(page, "stopped");
  await page.getByRole("region", { name: "Parada geral" }).getByRole("button", { name: "Retomar" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retomar" }).click();
  await page.getByText("A cobrança está andando.").waitFor();

  await page.goto(`${BASE}/settings?part=keys`);
  await page.getByRole("button", { name: "Criar chave" }).click();
  const name = `loja ${Date.now()}`;
  await page.getByLabel("Nome").fill(name);
  await page.getByLabel("receivables:read").click();
  await accessible(page, "key form");
  await page.getByRole("dialog").getByRole("button", { name: "Criar chave" }).click();
  must((await page.locator("code[aria-label='Segredo da chave']").innerText()).startsWith("rk_"), "a secret is shown");
  await page.getByRole("button", { name: "Pronto" }).click();
  await page.getByRole("button", { name: `Mais: ${name}` }).click();
  await page.getByRole("menuitem", { name: "Encerrar" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Encerrar" }).click();
  await page.getByRole("listitem").filter({ hasText: name }).getByText("Encerrada").waitFor();

  await page.goto(`${BASE}/settings?part=brands`);
  await page.getByRole("button", { name: "Adicionar marca" }).click();
  await page.getByLabel("Nome", { exact: true }).fill("Nuvem Pro");
  await page.getByLabel("Chave", { exact: true }).fill("nuvem-pro");
  await page.getByLabel(/Documento/).fill("CNPJ 12.345.678/0001-95");
  await page.getByLabel(/Endereço em uma linha/).fill("Rua das Palmeiras, 100, São Paulo");
  await page.getByLabel("Contato", { exact: true }).fill("pro@nuvem.example");
  await page.getByLabel("Onde ver e pagar").fill("https://pro.nuvem.example/p");
  await page.getByLabel("E-mail do remetente").fill("pro@nuvem.example");
  await page.getByLabel(/^Cor/).fill("#0f766e");
  await accessible(page, "brand form");
  await page.getByRole("dialog").getByRole("button", { name: "Salvar" }).click();
  await page.getByRole("button", { name: "Mais: Nuvem Pro" }).click();
  await page.getByRole("menuitem", { name: "Remover" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remover" }).click();
  await page.getByText("Uma marca só, a do arquivo").waitFor();

  await page.goto(`${BASE}/settings?part=endpoints`);
  await page.getByRole("button", { name: "Adicionar endereço" }).click();
  await page.getByLabel("Endereço (https)").fill("https://erp.nuvem.example/regua");
  await page.getByRole("button", { name: "Só os escolhidos" }).click();
  await page.getByLabel("receivable.paid").click();
  await accessible(page, "endpoint form");
  await page.getByRole("dialog").getByRole("button", { name: "Salvar" }).click();
  must((await page.locator("code[aria-label='Segredo do webhook']").innerText()).startsWith("whsec_"), "a secret is shown");
  await page.getByRole("button", { name: "Pronto" }).click();
  await page.getByRole("button", { name: "Entregas" }).click();
  await page.getByText("Nada foi enviado ainda").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Mais: https/ }).click();
  await page.getByRole("menuitem", { name: "Remover" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remover" }).click();
  await page.getByText("Nenhum webhook ainda").waitFor();

  await page.goto(`${BASE}/settings?part=health`);
  const prove = page.getByRole("button", { name: "Provar agora" });
  await prove.waitFor();
  if (await prove.isEnabled()) await prove.click();
  // It takes as long as the book is large; that it runs, or has ended, is enough here.
  await page.getByText(/Provando|Tudo confere|divergências/).waitFor();

  await page.goto(`${BASE}/settings?part=audit`);
  await page.getByRole("row").filter({ hasText: "Chave encerrada" }).first().click();
  await page.getByRole("dialog").getByText("Marca").waitFor();
  await accessible(page, "audit event");
});
