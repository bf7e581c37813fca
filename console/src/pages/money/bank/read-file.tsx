import { FileUp } from "lucide-react";
import { useRef } from "react";
import { toast } from "sonner";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { Button } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { bankWords } from "./words";

/** A statement or a return file of the bank; what its lines pay is booked where that is certain. */
export function ReadFile({ onDone }: { onDone: () => void }) {
  const say = useWords(bankWords);
  const format = useFormats();
  const input = useRef<HTMLInputElement>(null);
  const read = useAct({
    run: (file: File) =>
      answer(api.POST("/v1/bank/files", { params: { query: { name: file.name } }, body: file as unknown as string, bodySerializer: (body: unknown) => body as BodyInit, headers: { "Content-Type": "application/octet-stream" } })),
    stale: [keys.bank, keys.payments, keys.receivables, keys.today],
    onDone: (told) => {
      if (told.read_before) toast.info(say.readKnown);
      else toast.success(say.readDone(format.number(told.booked), format.number(told.waiting)), told.refused_count > 0 ? { description: say.readRefused(told.refused_count) } : undefined);
      onDone();
    },
  });
  return (
    <>
      <input
        ref={input}
        type="file"
        className="hidden"
        aria-label={say.read}
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) read.mutate(file);
        }}
      />
      <Button busy={read.isPending} title={say.readHelp} onClick={() => input.current?.click()}><FileUp />{read.isPending ? say.reading : say.read}</Button>
    </>
  );
}
