// From nothing to the first book: set up the first owner, import a file, see what would go out, stop and resume, sign in with a
// second factor, invite somebody who accepts. Served from dist/ under the strict policy. Needs REGUA_BIN and `npm run build`.
import { createHmac } from "node:crypto";
import { accessible, launch, must, open } from "./browser.mjs";
import { freshServer, serveDist } from "./stand.mjs";

const PASSWORD = "ana come pão de queijo";
const EMAIL = "dona@nuvem.example";

/** The code of an authenticator now (RFC 6238). */
function totp(secret) {
  const bits = [...secret.replace(/[\s=]/g, "").toUpperCase()].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function book() {
  const day = (shift) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);
  const head = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email";
  const rows = Array.from({ length: 24 }, (_, at) => `N-${at + 1},C-${(at % 8) + 1},${day(-20)},${day(at - 10)},${189.9 + at},BRL,Cliente ${(at % 8) + 1},cliente${(at % 8) + 1}@exemplo.com.br`);
  return `${[head, ...rows].join("\n")}\n`;
}


const server = await freshServer();
const web = await serveDist(server.address);
const browser = await launch();
try {
  const page = await open(browser);
  const shots = process.env.SHOTS;
  const shot = async (name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

  await page.goto(web.base);
  await page.waitForURL("**/setup");
  await accessible(page, "setup");
  await page.getByLabel("Código de instalação").fill("not the token");
  await page.getByLabel("Seu nome").fill("Dona Clara");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Nova senha").fill(PASSWORD);
  await page.getByRole("button", { name: "Criar conta e entrar" }).click();
  await page.getByText("Este não é o código que o servidor escreveu").waitFor();
  await page.getByLabel("Código de instalação").fill(server.token);
  await shot("setup");
  await page.getByRole("button", { name: "Criar conta e entrar" }).click();
  await page.getByRole("heading", { name: "Primeiros passos" }).waitFor();
  await accessible(page, "first steps");
  await shot("first-steps");

  await page.getByRole("button", { name: "Importar arquivo" }).first().click();
  await page.setInputFiles("input[type=file]", { name: "carteira.csv", mimeType: "text/csv", buffer: Buffer.from(book()) });
  await page.getByText("Como as colunas foram lidas").waitFor();
  await accessible(page, "import");
  await shot("import");
  await page.getByRole("button", { name: "Gravar" }).click();
  await page.getByText("Em aberto", { exact: true }).waitFor();
  await page.getByText("24 títulos").waitFor();
  await page.getByText("Modo sombra:").waitFor();
  await accessible(page, "today with a new book");
  await shot("today-new");

  await page.getByRole("button", { name: /Sombra/ }).click();
  await page.getByRole("menuitem", { name: "Parar tudo" }).click();
  await accessible(page, "stop");
  await page.getByRole("button", { name: "Parar tudo" }).click();
  await page.getByText("Nenhuma mensagem, cobrança ou restrição sai.").first().waitFor();
  await shot("stopped");
  await page.getByRole("button", { name: "Retomar" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Retomar" }).click();
  await page.getByText("Nenhuma mensagem, cobrança ou restrição sai.").first().waitFor({ state: "detached" });

  await page.goto(`${web.base}/settings?part=account`);
  await page.getByRole("button", { name: "Ativar" }).click();
  const secret = await page.locator("code[aria-label='Segundo fator']").innerText();
  await shot("second-factor");
  await page.getByLabel("2. Digite o código que ele mostra").fill(totp(secret));
  await page.getByRole("button", { name: "Confirmar" }).click();
  await page.getByText("Cada um vale uma vez").waitFor();
  const recovery = await page.getByRole("dialog").locator("li").first().innerText();
  await page.getByRole("button", { name: "Já guardei" }).click();
  await page.getByText("Restam 10 códigos de recuperação").waitFor();

  await page.goto(`${web.base}/settings?part=people`);
  await page.getByRole("button", { name: "Convidar pessoa" }).click();
  await page.getByLabel("Nome").fill("Caio Cobrador");
  await page.getByLabel("E-mail").fill("caio@nuvem.example");
  await page.getByLabel(/^Limite/).fill("1.500,00");
  await accessible(page, "invite");
  await page.getByRole("button", { name: "Criar convite" }).click();
  const link = await page.locator("code[aria-label='Link do convite']").innerText();
  must(link.includes("/invitation#"), "the token stands behind #");
  await page.getByRole("button", { name: "Pronto" }).click();
  await page.getByText("R$ 1.500,00").waitFor();

  const guest = await open(browser);
  await guest.goto(link);
  await guest.getByLabel("Nova senha").fill("cobrar bem é uma arte antiga");
  must(!guest.url().includes("#"), "the token is gone from the address");
  await accessible(guest, "invitation");
  await guest.getByRole("button", { name: "Aceitar e continuar" }).click();
  await guest.waitForURL("**/sign-in");
  await guest.getByLabel("E-mail").fill("caio@nuvem.example");
  await guest.getByLabel("Senha", { exact: true }).fill("cobrar bem é uma arte antiga");
  await guest.getByRole("button", { name: "Entrar" }).click();
  await guest.getByRole("navigation").waitFor();
  must((await guest.getByRole("link", { name: "Relatórios" }).count()) === 0, "a collector sees no reports");
  await guest.goto(`${web.base}/settings?part=people`);
  await guest.getByText("Seu papel não permite ver esta parte.").waitFor();
  must(guest.wrong.length === 0, guest.wrong.join("\n"));

  await page.getByRole("button", { name: /Sua conta/ }).click();
  await page.getByRole("menuitem", { name: "Sair" }).click();
  await page.waitForURL("**/sign-in*");
  await accessible(page, "sign-in");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Senha", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Entrar" }).click();
  await page.getByText("E-mail, senha ou código não conferem.").waitFor();
  await page.getByLabel("Senha", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Entrar" }).click();
  await page.getByLabel("Código de verificação").waitFor();
  await accessible(page, "second factor");
  await shot("sign-in-code");
  await page.getByLabel("Código de verificação").fill(recovery);
  await page.getByRole("button", { name: "Entrar" }).click();
  await page.getByText("24 títulos").waitFor();
  must(page.wrong.length === 0, `errors in the console:\n${page.wrong.join("\n")}`);
  console.log("ok first-run");
} catch (error) {
  console.error(server.said());
  throw error;
} finally {
  await browser.close();
  await web.stop();
  await server.stop();
}
