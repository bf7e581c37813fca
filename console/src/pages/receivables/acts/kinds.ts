/** What can be done to a receivable, and when it fits. Pure: the page, the panel, the bulk preview and the tests ask the same. */
import type { Schemas } from "../../../api/client";

export type Receivable = Schemas["Receivable"];

export const causes = ["hold", "dispute", "complaint", "lawyer", "insolvency", "death", "agreement"] as const;
export type Cause = (typeof causes)[number] | "pause";

export const receivableActs = [
  "pause", "resume", "hold", "release", "promise", "withdraw", "dispute", "settle", "charge", "payment", "credit", "reduce", "fee", "withhold", "refund", "chargeBack",
  "writeOff", "void", "instrument", "slip", "approve", "reject",
] as const;
export type ReceivableAct = (typeof receivableActs)[number];
export type ActKey = ReceivableAct | "payOut";

/** What can be done to many at once: what needs no values of its own for each. */
export const bulkActs = ["pause", "resume", "hold", "release", "promise", "dispute", "settle", "charge", "writeOff"] as const satisfies readonly ReceivableAct[];
export type BulkAct = (typeof bulkActs)[number];

export type Values = {
  cause?: Cause;
  on?: string;
  amount?: { amount: string; currency: string };
  rail?: "pix" | "boleto" | "card";
  gateway?: string;
  method?: string;
  step?: string;
  reason?: string;
};

export type Unfit =
  | "closed" | "paused" | "not_paused" | "has_cause" | "lacks_cause" | "disputed" | "not_disputed" | "frozen" | "nothing" | "no_step" | "no_promise" | "unread";

export const scopes: Record<ReceivableAct, string> = {
  pause: "receivables:act", resume: "receivables:act", hold: "receivables:act", release: "receivables:act", promise: "receivables:act", withdraw: "receivables:act",
  dispute: "receivables:act", settle: "receivables:act", approve: "receivables:act", reject: "receivables:act",
  charge: "charging:act", instrument: "charging:act", slip: "bank:act",
  payment: "money:act", credit: "money:act", reduce: "money:act", fee: "money:act", withhold: "money:act", refund: "money:act", chargeBack: "money:act",
  writeOff: "money:act", void: "money:act",
};

/** Acts that give money away or take it: an authority limit binds them. */
export const limited: ReadonlySet<ActKey> = new Set(["charge", "payment", "credit", "payOut", "reduce", "fee", "withhold", "refund", "chargeBack", "writeOff", "void"]);

/** Acts after which there is no way back. */
export const final: ReadonlySet<ActKey> = new Set(["writeOff", "void", "reduce"]);

/** What takes an act back, with the same values. */
export const undoes: Partial<Record<ReceivableAct, ReceivableAct>> = {
  pause: "resume", resume: "pause", hold: "release", release: "hold", dispute: "settle", settle: "dispute", promise: "withdraw", withdraw: "promise",
};

const isZero = (money: { amount: string } | undefined) => !money || !/[1-9]/.test(money.amount) || money.amount.startsWith("-");

/** The causes that hold the receivable by itself. */
export function ownCauses(receivable: Receivable): string[] {
  return (receivable.stands?.holds ?? []).filter((hold) => !hold.of_customer).map((hold) => hold.cause);
}

/** Why an act does not fit a receivable now; null when it does. The server has the last word. */
export function unfit(act: ReceivableAct, receivable: Receivable, values: Values = {}): Unfit | null {
  const open = receivable.status === "open";
  const own = ownCauses(receivable);
  switch (act) {
    case "pause":
      return !open ? "closed" : own.includes("pause") ? "paused" : null;
    case "resume":
      return own.includes("pause") ? null : "not_paused";
    case "hold":
      return !open ? "closed" : values.cause && own.includes(values.cause) ? "has_cause" : null;
    case "release":
      if (values.cause) return own.includes(values.cause) ? null : "lacks_cause";
      return own.some((cause) => (causes as readonly string[]).includes(cause)) ? null : "lacks_cause";
    case "dispute":
      return !open ? "closed" : own.includes("dispute") ? "disputed" : null;
    case "settle":
      return own.includes("dispute") ? null : "not_disputed";
    case "withdraw":
      return receivable.stands?.promised_on ? null : "no_promise";
    case "charge":
      if (!open) return "closed";
      if (isZero(receivable.stands?.due.total ?? receivable.balance)) return "nothing";
      return (receivable.stands?.holds.length ?? 0) > 0 ? "frozen" : null;
    case "credit":
    case "promise":
    case "reduce":
    case "fee":
    case "withhold":
    case "writeOff":
    case "void":
    case "instrument":
    case "slip":
      return open ? null : "closed";
    case "payment":
      return receivable.status === "void" ? "closed" : null;
    case "refund":
    case "chargeBack":
      return isZero(receivable.stands?.paid) ? "nothing" : null;
    case "approve":
    case "reject":
      return waiting(receivable).length > 0 ? null : "no_step";
  }
}

/** Steps that wait for a person. */
export function waiting(receivable: Receivable): string[] {
  return (receivable.stands?.waits ?? []).filter((wait) => wait.reason === "approval").map((wait) => wait.step.split(" ")[0] ?? wait.step);
}

/** Whether a step of it would happen within days from now, and so is stopped by an act that lets it stand still. */
export function stepWithin(receivable: Receivable, days: number, now: number): boolean {
  const at = receivable.stands?.next_step?.at;
  return receivable.status === "open" && (receivable.stands?.holds.length ?? 0) === 0 && Boolean(at) && Date.parse(at as string) < now + days * 86_400_000;
}
