import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const todayRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "/", component: lazyRouteComponent(() => import("./index")) }),
] as const;
