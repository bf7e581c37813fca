import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";

export type Approval = Schemas["AwaitedApproval"];
export type PlannedLetter = Approval["letters"][number];
export const idOf = (row: Approval) => `${row.receivable} ${row.step}`;

/** What would be sent if everything of this customer that waits were approved now, by receivable and step. */
export function useLetters(customer: string | null) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.approvals, "letters", customer],
    queryFn: async ({ signal }) => {
      const told = await answer(api.GET("/v1/approvals", { params: { query: { customer: customer ?? "", letters: true } }, signal }));
      return new Map(told.items.map((row) => [idOf(row), row.letters]));
    },
    enabled: customer !== null && may("receivables:read"),
    staleTime: 60_000,
    structuralSharing: false,
  });
}
