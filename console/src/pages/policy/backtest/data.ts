import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";

export type Backtest = Schemas["Backtest"];
export type Tested = Schemas["BacktestedPolicy"];
/** While one is under way it is looked at again after so long. */
const EVERY = 700;

export const backtestKey = [...keys.policies, "backtest"] as const;

export function useBacktest() {
  return useQuery({
    queryKey: backtestKey,
    queryFn: () => answer(api.GET("/v1/policies/backtest")),
    refetchInterval: (query) => (query.state.data?.running ? EVERY : false),
    retry: false,
  });
}
