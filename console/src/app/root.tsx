import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { answer, api } from "../api/client";
import { Crash, NotFound } from "./crash";
import { ensureSession } from "./session";

export const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crash });

/** What only who is signed in sees: the shell with its pages. */
export const insideRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "inside",
  beforeLoad: async ({ location }) => {
    const session = await ensureSession();
    if (session) return;
    const { needed } = await answer(api.GET("/v1/setup"));
    if (needed) throw redirect({ to: "/setup" });
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
  },
  component: lazyRouteComponent(() => import("./shell"), "Shell"),
});
