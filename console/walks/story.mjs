// One company from nothing to its first report, against the real binary on its own address: set-up, a file, a policy written, looked
// at in numbers and published, the first batch read and approved, a call worked and its promise entered, a line of the bank booked,
// a report read; axe on each page; in the end the books are verified. Needs REGUA_BIN and `npm run build`.
import { readFileSync } from "node:fs";
import { accessible, launch, must, open } from "./browser.mjs";
import { dayAtNoon as day, freshServer, noon } from "./stand.mjs";

const PASSWORD = "ana come pão de queijo";
const EMAIL = "dona@nuvem.example";
const REMINDED = 12;
const LATER = 6;

const POLICY = `regua: 1
name: Primeira
currency: BRL
timezone: ${noon}
time: "08:00"
contact: { rulebook: none, channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: upcoming, at: D-5, do: notify, template: upcoming, tone: friendly }
reactions:
  - { on: dispute_opened, do: task, queue: ligar }
`;

/** Twelve that are reminded today, six on the days after; and a row that is no good. */
function book() {
  const rows = [];
  const row = (at, due) => rows.push(`N-${at},C-${at},${day(-1)},${day(due)},${(180 + at).toFixed(2)},BRL,Cliente ${at},cliente${at}@exemplo.com.br,+5511987650${String(100 + at)}`);
  for (let at = 1; at <= REMINDED; at++) row(at, 5);
  for (let at = 1; at <= LATER; at++) row(200 + at, 5 + at);
  rows.push(`N-300,C-300,${day(-1)},31/02/2026,abc,BRL,Cliente 300,cliente300@exemplo.com.br,`);
  return `receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,phone\n${rows.join("\n")}\n`;
}

const statement = (amount) => `<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS><STMTRS><CURDEF>BRL</CURDEF>
<BANKACCTFROM><BANKID>341</BANKID><BRANCHID>0057</BRANCHID><ACCTID>12345-7</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>
<BANKTRANLIST><DTSTART>${day(-3).replaceAll("-", "")}</DTSTART><DTEND>${day(0).replaceAll("-", "")}</DTEND>
<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>${day(0).replaceAll("-", "")}</DTPOSTED><TRNAMT>${amount}</TRNAMT><FITID>L1</FITID><MEMO>PIX RECEBIDO</MEMO></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>${amount}</BALAMT><DTASOF>${day(0).replaceAll("-", "")}</DTASOF></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
`;

