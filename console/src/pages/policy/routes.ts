import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const policyRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "policy", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
