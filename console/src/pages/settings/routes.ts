import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => insideRoute,
    path: "settings",
    validateSearch: (search: Record<string, unknown>): { part?: string } => ({ part: typeof search.part === "string" ? search.part : undefined }),
    component: lazyRouteComponent(() => import("./index")),
  }),
] as const;
