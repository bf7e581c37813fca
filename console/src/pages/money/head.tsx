import { Parts } from "../../app/parts";
import { useMay } from "../../app/session";
import { useWords } from "../../words";
import { words } from "./words";

export type MoneyPart = "payments" | "retries" | "bank" | "second" | "disputes";
const NEEDS: Record<MoneyPart, string> = { payments: "money:read", retries: "charging:read", bank: "bank:read", second: "money:read", disputes: "money:read" };

export function allowedParts(may: (scope: string) => boolean): MoneyPart[] {
  return (Object.keys(NEEDS) as MoneyPart[]).filter((part) => may(NEEDS[part]));
}

export function MoneyParts({ open }: { open: MoneyPart }) {
  const say = useWords(words);
  const may = useMay();
  return <Parts to="/money" label={say.parts} open={open} parts={allowedParts(may).map((id) => ({ id, label: say.part[id] }))} />;
}
