import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { insideRoute } from "../../app/root";
import { readCustomerSearch, readCustomersSearch } from "./search";

export const customersRoutes = [
  createRoute({ getParentRoute: () => insideRoute, path: "customers", validateSearch: readCustomersSearch, component: lazyRouteComponent(() => import("./index")) }),
  createRoute({ getParentRoute: () => insideRoute, path: "customers/$customer", validateSearch: readCustomerSearch, component: lazyRouteComponent(() => import("./customer")) }),
] as const;
