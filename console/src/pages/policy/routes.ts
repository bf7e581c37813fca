import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const policyRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "policy", component: lazyRouteComponent(() => import("./index")) }),
] as const;
