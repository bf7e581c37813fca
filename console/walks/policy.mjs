// The policy as who changes it: a step moved by key and by pointer, edited in its panel; the text with findings and
// completion; the preview; the comparison; published with what it means told before, and open receivables moved to it.
import { accessible, BASE, must, open, signIn, walk } from "./browser.mjs";

const SHOTS = process.env.SHOTS;
const shot = async (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/policy-${name}.png` });

await walk("policy", async (page, browser) => {
  await signIn(page);
  await page.goto(`${BASE}/policy`);
  const late = page.locator('[data-step="default/3"]');
  const when = async () => /D\+(\d+)/.exec(await late.getAttribute("aria-label"))?.[1];
  await late.waitFor();
  await page.getByText("Pode ser publicada").waitFor();
  await accessible(page, "ladder");

  // By key, and back.
  const first = Number(await when());
  await late.focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("Rascunho não publicado").waitFor();
  must(Number(await when()) === first + 1, "an arrow moves a step by a day");
  must(await late.evaluate((chip) => chip === document.activeElement), "the step keeps the focus");
  await page.keyboard.press("Control+z");
  await page.getByText("Igual à versão publicada").waitFor();
  must(Number(await when()) === first, "and back");

  // By pointer.
  const box = await late.boundingBox();
  const away = first < 4 ? 1 : -1;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  for (let at = 1; at <= 6; at++) await page.mouse.move(box.x + 20 + away * at * 4, box.y + 10);
  await shot(page, "drag");
  await page.mouse.up();
  await page.getByText("Rascunho não publicado").waitFor();
  const second = Number(await when());
  must(second !== first, "a drag moves a step");
  must((await page.getByRole("complementary", { name: "Mensagem" }).count()) === 0, "a drag opens nothing");

  // In its panel.
  await late.click();
  const panel = page.getByRole("complementary", { name: "Mensagem" });
  await panel.waitFor();
  await panel.getByRole("button", { name: "Neutro" }).click();
  await panel.getByRole("switch", { name: /aprovar/ }).click();
  must(/Neutro.*com aprovação/.test(await late.getAttribute("aria-label")), "the panel changes the step");
  await panel.getByRole("switch", { name: /aprovar/ }).click();
  await panel.getByLabel("Condição").fill("receivable.amount_due > 150");
  await panel.getByLabel("Condição").press("Enter");
  await page.getByText(/1 erro/).first().waitFor();
  await panel.getByText(/money\('150\.00'\)/).first().waitFor();
  await accessible(page, "panel with a finding");
  await shot(page, "panel");
  await panel.getByLabel("Condição").fill("receivable.amount_due > money('150.00')");
  await panel.getByLabel("Condição").press("Enter");
  await page.getByText("Pode ser publicada").waitFor();

  // A step more, and away again.
  await page.getByRole("button", { name: "Adicionar etapa: default" }).click();
  await page.getByRole("dialog").getByLabel("Dias em relação ao vencimento").fill("8");
  await accessible(page, "new step");
  await shot(page, "add");
  await page.getByRole("dialog").getByRole("button", { name: "Adicionar" }).click();
  const added = page.getByRole("button", { name: /^reminder D\+8/ });
  await added.waitFor();
  await added.focus();
  await page.keyboard.press("Delete");
  await added.waitFor({ state: "detached" });

  // As text: only what was meant has changed, and mistakes stand where they are.
  await page.getByRole("tab", { name: /Texto/ }).click();
  const text = page.getByLabel("Texto da régua");
  await text.waitFor();
  await page.getByText("# moeda dos valores sem moeda").waitFor();
  await text.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("bogus: 1\n");
  await page.getByText(/unknown key .bogus./).first().waitFor();
  must(await page.getByRole("button", { name: "Publicar" }).isDisabled(), "what is wrong is not published");
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await accessible(page, "text with a finding");
  await shot(page, "text");
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("Backspace");
  await page.getByText("Pode ser publicada").waitFor();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("\n");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("sec");
  await page.keyboard.press("Control+Space");
  await page.getByRole("option", { name: /second_payment/ }).waitFor();
  await shot(page, "complete");
  await page.keyboard.press("Escape");
  for (let at = 0; at < 3; at++) await page.keyboard.press("Backspace");
  await page.keyboard.press("Delete");
  await page.getByText("Pode ser publicada").waitFor();

  // What it will do, and what differs.
  await page.getByRole("tab", { name: "Prévia" }).click();
  await page.getByRole("button", { name: "7 dias" }).click();
  await page.getByText(/a régua envia \d+ mensagens a \d+ clientes/).waitFor();
  await page.getByText("Por quê").waitFor();
  await page.locator("figure svg").waitFor();
  await page.getByText("default › late2").first().waitFor();
  await accessible(page, "preview");
  await shot(page, "preview");
  await page.getByRole("tab", { name: /Versões/ }).click();
  await page.getByRole("heading", { name: "Comparação" }).waitFor();
  await page.getByText("default › late2").first().waitFor();
  await accessible(page, "versions");
  await shot(page, "versions");

  // Published for a part of customers first, then open receivables are moved.
  await page.getByRole("button", { name: "Publicar" }).click();
  const publish = page.getByRole("dialog");
  await publish.getByText(/continuam? na versão com que entr/).waitFor();
  await publish.getByText("default › late2").first().waitFor();
  await publish.getByLabel("Parcela dos clientes (%)").fill("25");
  await publish.getByText(/25% dos clientes/).waitFor();
  await publish.getByLabel(/^Motivo/).fill("Caminhada");
  await accessible(page, "publish");
  await shot(page, "publish");
  await publish.getByRole("button", { name: "Publicar" }).click();
  const migrate = page.getByRole("dialog", { name: /Migrar títulos em aberto/ });
  await migrate.getByLabel(/Só os títulos em que/).fill("receivable.days_late == 0");
  await migrate.getByRole("button", { name: "Calcular" }).click();
  await migrate.getByRole("button", { name: /^Migrar \d+ títulos?$/ }).and(page.locator(":enabled")).waitFor();
  await accessible(page, "migrate");
  await shot(page, "migrate");
  await migrate.getByRole("button", { name: /^Migrar/ }).click();
  await page.getByText(/títulos? migrados?$/).waitFor();
  await page.getByText("Caminhada").first().waitFor();
  await page.getByRole("cell", { name: /^25\s?%$/ }).first().waitFor();

  await page.getByRole("button", { name: /Ações da versão 1$/ }).click();
  await page.getByRole("menuitem", { name: "Ler o texto" }).click();
  await page.getByRole("dialog").getByText(/regua: 1/).waitFor();
  await accessible(page, "text of a version");
  await page.keyboard.press("Escape");

  // In the dark, and on a tablet in English.
  const dark = await open(browser, { dark: true });
  await signIn(dark);
  await dark.goto(`${BASE}/policy`);
  await dark.locator('[data-step="default/3"]').click();
  await dark.getByRole("complementary", { name: "Mensagem" }).waitFor();
  await accessible(dark, "ladder in the dark");
  await shot(dark, "dark");
  await dark.goto(`${BASE}/policy?part=text`);
  await dark.getByText("# moeda dos valores sem moeda").waitFor();
  await accessible(dark, "text in the dark");
  await shot(dark, "dark-text");
  await dark.goto(`${BASE}/policy?part=preview`);
  await dark.getByText("Etapa por etapa").waitFor();
  await accessible(dark, "preview in the dark");
  await shot(dark, "dark-preview");
  must(dark.wrong.length === 0, dark.wrong.join("\n"));
  const tablet = await open(browser, { size: "tablet", lang: "en" });
  await signIn(tablet);
  for (const part of ["preview", "versions", "text", "ladder"]) {
    await tablet.goto(`${BASE}/policy?part=${part}`);
    await tablet.getByText("Can be published").waitFor();
    await tablet.waitForTimeout(600);
    must(await tablet.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `nothing sticks out on a tablet: ${part}`);
    await accessible(tablet, `${part} on a tablet`);
    await shot(tablet, `tablet-${part}`);
  }
  await tablet.locator('[data-step="default/3"]').click();
  await tablet.getByRole("dialog").waitFor();
  await accessible(tablet, "panel on a tablet");
  await shot(tablet, "tablet-panel");
  must(tablet.wrong.length === 0, tablet.wrong.join("\n"));
});
