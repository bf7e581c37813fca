import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { partSearch } from "../../app/part";
import { insideRoute } from "../../app/root";

export const messagesRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "messages", validateSearch: partSearch, component: lazyRouteComponent(() => import("./index")) }),
] as const;
