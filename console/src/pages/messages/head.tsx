import { Parts } from "../../app/parts";
import { useMay } from "../../app/session";
import { useWords } from "../../words";
import { words } from "./words";

export type MessagesPart = "results" | "templates" | "approvals" | "need";

/** The tabs of Messages; only those that one may look at. */
export function MessagesParts({ open }: { open: MessagesPart }) {
  const say = useWords(words);
  const may = useMay();
  const ids: MessagesPart[] = ["results", "templates", ...(may("receivables:read") ? (["approvals"] as const) : []), "need"];
  return <Parts to="/messages" label={say.parts} open={open} parts={ids.map((id) => ({ id, label: say.part[id] }))} />;
}
