import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const reportsRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "reports", component: lazyRouteComponent(() => import("./index")) }),
] as const;
