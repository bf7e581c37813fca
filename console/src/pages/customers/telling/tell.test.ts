import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDone, readFact, readWhy, splitBy } from "./parse";
import { type Moment, stepName, tell } from "./tell";
import { telling } from "./words";

const writes = {
  money: (amount: string, currency: string) => `${currency === "BRL" ? "R$" : currency} ${amount.replace(".", ",")}`,
  day: (day: string) => day.split("-").reverse().join("/"),
  instant: (at: string) => at.slice(0, 10).split("-").reverse().join("/"),
};
const moment = (kind: string, sentence: string, more: Partial<Moment> = {}): Moment => ({ at: "2026-12-01T12:00:00Z", kind, sentence, ...more });
const pt = (kind: string, sentence: string, more?: Partial<Moment>) => tell(moment(kind, sentence, more), telling.pt, writes);

describe("what became known", () => {
  it("is said in the reader's words", () => {
    expect(pt("told", "becomes known: BRL 749.00, issued Mon 2025-02-03, due Mon 2019-08-12").title).toBe(
      "Título registrado: R$ 749,00, emissão 03/02/2025, vencimento 12/08/2019",
    );
    expect(pt("told", "all that was due paid on Wed 2026-11-25").title).toBe("Pago integralmente em 25/11/2026");
    expect(pt("told", "charge failed: expired card, which only the payer can mend").title).toBe("Cobrança recusada: cartão vencido. Só o pagador pode resolver");
    expect(pt("told", "BRL 10.00 paid on Wed 2026-11-25 that no receivable takes: credit").fact?.key).toBe("creditLeft");
  });

  it("has the words of the API at their places", () => {
    expect(pt("told", "an attempt to take BRL 268.36 by operator").title).toBe("Tentativa de cobrar R$ 268,36 (por um operador)");
    expect(pt("told", "a stored method (visa) is active").title).toBe("Meio de pagamento (visa): pode ser cobrado");
    expect(pt("told", "is approve from now on").title).toBe("Passa ao modo aprovação");
  });

  it("is read whatever the server tells of it", () => {
    // The sentences as the server's own source has them, each with days, amounts or words at its places.
    const source = readFileSync(new URL("../../../../../crates/engine/src/telling/meaning.rs", import.meta.url), "utf8");
    const body = source.slice(source.indexOf("pub fn fact("), source.indexOf("\n}\n", source.indexOf("pub fn fact(")));
    const arms = body.split(/^ {8}Fact::/m).slice(1);
    expect(arms.length).toBeGreaterThan(40);
    for (const arm of arms) {
      // What is put together begins with a letter or with what is put in; parts of it may begin with a blank.
      const sentence = (/format!\(\s*"([^ "][^"]*)"/.exec(arm) ?? /"([^"]*)"/.exec(arm))?.[1] ?? "";
      const read = ["Mon 2026-12-14", "BRL 10.00", "word"].flatMap((first) =>
        ["Mon 2026-12-14", "word"].map((others) => {
          let place = 0;
          return readFact(sentence.replace(/\{amount\}|\{\}|\{[^}]*\}/g, (hole) => (hole === "{amount}" ? "BRL 10.00" : hole === "{mode}" ? "live" : place++ === 0 ? first : others)));
        }),
      );
      expect(read.some(Boolean), `${sentence} is not read`).toBe(true);
    }
  });

  it("says of a promise what became of it", () => {
    expect(pt("told", "the promise to pay on Mon 2026-12-14 was taken back (by Demo Owner (per_01m8): cliente errado)")).toMatchObject({
      title: "A promessa de pagar em 14/12/2026 foi desfeita", by: { who: "Demo Owner", why: "cliente errado" },
    });
  });

  it("says who did it, and why", () => {
    const told = pt("told", "stands still: complaint (by Demo Owner (per_01m8): Reclame Aqui (caso 7): aberto)");
    expect(told.title).toBe("Régua parada: reclamação");
    expect(told.by).toEqual({ who: "Demo Owner", why: "Reclame Aqui (caso 7): aberto" });
    expect(splitBy("cancelled (by the command line)")).toEqual({ told: "cancelled", by: { who: "the command line" } });
    expect(splitBy("cancelled")).toEqual({ told: "cancelled" });
  });

  it("is shown as the server wrote it when it is not known", () => {
    expect(pt("told", "something new of a later version")).toMatchObject({ title: "Something new of a later version", known: false });
    expect(readFact("BRL paid")).toBeUndefined();
  });
});

