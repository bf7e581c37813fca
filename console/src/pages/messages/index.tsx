import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { SkeletonRows } from "../../ui";

const BODIES = {
  results: lazy(() => import("./results")),
  templates: lazy(() => import("./templates/templates")),
  approvals: lazy(() => import("./approvals/part")),
  need: lazy(() => import("./need")),
};

export default function MessagesPage() {
  const { part } = useSearch({ from: "/inside/messages" });
  const Body = BODIES[part as keyof typeof BODIES] ?? BODIES.results;
  return <Suspense fallback={<SkeletonRows rows={8} className="p-6" />}><Body /></Suspense>;
}
