import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const moneyRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "money", component: lazyRouteComponent(() => import("./index")) }),
] as const;
