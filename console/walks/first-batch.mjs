// The first batch: a new installation in the mode Approval, what waits read by group and by sample, approved in one act, and sent
// once to each. Served from dist/ under the strict policy. Needs REGUA_BIN and `npm run build`.
import { accessible, launch, must, open, signIn } from "./browser.mjs";
import { dayAtNoon as day, freshServer, noon, serveDist } from "./stand.mjs";

const PASSWORD = "ana come pão de queijo";
const EMAIL = "dona@nuvem.example";
const CUSTOMERS = 12;

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
    - { id: late2, at: D+2, do: notify, template: overdue, tone: friendly }
`;

function book() {
  const rows = Array.from({ length: CUSTOMERS }, (_, at) => `N-${at + 1},C-${at + 1},${day(-1)},${day(5)},${189.9 + at},BRL,Cliente ${at + 1},cliente${at + 1}@exemplo.com.br`);
  return `receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n${rows.join("\n")}\n`;
}

const server = await freshServer({ captured: true });
const web = await serveDist(server.address);
const browser = await launch();
try {
  const setUp = await fetch(`${server.address}/v1/setup`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token: server.token, name: "Dona Clara", email: EMAIL, password: PASSWORD }) });
  const cookie = setUp.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const { csrf_token } = await setUp.json();
  const ask = async (method, path, body, type = "application/json") => {
    const told = await fetch(`${server.address}/v1${path}`, { method, headers: { Cookie: cookie, "X-CSRF-Token": csrf_token, ...(body ? { "Content-Type": type } : {}) }, body: body && (type === "application/json" ? JSON.stringify(body) : body) });
    must(told.ok, `${method} ${path}: ${told.status} ${told.ok ? "" : await told.text()}`);
    return told.status === 204 ? null : told.json();
  };
  await ask("POST", "/policies", { text: POLICY });
  await ask("PUT", "/mode", { mode: "approve" });
  await ask("POST", "/imports?name=carteira.csv", book(), "text/csv");
  await ask("POST", "/run");
  for (let tries = 0; (await ask("GET", "/approvals?limit=200")).items.length < CUSTOMERS; tries++) {
    must(tries < 60, "nothing waits");
    await new Promise((done) => setTimeout(done, 500));
  }

  const page = await open(browser);
  await signIn(page, EMAIL, PASSWORD, web.base);
  await page.goto(`${web.base}/messages?part=approvals`);
  await page.getByRole("button", { name: /upcoming/ }).first().click();
  const batch = page.getByRole("complementary", { name: "Lote da etapa" });
  await batch.getByText("Amostra 1 de 5").waitFor();
  await batch.getByText(/Nuvem Clara/).first().waitFor();
  await accessible(page, "a batch");
  await page.keyboard.press("n");
  await batch.getByText("Amostra 2 de 5").waitFor();
  await batch.getByText(/Nuvem Clara/).first().waitFor();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/first-batch.png` });
  must((await ask("GET", "/messages?limit=200")).items.length === 0, "reading sends nothing");
  await batch.getByRole("button", { name: `Aprovar as ${CUSTOMERS}` }).click();
  await accessible(page, "approving");
  await page.getByRole("dialog").getByLabel(/^Motivo/).fill("li cinco");
  await page.getByRole("dialog").getByRole("button", { name: `Aprovar ${CUSTOMERS} etapas` }).click();
  await page.getByText(`${CUSTOMERS} etapas aprovadas`).waitFor();
  await page.getByText("Nada aguarda aprovação").waitFor();
  let sent = [];
  for (let tries = 0; sent.length < CUSTOMERS; tries++) {
    must(tries < 60, `${sent.length} were sent`);
    await new Promise((done) => setTimeout(done, 500));
    sent = (await ask("GET", "/messages?status=sent&step=upcoming&limit=200")).items;
  }
  must(sent.length === CUSTOMERS && new Set(sent.map((one) => one.customer)).size === CUSTOMERS, "each customer hears once");
  await page.goto(`${web.base}/messages`);
  await page.getByRole("grid").getByText("upcoming").first().waitFor();
  must(page.wrong.length === 0, page.wrong.join("\n"));
  console.log("ok first-batch");
} finally {
  await browser.close();
  await web.stop();
  await server.stop();
}
