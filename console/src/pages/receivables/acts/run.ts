/** The requests behind the acts on a receivable. */
import { answer, api, freshKey } from "../../../api/client";
import { Problem } from "../../../api/problem";
import type { ReceivableAct, Values } from "./kinds";

type Done = { amount?: { amount: string; currency: string }; code?: string; link?: string; line?: string };

/**
 * Carries an act out.
 *
 * * `key`: sent again with it, the same request is carried out once.
 */
export async function runAct(act: ReceivableAct, id: string, values: Values, key: string = freshKey()): Promise<Done> {
  const params = { path: { receivable: id }, header: { "Idempotency-Key": key } };
  const reason = values.reason || undefined;
  const at = { params, body: { reason } };
  const money = { params, body: { amount: values.amount as NonNullable<Values["amount"]>, on: values.on, reason } };
  switch (act) {
    case "pause":
      await answer(api.POST("/v1/receivables/{receivable}/pause", at));
      return {};
    case "resume":
      await answer(api.POST("/v1/receivables/{receivable}/resume", at));
      return {};
    case "hold":
      await answer(api.POST("/v1/receivables/{receivable}/hold", { params, body: { cause: values.cause ?? "hold", reason } }));
      return {};
    case "release":
      await answer(api.POST("/v1/receivables/{receivable}/release", { params, body: { cause: values.cause ?? "hold", reason } }));
      return {};
    case "promise":
      await answer(api.POST("/v1/receivables/{receivable}/promises", { params, body: { on: values.on ?? "", reason } }));
      return {};
    case "withdraw":
      await answer(api.POST("/v1/receivables/{receivable}/withdraw-promise", { params, body: { on: values.on ?? "", reason } }));
      return {};
    case "dispute":
      await answer(api.POST("/v1/receivables/{receivable}/dispute", at));
      return {};
    case "settle":
      await answer(api.POST("/v1/receivables/{receivable}/settle-dispute", at));
      return {};
    case "charge":
      return { amount: (await answer(api.POST("/v1/receivables/{receivable}/charges", { params, body: { method: values.method, reason } }))).amount };
    case "payment": {
      const body = { receivable: id, amount: money.body.amount, on: values.on, reason };
      return dueAfter(await answer(api.POST("/v1/payments", { params: { header: params.header }, body })));
    }
    case "credit":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/apply-credit", { params, body: { amount: values.amount, reason } })));
    case "reduce":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/reduce", money)));
    case "fee":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/fee", money)));
    case "withhold":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/withhold", money)));
    case "refund":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/refund", money)));
    case "chargeBack":
      return dueAfter(await answer(api.POST("/v1/receivables/{receivable}/charge-back", money)));
    case "writeOff":
      await answer(api.POST("/v1/receivables/{receivable}/write-off", at));
      return {};
    case "void":
      await answer(api.POST("/v1/receivables/{receivable}/void", at));
      return {};
    case "instrument": {
      const body = { gateway: values.gateway ?? "", rail: values.rail ?? "pix", valid_until: values.on, reason };
      const made = await answer(api.POST("/v1/receivables/{receivable}/instruments", { params, body }));
      return { amount: made.amount, code: made.brcode ?? undefined, line: made.boleto_line ?? undefined, link: made.link ?? undefined };
    }
    case "slip": {
      const made = await answer(api.POST("/v1/receivables/{receivable}/slips", at));
      return { amount: made.amount, line: made.line };
    }
    case "approve":
      await answer(api.POST("/v1/receivables/{receivable}/approve", { params, body: { step: values.step ?? "", reason } }));
      return {};
    case "reject":
      await answer(api.POST("/v1/receivables/{receivable}/reject", { params, body: { step: values.step ?? "", reason } }));
      return {};
  }
}

export type { Done };

function dueAfter(moved: { parts: { due: { amount: string; currency: string } }[] }): Done {
  return { amount: moved.parts[0]?.due };
}

/** Whether nobody knows if it was carried out, so that the same key has to be used again. */
export function isOpenEnded(error: unknown): boolean {
  return error instanceof Problem && error.status === 0;
}
