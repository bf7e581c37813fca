import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";

export const messagesRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "messages", component: lazyRouteComponent(() => import("./index")) }),
] as const;
