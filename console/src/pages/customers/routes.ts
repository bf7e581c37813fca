import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const customersRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "customers", component: lazyRouteComponent(() => import("./index")) }),
  createRoute({ getParentRoute: () => insideRoute, path: "customers/$customer", component: lazyRouteComponent(() => import("./customer")) }),
] as const;