const server = await freshServer({ captured: true });
const base = server.address;
const browser = await launch();
const begun = Date.now();
const said = (what) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${what}`);
try {
  const page = await open(browser);
  page.setDefaultTimeout(60_000);
  await page.goto(base);
  await page.waitForURL("**/setup");
  await accessible(page, "set-up");
  await page.getByLabel("Código de instalação").fill(server.token);
  await page.getByLabel("Seu nome").fill("Dona Clara");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Nova senha").fill(PASSWORD);
  await page.getByRole("button", { name: "Criar conta e entrar" }).click();
  await page.getByRole("heading", { name: "Primeiros passos" }).waitFor();
  said("set up");

  // What the browser is signed in with, for what no page has a button for: letting the company run at once.
  const session = await page.evaluate(() => fetch("/v1/session").then((told) => told.json()));
  const ask = (method, path, body) => page.evaluate(async ([method, path, body, csrf]) => {
    const told = await fetch(`/v1${path}`, { method, headers: { "X-CSRF-Token": csrf, ...(body ? { "Content-Type": "application/json" } : {}) }, body: body ? JSON.stringify(body) : undefined });
    if (!told.ok) throw new Error(`${method} ${path}: ${told.status} ${await told.text()}`);
    return told.status === 204 ? null : told.json();
  }, [method, path, body, session.csrf_token]);
  const until = async (what, found) => {
    for (let tries = 0; tries < 240; tries++) {
      const value = await found();
      if (value) return value;
      await page.waitForTimeout(250);
    }
    throw new Error(`in a minute there was no ${what}`);
  };

  await page.getByRole("button", { name: "Importar arquivo" }).first().click();
  await page.setInputFiles("input[type=file]", { name: "carteira.csv", mimeType: "text/csv", buffer: Buffer.from(book()) });
  await page.getByText("Linhas recusadas").first().waitFor();
  await page.getByText("Como as colunas foram lidas").waitFor();
  await accessible(page, "a file with a row that is no good");
  await page.getByRole("button", { name: "Gravar" }).click();
  await page.getByText(`${REMINDED + LATER} títulos`).waitFor();
  await accessible(page, "Today with a new book");
  said("imported");

  await page.goto(`${base}/policy?part=text`);
  const text = page.getByLabel("Texto da régua");
  await text.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(POLICY);
  await page.keyboard.press("Escape"); // what could follow the last word is offered
  await page.getByText("Pode ser publicada").waitFor();
  await page.getByText("Rascunho não publicado").waitFor();
  await accessible(page, "the text of a policy");
  await page.getByRole("tab", { name: "Prévia" }).click();
  await page.getByRole("button", { name: "7 dias" }).click();
  await page.getByText("Se o rascunho fosse publicado agora").waitFor();
  await page.getByText(/a régua envia \d+ mensagens a \d+ clientes/).waitFor();
  await accessible(page, "the preview of a draft");
  await page.getByRole("tab", { name: "Etapas" }).click();
  await page.getByRole("button", { name: /^upcoming D-5/ }).waitFor();
  await accessible(page, "the ladder");
  await page.getByRole("button", { name: "Publicar" }).click();
  await page.getByRole("dialog").getByLabel(/^Motivo/).fill("a primeira");
  await accessible(page, "publishing");
  await page.getByRole("dialog").getByRole("button", { name: "Publicar" }).click();
  const migrate = page.getByRole("dialog", { name: /Migrar títulos em aberto/ });
  await migrate.getByRole("button", { name: /^Migrar \d+ títulos$/ }).and(page.locator(":enabled")).waitFor();
  await accessible(page, "moving open receivables");
  await migrate.getByRole("button", { name: /^Migrar/ }).click();
  await page.getByText(/títulos migrados$/).waitFor();
  said("published");

  await page.getByRole("tab", { name: "Simulação" }).click();
  await page.getByRole("button", { name: "Simular" }).click();
  await page.getByRole("heading", { name: "Mensagens por semana" }).waitFor();
  await accessible(page, "a backtest");
  said("backtested");

  await ask("PUT", "/mode", { mode: "approve" });
  await ask("POST", "/run");
  const waits = async () => (await ask("GET", "/approvals?limit=200")).items;
  await until("approvals", async () => (await waits()).length >= REMINDED);
  const of = async (step) => (await waits()).filter((one) => one.step === step);
  must((await ask("GET", "/messages?status=sent&limit=200")).items.length === 0, "nothing goes before somebody says so");
  await page.goto(`${base}/messages?part=approvals`);
  const approve = async (step) => {
    const count = (await of(step)).length;
    await page.getByRole("button", { name: new RegExp(step) }).first().click();
    const batch = page.getByRole("complementary", { name: "Lote da etapa" });
    if (step === "upcoming") {
      await batch.getByText("Amostra 1 de 5").waitFor();
      await batch.getByText(/Nuvem Clara/).first().waitFor();
      await accessible(page, "a batch");
    }
    await batch.getByRole("button", { name: `Aprovar as ${count}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: `Aprovar ${count} etapas` }).click();
    await page.getByText(`${count} etapas aprovadas`).waitFor();
  };
  const reminded = new Set((await of("upcoming")).map((one) => one.customer)).size;
  must(reminded >= REMINDED, `${reminded} wait to be reminded`);
  await approve("upcoming");
  const sent = await until("message", async () => {
    const { items } = await ask("GET", "/messages?status=sent&step=upcoming&limit=200");
    return items.length >= reminded ? items : null;
  });
  must(sent.length === reminded && new Set(sent.map((one) => one.customer)).size === reminded, "each customer hears once");
  await page.goto(`${base}/messages`);
  await page.getByRole("grid").getByText("upcoming").first().waitFor();
  await accessible(page, "messages that went out");
  said("the first batch is out");

  await ask("POST", "/receivables/N-2/dispute", { reason: "cobrança em duplicidade" });
  await until("approval", async () => (await of("on.dispute_opened")).length === 1);
  await ask("POST", "/receivables/N-2/approve", { step: "on.dispute_opened" });
  await until("task", async () => (await ask("GET", "/tasks?limit=200")).items.length > 0);
  await page.goto(`${base}/work`);
  await page.getByRole("grid", { name: "Tarefas por cliente" }).getByRole("row").filter({ hasText: "Cliente 2" }).first().waitFor();
  await page.keyboard.press("j");
  const desk = page.getByRole("complementary", { name: "Cliente selecionado" });
  await desk.getByText("Como terminou a ligação").waitFor();
  await page.keyboard.press("c");
  await desk.getByText(/Com você até/).waitFor();
  await accessible(page, "a case at the desk");
  await page.keyboard.press("1");
  await page.getByRole("dialog").getByLabel("Prometeu pagar em").waitFor();
  await accessible(page, "a promise");
  await page.keyboard.press("Enter");
  await page.getByText("Prometeu pagar: tarefa encerrada").waitFor();
  said("worked the list");

  await ask("POST", "/bank/accounts", { name: "itau", bank: "341", branch: "0057", number: "12345-7" });
  await page.goto(`${base}/money?part=bank`);
  await page.getByText("Nada a conciliar").waitFor();
  await page.setInputFiles("input[type=file]", { name: "extrato.ofx", mimeType: "application/x-ofx", buffer: Buffer.from(statement("181.00")) });
  const line = page.getByRole("grid").getByText("PIX RECEBIDO").first();
  await line.click();
  const panel = page.getByRole("complementary", { name: "Linha selecionada" });
  await panel.getByLabel("Outros títulos").fill("N-1");
  await accessible(page, "a line of the bank");
  await panel.getByLabel("Outros títulos").press("Enter");
  await page.getByText(/Baixado em/).waitFor();
  await until("payment", async () => (await ask("GET", "/receivables/N-1")).status === "paid");
  await page.goto(`${base}/money`);
  await page.getByRole("grid").getByText("N-1").first().waitFor();
  said("reconciled");

  await page.goto(`${base}/reports`);
  await page.getByText(/Saldo em aberto por atraso em/).first().waitFor();
  await accessible(page, "a report");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).first().click();
  const csv = readFileSync(await (await download).path(), "utf8");
  must(/A vencer;/.test(csv) && csv.split("\n").length > 7, `the report as CSV: ${csv}`);
  await page.goto(`${base}/reports?part=results`);
  await page.getByRole("heading", { name: "Por etapa e canal" }).waitFor();
  await accessible(page, "results of messages");

  must((await ask("GET", "/tasks?limit=10")).items.length === 0, "nothing is left to call");
  must((await ask("GET", "/receivables/N-2")).stands.promises.length === 1, "the promise is entered");
  for (const path of ["/receivables", "/customers", "/settings?part=company", "/settings?part=audit"]) {
    await page.goto(`${base}${path}`);
    await page.getByRole("main").waitFor();
    await page.waitForLoadState("networkidle");
    await accessible(page, path);
  }
  must(page.wrong.length === 0, `errors in the console:\n${page.wrong.join("\n")}`);
  console.log("ok story");
} catch (error) {
  console.error(server.said());
  throw error;
} finally {
  await browser.close();
  await server.stop();
}
