import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { useTellError } from "../../../app/toasts";
import { useFormats, useWords } from "../../../words";
import { bankWords } from "./words";

export type Line = Schemas["BankLine"];
export type Target = { receivables: string[] } | { customer: string };

export function useLineActs(line: Line, onDone: () => void) {
  const say = useWords(bankWords);
  const format = useFormats();
  const client = useQueryClient();
  const tellError = useTellError();
  const stale = [keys.bank, keys.payments, keys.receivables, keys.customers, keys.today] as const;
  const params = { path: { line: line.id } };

  async function undo() {
    try {
      await answer(api.POST("/v1/bank/lines/{line}/undo", { params, body: {} }));
      toast.success(say.undone, { description: say.undoneText, duration: 12_000 });
      for (const key of stale) void client.invalidateQueries({ queryKey: key });
    } catch (error) {
      tellError(error);
    }
  }

  const book = useAct({
    run: (target: Target) => answer(api.POST("/v1/bank/lines/{line}/book", { params, body: target })),
    done: (moved) => {
      const what = moved.parts.map((part) => part.receivable).join(", ");
      const rest = /[1-9]/.test(moved.rest.amount) ? `, ${say.rest(format.money(moved.rest))}` : "";
      return `${what ? say.booked(what) : say.bookedCustomer}${rest}`;
    },
    undo: () => void undo(),
    stale,
    onDone,
  });
  const setAside = useAct({
    run: (reason: string) => answer(api.POST("/v1/bank/lines/{line}/set-aside", { params, body: { reason: reason || undefined } })),
    done: say.setAsideDone,
    stale,
    onDone,
  });
  return { book, setAside };
}
