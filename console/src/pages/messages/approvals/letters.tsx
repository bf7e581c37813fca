import { useState } from "react";
import { useCompany } from "../../../app/mode";
import { Failed, Segments, SkeletonRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { Letter, PhoneFrame } from "../templates/letter";
import { type Approval, idOf, useLetters } from "./data";
import { approvalWords } from "./words";

/** What would be sent if it were approved, over each channel: written for this customer by what writes in earnest. */
export function WouldSend({ row }: { row: Approval }) {
  const say = useWords(approvalWords);
  const names = useWords(enums).channel;
  const told = useLetters(row.customer);
  const [at, setAt] = useState("0");
  const from = useCompany().data?.name ?? "Régua";
  if (told.isPending) return <SkeletonRows rows={6} />;
  if (told.isError) return <Failed error={told.error} retry={() => void told.refetch()} />;
  const letters = told.data.get(idOf(row)) ?? [];
  const letter = letters[Number(at)] ?? letters[0];
  if (!letter) return <p className="text-muted">{row.template ? say.notSoon : say.noMessage}</p>;
  return (
    <div className="flex flex-col gap-2">
      {letters.length > 1 && <Segments label={say.sample} value={at} onChange={setAt} choices={letters.map((one, place) => ({ value: String(place), label: names?.[one.channel] ?? one.channel }))} />}
      {letter.channel === "whatsapp" || letter.channel === "sms" || letter.channel === "push" ? <PhoneFrame channel={letter.channel} from={from} title={letter.subject} text={letter.text} /> : <Letter to={letter.to} subject={letter.subject} text={letter.text} />}
    </div>
  );
}
