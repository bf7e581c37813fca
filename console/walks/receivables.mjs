import { readFile } from "node:fs/promises";
import { accessible, BASE, must, open, signIn, walk } from "./browser.mjs";

// Narrow, look, act on one and on many with undo, hold an act above a limit, export.
await walk("receivables", async (page, browser) => {
  page.setDefaultTimeout(60_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  const table = page.getByRole("grid", { name: "Recebíveis" });
  await table.getByRole("row").nth(3).waitFor();
  await accessible(page, "recebíveis");

  // The strip narrows the list, and the address keeps it.
  await page.getByRole("button", { name: /^1 a 30 dias/ }).click();
  await page.waitForURL(/age=1-30/);
  await table.getByText("Em aberto").first().waitFor();

  // By the keyboard: down, open, and the panel tells what is owed.
  await table.focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Título selecionado" });
  await panel.getByText("A pagar hoje").waitFor();
  for (const tab of ["Razão", "Pagamentos", "Formas de pagar", "Tentativas", "Histórico"]) await panel.getByRole("tab", { name: tab }).click();
  await panel.getByText(/Título registrado/).waitFor();
  await accessible(page, "painel");
  const number = (await panel.getByRole("heading", { level: 2 }).innerText()).split(/\s/)[0];

  // One act, and back.
  await page.keyboard.press("p");
  await panel.getByRole("button", { name: "Retomar" }).waitFor();
  await page.getByRole("button", { name: "Desfazer" }).first().click();
  await panel.getByRole("button", { name: "Pausar" }).waitFor();
  await page.keyboard.press("m");
  await page.getByRole("dialog").getByLabel(/^Observação/).fill("Prometeu por telefone");
  await accessible(page, "promessa");
  await page.getByRole("dialog").getByRole("button", { name: "Registrar promessa" }).click();
  await panel.getByText(/Promessa de pagamento até/).first().waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // A promise is taken back by the undo, and by hand where one stands.
  await page.getByRole("button", { name: "Desfazer", exact: true }).first().click();
  await panel.getByText(/Promessa de pagamento até/).waitFor({ state: "detached" });
  await page.keyboard.press("m");
  await page.getByRole("dialog").getByRole("button", { name: "Registrar promessa" }).click();
  await panel.getByText(/Promessa de pagamento até/).first().waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await panel.getByRole("button", { name: "Mais ações" }).click();
  await page.getByRole("menuitem", { name: "Desfazer promessa" }).click();
  await accessible(page, "desfazer promessa");
  await page.getByRole("dialog").getByRole("button", { name: "Desfazer promessa" }).click();
  await panel.getByText(/Promessa de pagamento até/).waitFor({ state: "detached" });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });

  // Many: a preview, the run, what came of each, and back.
  await table.focus();
  await page.keyboard.press("Home");
  for (let at = 0; at < 4; at++) {
    await page.keyboard.press("x");
    await page.keyboard.press("j");
  }
  await page.keyboard.press("Shift+P");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("4 títulos entram").waitFor();
  await accessible(page, "prévia em massa");
  await dialog.getByRole("button", { name: "Pausar 4 títulos" }).click();
  await dialog.getByText("4 feitos").waitFor();
  await dialog.getByRole("button", { name: "Desfazer 4 títulos" }).click();
  await dialog.getByRole("button", { name: "Fechar" }).last().waitFor();
  await dialog.getByText("4 feitos").waitFor();
  await dialog.getByRole("button", { name: "Fechar" }).last().click();

  // The search narrows by the beginning of a number or of a name, says when it finds nothing, and opens a whole number.
  await page.keyboard.press("/");
  await page.keyboard.type("farmacia");
  await table.getByText(/Farmácia/).first().waitFor();
  must(!page.url().includes("farmacia"), "a name does not go to the address");
  await page.getByRole("searchbox").fill("NÃO-EXISTE");
  await page.getByText(/Nenhum título com estes filtros/).waitFor();
  await page.getByRole("searchbox").fill(number);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`number=${number}`));
  await page.keyboard.press("Escape");

  // The largest overdue first, whatever the filter; kept as a view, found again, and deleted.
  await page.goto(`${BASE}/receivables?age=late`);
  await table.getByRole("row").nth(2).waitFor();
  await table.getByRole("button", { name: "Saldo" }).click();
  await page.waitForURL(/sort=-balance/);
  await page.getByRole("status").getByText(/títulos · R\$/).waitFor();
  const view = `Maiores vencidos ${Date.now() % 10_000}`;
  await page.getByRole("button", { name: "Visões salvas" }).click();
  await page.getByRole("menuitem", { name: "Salvar esta visão…" }).click();
  await page.getByRole("dialog").getByLabel("Nome").fill(view);
  await accessible(page, "salvar visão");
  await page.getByRole("dialog").getByRole("button", { name: "Salvar", exact: true }).click();
  await page.getByRole("button", { name: view }).waitFor();
  await page.goto(`${BASE}/receivables`);
  await page.getByRole("button", { name: "Visões salvas" }).click();
  await page.getByRole("menuitem", { name: view }).click();
  await page.waitForURL(/age=late.*sort=-balance|sort=-balance.*age=late/);
  await page.getByRole("button", { name: view }).click();
  await page.getByRole("menuitem", { name: `Excluir “${view}”` }).click();
  await page.getByRole("button", { name: "Visões salvas" }).waitFor();

  // A file that a spreadsheet of Brazil reads.
  await page.goto(`${BASE}/receivables?age=late`);
  await table.getByRole("row").nth(2).waitFor();
  await page.getByRole("button", { name: "Exportar CSV" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("dialog").getByRole("button", { name: "Exportar", exact: true }).click()]);
  const csv = await readFile(await file.path(), "utf8");
  must(csv.startsWith("\ufeffTítulo;Cliente;Situação"), "the file begins with its head");
  must(csv.trim().split("\r\n").length > 10 && /;\d+,\d\d;/.test(csv), "the file has rows with decimal commas");
  await page.getByRole("dialog").getByRole("button", { name: "Fechar" }).last().click();

  await heldAct(page, browser);
});

