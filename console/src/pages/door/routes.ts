import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

// Invitations and resets carry their token behind `#`, where no server and no log sees it.
type Back = { to?: string; ended?: boolean };

/** Only a path of ours is followed after signing in. */
export function safeReturn(to: unknown): string | undefined {
  return typeof to === "string" && /^\/(?![/\\])/.test(to) ? to : undefined;
}

export const doorRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "sign-in",
    validateSearch: (search: Record<string, unknown>): Back => ({ to: safeReturn(search.to), ended: search.ended === true || undefined }),
    component: lazyRouteComponent(() => import("./sign-in")),
  }),
  createRoute({ getParentRoute: () => rootRoute, path: "setup", component: lazyRouteComponent(() => import("./setup")) }),
  createRoute({ getParentRoute: () => rootRoute, path: "invitation", component: lazyRouteComponent(() => import("./invitation")) }),
  createRoute({ getParentRoute: () => rootRoute, path: "reset", component: lazyRouteComponent(() => import("./reset")) }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "oidc-refused",
    validateSearch: (search: Record<string, unknown>): { code?: string } => ({ code: typeof search.code === "string" ? search.code : undefined }),
    component: lazyRouteComponent(() => import("./oidc-refused")),
  }),
] as const;
