import { useSearch } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { Parts } from "../../app/parts";
import { useMay } from "../../app/session";
import { Page, SkeletonRows } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

const BODIES = {
  aging: lazy(() => import("./aging")), collection: lazy(() => import("./collection")), ratios: lazy(() => import("./ratios")),
  results: lazy(() => import("./results")), discounts: lazy(() => import("./discounts")), retries: lazy(() => import("./retries")),
} satisfies Record<string, ComponentType>;
type Part = keyof typeof BODIES;

export default function ReportsPage() {
  const say = useWords(words);
  const may = useMay();
  const { part } = useSearch({ from: "/inside/reports" });
  const allowed = may("reports:read") ? (Object.keys(BODIES) as Part[]) : [];
  const open = allowed.find((one) => one === part) ?? "aging";
  const Body = BODIES[open];
  return (
    <Page title={say.title} name={`${say.part[open]} · ${say.title}`}>
      <Parts to="/reports" label={say.parts} open={open} parts={allowed.map((id) => ({ id, label: say.part[id] }))} />
      {allowed.length > 0 && <Suspense key={open} fallback={<SkeletonRows rows={8} />}><Body /></Suspense>}
    </Page>
  );
}
