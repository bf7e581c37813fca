import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";
import { useProblemText } from "../../../app/toasts";
import { Confirm, Money } from "../../../ui";
import { useWords } from "../../../words";
import { words as policyWords } from "../../policy/words";
import type { Approval } from "./data";
import { grouped, sumOf } from "./group";
import { approvalWords } from "./words";

/** What changes a customer's standing is asked about even when it is one. */
const GRAVE = new Set(["access", "fee", "report", "assign", "write_off", "charge"]);
/** So many are answered by one request. */
const AT_ONCE = 500;

/** Approves or refuses one or many. Messages of one row go at once, since what is sent stands beside it; the rest is confirmed. */
export function useApprovalActs(onDone: (rows: readonly Approval[]) => void) {
  const say = useWords(approvalWords);
  const { verbs } = useWords(policyWords);
  const may = useMay();
  const client = useQueryClient();
  const text = useProblemText();
  const [asked, ask] = useState<{ act: "approve" | "refuse"; rows: readonly Approval[] } | null>(null);
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const can = may("receivables:act");

  async function run(act: "approve" | "refuse", rows: readonly Approval[], reason?: string) {
    const over: Approval[] = [];
    let answered = 0;
    let gone = 0;
    let wrong: string | null = null;
    setProgress({ done: 0, all: rows.length });
    try {
      for (let at = 0; at < rows.length; at += AT_ONCE) {
        const part = rows.slice(at, at + AT_ONCE);
        const told = await answer(api.POST("/v1/approvals/bulk", { body: { act, items: part.map(({ receivable, step }) => ({ receivable, step })), reason: reason || undefined } }));
        answered += told.answered;
        told.results.forEach((result, place) => {
          const row = part[place];
          if (result.outcome === "failed") wrong ??= result.detail ?? result.code ?? "";
          else if (row) over.push(row);
          if (result.outcome === "gone") gone += 1;
        });
        setProgress({ done: Math.min(at + AT_ONCE, rows.length), all: rows.length });
      }
    } catch (error) {
      wrong = text(error);
    }
    setProgress(null);
    for (const key of [keys.approvals, keys.today, keys.messages, keys.plan, keys.receivables]) void client.invalidateQueries({ queryKey: key, refetchType: key === keys.approvals ? "none" : "active" });
    if (over.length > 0) onDone(over);
    const description = gone > 0 ? say.gone(gone) : undefined;
    if (wrong !== null) toast.error(say.partly(answered, rows.length), { description: wrong, duration: 10_000 });
    else if (answered > 0) toast.success(act === "approve" ? say.approved(answered) : say.rejected(answered), { description });
    else toast.info(say.gone(gone));
  }

  function start(act: "approve" | "refuse", rows: readonly Approval[]) {
    if (!can || rows.length === 0 || progress) return;
    const [first] = rows;
    if (act === "approve" && rows.length === 1 && first && !GRAVE.has(first.do)) void run(act, rows);
    else ask({ act, rows });
  }

  const dialog = asked && (
    <Confirm
      open
      onOpenChange={(open) => !open && ask(null)}
      title={asked.act === "approve" ? say.approveTitle : say.rejectTitle}
      consequences={
        <>
          <ul className="mb-2 text-ink">{grouped(asked.rows).map((group) => <li key={group.step}>{say.counts(group.rows.length, verbs[group.verb] ?? group.verb)} · <span className="text-muted">{group.step}</span></li>)}</ul>
          <p className="mb-2 flex flex-wrap gap-x-3">{sumOf(asked.rows.map((row) => row.due)).map((sum) => <Money key={sum.currency} value={sum} className="font-medium" />)}</p>
          {asked.act === "approve" ? say.approveText(new Set(asked.rows.map((row) => row.customer)).size) : say.rejectText}
        </>
      }
      act={asked.act === "approve" ? say.approveMany(asked.rows.length) : say.rejectMany(asked.rows.length)}
      danger={asked.act === "refuse"}
      reason="optional"
      onConfirm={(reason) => run(asked.act, asked.rows, reason)}
    />
  );
  return { can, start, dialog, progress, isAsking: asked !== null };
}
