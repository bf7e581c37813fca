import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMay } from "../../app/session";
import { SkeletonRows } from "../../ui";
import { allowedParts, type MoneyPart } from "./head";

const BODIES: Record<MoneyPart, ReturnType<typeof lazy>> = {
  payments: lazy(() => import("./payments/payments")),
  retries: lazy(() => import("./retries/retries")),
  bank: lazy(() => import("./bank/bank")),
  second: lazy(() => import("./second")),
  disputes: lazy(() => import("./disputes")),
};

export default function MoneyPage() {
  const { part } = useSearch({ from: "/inside/money" });
  const may = useMay();
  const allowed = allowedParts(may);
  const open = allowed.find((one) => one === part) ?? allowed[0] ?? "payments";
  const Body = BODIES[open];
  return <Suspense key={open} fallback={<SkeletonRows rows={8} className="p-6" />}><Body /></Suspense>;
}