describe("what was done", () => {
  it("names template, tone and channels", () => {
    expect(pt("done", "sent by email: firm overdue").title).toBe("Aviso de atraso, tom firme, por e-mail");
    expect(pt("done", "done: access becomes suspended").title).toBe("O acesso fica suspenso");
    expect(pt("done", "done: a fee of BRL 5.00 is added").title).toBe("É incluída uma tarifa de R$ 5,00");
  });

  it("names what goes with it and what it announces", () => {
    const sentence = "sent by whatsapp and email: neutral overdue, in one message with FAT-2, FAT-3; announces limit for Mon 2026-12-21";
    expect(readDone(sentence)).toMatchObject({ channels: ["whatsapp", "email"], others: ["FAT-2", "FAT-3"], announces: [{ step: "limit", on: "2026-12-21" }] });
    expect(pt("done", sentence).details).toEqual(["Avisa limit para 21/12/2026", "Na mesma mensagem que FAT-2, FAT-3"]);
    expect(pt("done", "sent by email: a firm notice of its own that access becomes limited").title).toBe("Aviso por e-mail: o acesso fica limitado");
    expect(pt("done", "shadow, nobody gets it: by email: friendly upcoming").details).toEqual(["Sombra: ninguém recebe"]);
  });
});

describe("why something was not done", () => {
  it("gives the values of a condition", () => {
    const sentence =
      "skipped (condition): its condition does not hold: receivable.amount_due > money('1000.00'); receivable.amount_due is BRL 269.06";
    expect(pt("skipped", sentence, { reason: "condition" })).toMatchObject({
      title: "A condição não se cumpriu",
      details: ["receivable.amount_due > money('1000.00')", "receivable.amount_due = R$ 269,06"],
    });
  });

  it("gives the rule of law", () => {
    const told = pt("skipped", "skipped (forbidden): a debt is not collected any more five years after its due date", {
      reason: "forbidden",
      rule: "br.prescription",
    });
    expect(told.title).toBe("A lei não permite");
    expect(told.details[0]).toContain("cinco anos");
    const other = pt("skipped", "skipped (forbidden): a rule of tomorrow", { reason: "forbidden", rule: "br.new" });
    expect(other.details).toEqual(["a rule of tomorrow"]);
  });

  it("says until when something waits", () => {
    const told = pt("deferred", "waits until Thu 2025-08-07 09:00 (capped): the caps (1/day, 3/week) leave no room today", {
      reason: "capped",
      until: "2025-08-07T12:00:00Z",
    });
    expect(told).toMatchObject({ title: "Aguarda até 07/08/2025", details: ["Limite de mensagens do dia ou da semana", "1/day, 3/week"] });
    expect(readWhy("waits until that changes (frozen): it stands still")).toBe("it stands still");
  });
});

describe("steps", () => {
  it("are named for people", () => {
    expect(stepName("on.paid", telling.pt)).toBe("ao pagar");
    expect(stepName("limit.notice", telling.pt)).toBe("aviso de limit");
    expect(stepName("weekly 5", telling.pt)).toBe("weekly nº 5");
  });
});

describe("what people noted and what calls came to", () => {
  it("tells a note as it was written, whatever stands in it", () => {
    expect(pt("note", "Ana (per_01abc) noted: pays (by the 10th)")).toEqual({ title: "pays (by the 10th)", details: [], by: { who: "Ana" }, known: true });
  });
  it("tells a call with the day on which somebody looks again", () => {
    expect(pt("task", "nobody was reached; somebody looks again on 2026-12-02 (by Ana (per_01abc))", { reason: "no_answer" })).toMatchObject({ title: "Ligação: não atendeu", details: [`Volta em ${writes.day("2026-12-02")}`], by: { who: "Ana" }, known: true });
  });
});
