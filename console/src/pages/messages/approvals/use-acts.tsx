import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";
import { useProblemText } from "../../../app/toasts";
import { Confirm } from "../../../ui";
import { useWords } from "../../../words";
import { words as policyWords } from "../../policy/words";
import { type Approval, type Meanings, stepId } from "./data";
import { approvalWords } from "./words";

/** What changes a customer's standing is asked about even when it is one. */
const GRAVE = new Set(["access", "fee", "report", "assign", "write_off", "charge"]);

/** Approves or rejects one or many. Messages of one row go at once, since what is sent stands beside it; the rest is confirmed. */
export function useApprovalActs(meanings: Meanings | null | undefined, onDone: (rows: readonly Approval[]) => void) {
  const say = useWords(approvalWords);
  const { verbs } = useWords(policyWords);
  const may = useMay();
  const client = useQueryClient();
  const text = useProblemText();
  const [asked, ask] = useState<{ act: "approve" | "reject"; rows: readonly Approval[] } | null>(null);
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const can = may("receivables:act");
  const verbOf = (row: Approval) => meanings?.of(row.step)?.verb ?? "";

  async function run(act: "approve" | "reject", rows: readonly Approval[], reason?: string) {
    const done: Approval[] = [];
    let wrong: unknown;
    setProgress({ done: 0, all: rows.length });
    for (const row of rows) {
      const init = { params: { path: { receivable: row.receivable_external_id } }, body: { step: stepId(row.step), reason: reason || undefined } };
      try {
        if (act === "approve") await answer(api.POST("/v1/receivables/{receivable}/approve", init));
        else await answer(api.POST("/v1/receivables/{receivable}/reject", init));
        done.push(row);
      } catch (error) {
        wrong ??= error;
      }
      setProgress({ done: done.length, all: rows.length });
    }
    setProgress(null);
    for (const key of [keys.approvals, keys.today, keys.messages, keys.plan, keys.receivables]) void client.invalidateQueries({ queryKey: key, refetchType: key === keys.approvals ? "none" : "active" });
    if (done.length > 0) {
      onDone(done);
      if (!wrong) toast.success(act === "approve" ? say.approved(done.length) : say.rejected(done.length));
    }
    if (wrong) toast.error(say.partly(done.length, rows.length), { description: text(wrong), duration: 10_000 });
  }

  function start(act: "approve" | "reject", rows: readonly Approval[]) {
    if (!can || rows.length === 0 || progress) return;
    const [first] = rows;
    if (act === "approve" && rows.length === 1 && first && !GRAVE.has(verbOf(first))) void run(act, rows);
    else ask({ act, rows });
  }

  const counts = new Map<string, number>();
  for (const row of asked?.rows ?? []) counts.set(verbOf(row), (counts.get(verbOf(row)) ?? 0) + 1);
  const dialog = asked && (
    <Confirm
      open
      onOpenChange={(open) => !open && ask(null)}
      title={asked.act === "approve" ? say.approveTitle : say.rejectTitle}
      consequences={
        <>
          <ul className="mb-2 text-ink">{[...counts].map(([verb, n]) => <li key={verb}>{say.counts(n, verbs[verb] ?? (verb || say.step))}</li>)}</ul>
          {asked.act === "approve" ? say.approveText(new Set(asked.rows.map((row) => row.customer_external_id)).size) : say.rejectText}
        </>
      }
      act={asked.act === "approve" ? say.approveMany(asked.rows.length) : say.rejectMany(asked.rows.length)}
      danger={asked.act === "reject"}
      reason="optional"
      onConfirm={(reason) => run(asked.act, asked.rows, reason)}
    />
  );
  return { can, start, dialog, progress };
}
