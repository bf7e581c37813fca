import { QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 5 * 60_000,
      // What is wrong with the request stays wrong; what passes is tried twice more.
      retry: (count, error) => error instanceof Problem && error.passing && error.status !== 429 && count < (error.code === "busy_elsewhere" ? 8 : 2),
      retryDelay: (count, error) => (error instanceof Problem && error.code === "busy_elsewhere" ? 700 : Math.min(1000 * 2 ** count, 8000)),
    },
    mutations: { retry: false },
  },
});
