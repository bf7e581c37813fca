import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";

/** Oneself, as the company knows one. */
export function useOwn() {
  return useQuery({ queryKey: [...keys.people, "own"], queryFn: ({ signal }) => answer(api.GET("/v1/me/person", { signal })) });
}
