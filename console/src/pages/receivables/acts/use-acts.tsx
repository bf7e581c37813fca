import {
  BadgeDollarSign, Ban, Banknote, CalendarCheck, CalendarX, CircleCheck, CirclePause, CirclePlay, CreditCard, FileMinus2, Gavel, HandCoins, Landmark, MessageCircleWarning, MinusCircle,
  PlusCircle, QrCode, Receipt, RotateCcw, ShieldX, Undo2,
} from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";
import { useTellDone } from "../../../app/toasts";
import type { MenuItem } from "../../../ui";
import { useWords } from "../../../words";
import { useRefresh } from "../data";
import { useName } from "../names";
import { ActDialog } from "./act-dialog";
import { useTellOutcome } from "./held";
import { type Receivable, type ReceivableAct, scopes, undoes, unfit } from "./kinds";
import { runAct } from "./run";
import { actWords } from "./words";

export const ACT_ICONS: Record<ReceivableAct, ReactNode> = {
  pause: <CirclePause />, resume: <CirclePlay />, hold: <Gavel />, release: <CircleCheck />, promise: <CalendarCheck />, withdraw: <CalendarX />, dispute: <MessageCircleWarning />, settle: <CircleCheck />,
  charge: <CreditCard />, payment: <Banknote />, credit: <HandCoins />, reduce: <MinusCircle />, fee: <PlusCircle />, withhold: <Landmark />, refund: <Undo2 />, chargeBack: <RotateCcw />,
  writeOff: <FileMinus2 />, void: <Ban />, instrument: <QrCode />, slip: <Receipt />, approve: <BadgeDollarSign />, reject: <ShieldX />,
};

/** Letters for acts on what is open at the side. */
export const ACT_KEYS: Partial<Record<ReceivableAct, string>> = {
  pause: "p", resume: "p", hold: "b", promise: "m", charge: "c", payment: "r", writeOff: "w", dispute: "d", settle: "d", instrument: "i",
};

const GROUPS: readonly (readonly ReceivableAct[])[] = [
  ["approve", "reject"],
  ["pause", "resume", "hold", "release", "promise", "withdraw", "dispute", "settle"],
  ["charge", "instrument", "slip"],
  ["payment", "credit", "reduce", "fee", "withhold", "refund", "chargeBack"],
  ["writeOff", "void"],
];

/** The acts on one receivable: which may be done, the menu, and the dialog of the one that was begun. */
export function useActs(receivable: Receivable | undefined, today: string) {
  const say = useWords(actWords);
  const may = useMay();
  const tellDone = useTellDone();
  const tellOutcome = useTellOutcome();
  const refresh = useRefresh();
  const [asked, ask] = useState<ReceivableAct | null>(null);

  const means = useMeans(receivable);
  const can = useCallback(
    (act: ReceivableAct) => Boolean(receivable) && may(scopes[act]) && means(act) && unfit(act, receivable as Receivable) === null,
    [receivable, may, means],
  );

  const start = useCallback(
    (act: ReceivableAct) => {
      if (!receivable || !can(act)) return;
      // What can be taken back in the same breath is not asked about first.
      if (act !== "pause" && act !== "resume") return ask(act);
      const run = async (one: ReceivableAct, back: boolean) => {
        try {
          await runAct(one, receivable.id, {});
          const undo = undoes[one];
          tellDone(back ? say.undone : say.acts[one].done, back || !undo ? undefined : () => void run(undo, true));
        } catch (error) {
          tellOutcome(error);
        }
        await refresh([receivable.id], [receivable.customer]);
      };
      void run(act, false);
    },
    [receivable, can, tellDone, tellOutcome, refresh, say],
  );

  const items = GROUPS.flatMap((group): MenuItem[] => {
    const shown = group.filter(can).map((act) => ({
      label: say.acts[act].name, icon: ACT_ICONS[act], keys: ACT_KEYS[act], danger: act === "writeOff" || act === "void", onSelect: () => start(act),
    }));
    return shown.length > 0 ? ["line", ...shown] : [];
  }).slice(1);

  const dialog = asked && receivable ? <ActDialog act={asked} receivable={receivable} today={today} onClose={() => ask(null)} /> : null;
  return { can, start, items, dialog };
}

/** Whether there is what an act works with: a gateway, a bank account, a stored method, a credit. What is not known yet is offered. */
function useMeans(receivable: Receivable | undefined): (act: ReceivableAct) => boolean {
  const may = useMay();
  const gateways = useQuery({
    queryKey: [...keys.gateways, "to-charge-by"],
    queryFn: ({ signal }) => answer(api.GET("/v1/gateways", { signal })),
    enabled: may("charging:read"),
    staleTime: 5 * 60_000,
  }).data;
  const accounts = useQuery({
    queryKey: [...keys.bank, "of-slips"],
    queryFn: ({ signal }) => answer(api.GET("/v1/bank-accounts", { params: { query: { limit: 200 } }, signal })),
    enabled: may("bank:read"),
    staleTime: 5 * 60_000,
  }).data;
  const customer = receivable?.customer ?? "";
  const methods = useQuery({
    queryKey: [...keys.customers, "one", customer, "methods"],
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/methods", { params: { path: { customer }, query: { limit: 200 } }, signal })),
    enabled: customer !== "" && may("charging:read"),
    staleTime: 60_000,
  }).data;
  const known = useName(customer, customer !== "");
  return useCallback(
    (act) => {
      if (act === "instrument") return gateways?.items.some((gateway) => gateway.role === "owner") ?? true;
      if (act === "slip") return (accounts?.items.length ?? 1) > 0;
      if (act === "charge") return methods?.items.some((method) => method.status === "active" || method.status === "broken") ?? true;
      if (act === "credit") return known?.credit.some((money) => /[1-9]/.test(money.amount)) ?? false;
      return true;
    },
    [gateways, accounts, methods, known],
  );
}
