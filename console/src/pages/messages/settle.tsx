import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useMay } from "../../app/session";
import { useTellDone, useTellError } from "../../app/toasts";
import { Button } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

type Outcome = "sent" | "again" | "failed";

/** What may be said of a message that needs a person: of one without an answer all three, of a failed one only "again". */
export function outcomes(status: string): Outcome[] {
  return status === "unknown" ? ["sent", "again", "failed"] : status === "failed" ? ["again"] : [];
}

/** Buttons that say what became of one message or of many. */
export function Settle({ ids, status, onDone }: { ids: readonly string[]; status: string; onDone?: () => void }) {
  const say = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const tellDone = useTellDone();
  const tellError = useTellError();
  const [busy, setBusy] = useState(false);
  const names = { sent: say.settleSent, again: say.settleAgain, failed: say.settleFailed };
  if (!may("messages:act")) return null;
  async function run(outcome: Outcome) {
    setBusy(true);
    let done = 0;
    let failed: unknown;
    for (const id of ids) {
      try {
        await answer(api.POST("/v1/messages/{message}/settle", { params: { path: { message: id } }, body: { outcome } }));
        done += 1;
      } catch (error) {
        failed = error;
      }
    }
    setBusy(false);
    if (done > 0) tellDone(ids.length === 1 ? (say.settled[outcome] ?? "") : say.settledMany(done));
    if (failed) tellError(failed);
    void client.invalidateQueries({ queryKey: keys.messages });
    void client.invalidateQueries({ queryKey: keys.today });
    onDone?.();
  }
  return <>{outcomes(status).map((outcome) => <Button key={outcome} size="sm" look={outcome === "again" ? "primary" : "plain"} busy={busy} onClick={() => void run(outcome)}>{names[outcome]}</Button>)}</>;
}
