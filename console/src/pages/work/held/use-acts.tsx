import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useProblemText } from "../../../app/toasts";
import { Confirm } from "../../../ui";
import { decimal, minor, useFormats, useWords } from "../../../words";
import { heldWords } from "./words";

export type HeldAct = Schemas["HeldAct"];

/** What they come to, currency by currency. */
export function sumOf(acts: readonly HeldAct[]): { amount: string; currency: string }[] {
  const sums = new Map<string, number>();
  for (const act of acts) sums.set(act.stake.currency, (sums.get(act.stake.currency) ?? 0) + minor(act.stake));
  return [...sums].map(([currency, sum]) => ({ amount: decimal(sum), currency }));
}

/** Approves, refuses or takes back one or many; both are asked about, since neither can be undone. */
export function useHeldActs(onDone: () => void) {
  const say = useWords(heldWords);
  const format = useFormats();
  const client = useQueryClient();
  const text = useProblemText();
  const [asked, ask] = useState<{ act: "approve" | "refuse"; acts: readonly HeldAct[] } | null>(null);

  async function run(act: "approve" | "refuse", acts: readonly HeldAct[], reason: string) {
    let done = 0;
    let wrong: unknown;
    for (const one of acts) {
      const params = { path: { act: one.id } };
      try {
        if (act === "approve") await answer(api.POST("/v1/held-acts/{act}/approve", { params }));
        else await answer(api.POST("/v1/held-acts/{act}/refuse", { params, body: { reason: reason || undefined } }));
        done += 1;
      } catch (error) {
        wrong ??= error;
      }
    }
    for (const key of [keys.heldActs, keys.today, keys.receivables, keys.customers, keys.payments]) void client.invalidateQueries({ queryKey: key });
    if (wrong) toast.error(say.partly(done, acts.length), { description: text(wrong), duration: 10_000 });
    else toast.success(act === "approve" ? say.approved : acts.every((one) => one.own) ? say.withdrawn : say.refused);
    onDone();
  }

  function start(act: "approve" | "refuse", acts: readonly HeldAct[]) {
    const fit = acts.filter((one) => one.state === "waiting" && (act === "refuse" || !one.own));
    if (fit.length > 0) ask({ act, acts: fit });
  }
  const own = asked?.acts.every((one) => one.own) ?? false;
  const n = asked?.acts.length ?? 0;
  const dialog = asked && (
    <Confirm
      open
      onOpenChange={(open) => !open && ask(null)}
      title={asked.act === "approve" ? say.approveTitle : say.refuseTitle}
      consequences={asked.act === "approve" ? say.approveText(n, sumOf(asked.acts).map(format.money).join(" + ")) : say.refuseText}
      act={asked.act === "approve" ? (n === 1 ? say.approve : say.approveMany(n)) : own ? say.withdraw : n === 1 ? say.refuse : say.refuseMany(n)}
      danger={asked.act === "refuse"}
      reason={asked.act === "refuse" && !own ? "optional" : undefined}
      onConfirm={(reason) => run(asked.act, asked.acts, reason)}
    />
  );
  return { start, dialog };
}
