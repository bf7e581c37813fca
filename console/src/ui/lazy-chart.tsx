import { lazy, Suspense } from "react";
import type { ChartProps } from "./chart";
import { Skeleton } from "./states";

const Inner = lazy(() => import("./chart"));

/** A chart; recharts is fetched when the first one is shown. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height ?? 220 }}><Skeleton className="size-full" /></div>}>
      <Inner {...props} />
    </Suspense>
  );
}
