import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const moneyRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "money", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
