import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const reportsRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "reports", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
