/** Acts that wait for a second person, told where somebody looks at what they are about. */
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { toast } from "sonner";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Held } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useTellError } from "../../../app/toasts";
import { Button, Money, Notice } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { isAbout } from "./about";
import { actWords } from "./words";

/** Tells an error; one that is no error, since the act waits for somebody else, with the way there. */
export function useTellOutcome(): (error: unknown) => void {
  const say = useWords(actWords);
  const tell = useTellError();
  const router = useRouter();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof Held)) return tell(error);
      toast.info(say.held, { description: say.heldText, duration: 10_000, action: { label: say.heldSee, onClick: () => void router.navigate({ to: "/work" }) } });
    },
    [say, tell, router],
  );
}

/** Held acts about a receivable or a customer, with what the reader may do about them. */
export function HeldActs({ about, onDone }: { about: readonly string[]; onDone: () => void }) {
  const say = useWords(actWords);
  const format = useFormats();
  const { data } = useQuery({
    queryKey: [...keys.heldActs, "about"],
    queryFn: ({ signal }) => answer(api.GET("/v1/held-acts", { params: { query: { state: "waiting", limit: 200 } }, signal })),
    staleTime: 30_000,
  });
  const stale = [keys.heldActs];
  const approve = useAct({ run: (id: string) => answer(api.POST("/v1/held-acts/{act}/approve", { params: { path: { act: id } } })), done: say.heldApproved, stale, onDone });
  const refuse = useAct({
    run: ({ id }: { id: string; own: boolean }) => answer(api.POST("/v1/held-acts/{act}/refuse", { params: { path: { act: id } }, body: {} })),
    done: (_, { own }) => (own ? say.heldWithdrawn : say.heldRefused),
    stale,
    onDone,
  });
  const waiting = data?.items.filter((act) => isAbout(act, about)) ?? [];
  if (waiting.length === 0) return null;
  const busy = approve.isPending || refuse.isPending;
  return (
    <div className="flex flex-col gap-2">
      {waiting.map((act) => (
        <Notice
          key={act.id}
          tone="warn"
          title={act.own ? say.heldYours : say.heldActs(act.asked_by.replace(/ \(.*\)$/, ""))}
          action={
            <span className="flex gap-2">
              {!act.own && <Button size="sm" look="primary" busy={busy} onClick={() => approve.mutate(act.id)}>{say.heldApprove}</Button>}
              <Button size="sm" busy={busy} onClick={() => refuse.mutate({ id: act.id, own: act.own })}>{act.own ? say.heldWithdraw : say.heldRefuse}</Button>
            </span>
          }
        >
          <span>{operationName(act.operation, say)} · <Money value={act.stake} /> · {say.heldExpires(format.moment(act.expires_at))}</span>
          {act.reason && <span className="block text-muted">{act.reason}</span>}
        </Notice>
      ))}
    </div>
  );
}

const OPERATIONS: Record<string, string> = {
  write_off_receivable: "writeOff", void_receivable: "void", reduce_receivable: "reduce", refund_receivable: "refund", charge_back: "chargeBack", charge_now: "charge",
  enter_payment: "payment", add_fee: "fee", withhold_tax: "withhold", apply_credit: "credit", apply_credit_to_receivable: "credit", pay_out_credit: "payOut",
};

type Say = (typeof actWords)["pt"];
export function operationName(operation: string, say: Say): string {
  const key = OPERATIONS[operation] as keyof Say["acts"] | "payOut" | undefined;
  return key ? say.acts[key].name : operation;
}
