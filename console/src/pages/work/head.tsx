import { useQueues } from "../../app/needs";
import { Parts } from "../../app/parts";
import { useMay } from "../../app/session";
import { useWords } from "../../words";
import { words } from "./words";

export type WorkPart = "tasks" | "approvals" | "held" | "requests" | "replies" | "need" | "mend" | "parked";

const PARTS: readonly { id: WorkPart; needs: string; queue?: string }[] = [
  { id: "tasks", needs: "receivables:read", queue: "tasks" },
  { id: "approvals", needs: "receivables:read", queue: "approvals" },
  { id: "held", needs: "money:read", queue: "held" },
  { id: "requests", needs: "customers:read", queue: "requests" },
  { id: "replies", needs: "messages:read", queue: "replies" },
  { id: "need", needs: "messages:read", queue: "messages" },
  { id: "mend", needs: "receivables:read", queue: "mend" },
  { id: "parked", needs: "customers:read" },
];

export function allowedParts(may: (scope: string) => boolean): WorkPart[] {
  return PARTS.filter((part) => may(part.needs)).map((part) => part.id);
}

/** The queues as tabs, with how much waits in each. */
export function WorkParts({ open }: { open: WorkPart }) {
  const say = useWords(words);
  const may = useMay();
  const { waiting } = useQueues();
  const count = (queue?: string) => {
    const found = waiting.find((one) => one.queue.id === queue);
    return found ? `${found.count}${found.more ? "+" : ""}` : undefined;
  };
  const parts = PARTS.filter((part) => may(part.needs)).map((part) => ({ id: part.id, label: say.part[part.id], count: count(part.queue) }));
  return <Parts to="/work" label={say.parts} open={open} parts={parts} />;
}