/** Somebody with a limit asks, and somebody else approves where it is about. */
async function heldAct(page, browser) {
  const email = `walk-${Date.now()}@example.com`;
  const password = "tartaruga-verde-98-lago";
  await page.evaluate(async ({ email, password }) => {
    const { csrf_token } = await (await fetch("/v1/session")).json();
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf_token };
    const made = await fetch("/v1/people", { method: "POST", headers, body: JSON.stringify({ email, name: "Bia Cobrança", role: "collector", limit: 1 }) });
    const { token } = await made.json();
    await fetch("/v1/invitations/accept", { method: "POST", headers, body: JSON.stringify({ token, password }) });
  }, { email, password });
  const other = await open(browser, { size: "laptop" });
  await signIn(other, email, password);
  await other.goto(`${BASE}/receivables?age=late`);
  const grid = other.getByRole("grid", { name: "Recebíveis" });
  await grid.getByRole("row").nth(2).waitFor();
  await grid.focus();
  await other.keyboard.press("End");
  await other.keyboard.press("Enter");
  const aside = other.getByRole("complementary", { name: "Título selecionado" });
  await aside.getByText("A pagar hoje").waitFor();
  const path = new URL(other.url()).searchParams.get("open");
  await other.keyboard.press("w");
  await other.getByRole("dialog").getByText(/Acima do seu limite/).waitFor();
  await other.getByRole("dialog").getByRole("button", { name: "Baixar como perda" }).click();
  await aside.getByText("Seu pedido aguarda aprovação").waitFor();
  await accessible(other, "ato retido");
  must(other.wrong.length === 0, other.wrong.join("\n"));
  await page.goto(`${BASE}/receivables/${path}`);
  await page.getByText("Pedido de Bia Cobrança aguarda aprovação").waitFor();
  await page.getByRole("button", { name: "Aprovar" }).click();
  await page.getByText("Baixado como perda").first().waitFor();
}
