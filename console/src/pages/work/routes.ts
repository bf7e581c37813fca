import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const workRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "work", component: lazyRouteComponent(() => import("./index")) }),
] as const;
