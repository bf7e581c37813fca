import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const workRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "work", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
