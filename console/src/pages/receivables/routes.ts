import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";
import { readSearch } from "./filters";

export const receivablesRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "receivables", validateSearch: readSearch, component: lazyRouteComponent(() => import("./index")) }),
  createRoute({ getParentRoute: () => insideRoute, path: "receivables/$receivable", component: lazyRouteComponent(() => import("./receivable")) }),
] as const;
