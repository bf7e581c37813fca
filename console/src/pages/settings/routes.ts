import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const settingsRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "settings", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
