import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMay } from "../../app/session";
import { SkeletonRows } from "../../ui";
import { allowedParts, type WorkPart } from "./head";

const BODIES: Record<WorkPart, ReturnType<typeof lazy>> = {
  tasks: lazy(() => import("./tasks/tasks")),
  approvals: lazy(() => import("./approvals")),
  held: lazy(() => import("./held/held")),
  requests: lazy(() => import("./asked/requests")),
  replies: lazy(() => import("./asked/replies")),
  need: lazy(() => import("./need")),
  mend: lazy(() => import("./tasks/mend")),
  parked: lazy(() => import("./parked")),
};

export default function WorkPage() {
  const { part } = useSearch({ from: "/inside/work" });
  const may = useMay();
  const allowed = allowedParts(may);
  const open = allowed.find((one) => one === part) ?? allowed[0] ?? "tasks";
  const Body = BODIES[open];
  return <Suspense key={open} fallback={<SkeletonRows rows={8} className="p-6" />}><Body /></Suspense>;
}
