import { createRouter } from "@tanstack/react-router";
import { customersRoutes } from "../pages/customers/routes";
import { doorRoutes } from "../pages/door/routes";
import { messagesRoutes } from "../pages/messages/routes";
import { moneyRoutes } from "../pages/money/routes";
import { policyRoutes } from "../pages/policy/routes";
import { receivablesRoutes } from "../pages/receivables/routes";
import { reportsRoutes } from "../pages/reports/routes";
import { settingsRoutes } from "../pages/settings/routes";
import { todayRoutes } from "../pages/today/routes";
import { workRoutes } from "../pages/work/routes";
import { onSessionEnd } from "../api/client";
import { insideRoute, rootRoute } from "./root";
import { forgetSession } from "./session";

const routeTree = rootRoute.addChildren([
  insideRoute.addChildren([
    ...todayRoutes, ...receivablesRoutes, ...customersRoutes, ...policyRoutes, ...messagesRoutes, ...workRoutes, ...moneyRoutes,
    ...reportsRoutes, ...settingsRoutes,
  ]),
  ...doorRoutes,
]);

export const router = createRouter({ routeTree, defaultPreload: "intent", defaultPreloadStaleTime: 0, scrollRestoration: true });

onSessionEnd(() => {
  // Only inside: at the door, 401 is an answer like another.
  if (!router.state.matches.some((match) => match.routeId === "/inside")) return;
  forgetSession();
  void router.navigate({ to: "/sign-in", search: { to: router.state.location.href, ended: true } });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  /** What stands in the browser's history beside an address, and in no address. */
  interface HistoryState {
    /** What a list is searched for: it may be somebody's name. */
    wanted?: string;
  }
}
