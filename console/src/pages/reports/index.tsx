import { useSearch } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { Parts } from "../../app/parts";
import { useMay } from "../../app/session";
import { Page, SkeletonRows } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

const BODIES = { aging: lazy(() => import("./aging")), discounts: lazy(() => import("./discounts")), retries: lazy(() => import("./retries")) } satisfies Record<string, ComponentType>;
type Part = keyof typeof BODIES;
const NEEDS: Record<Part, string> = { aging: "reports:read", discounts: "reports:read", retries: "reports:read" };

export default function ReportsPage() {
  const say = useWords(words);
  const may = useMay();
  const { part } = useSearch({ from: "/inside/reports" });
  const allowed = (Object.keys(BODIES) as Part[]).filter((one) => may(NEEDS[one]));
  const open = allowed.find((one) => one === part) ?? "aging";
  const Body = BODIES[open];
  return (
    <Page title={say.title} name={`${say.part[open]} · ${say.title}`}>
      <Parts to="/reports" label={say.parts} open={open} parts={allowed.map((id) => ({ id, label: say.part[id] }))} />
      {allowed.length > 0 && <Suspense key={open} fallback={<SkeletonRows rows={8} />}><Body /></Suspense>}
    </Page>
  );
}
