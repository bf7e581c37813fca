import { useNavigate } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useMemo } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { type Column, DataTable, Empty, Page, useRows } from "../../ui";
import { useWords } from "../../words";
import { CustomerCell } from "../messages/columns";
import { WorkParts } from "./head";
import { words } from "./words";

type Row = Schemas["ParkedCustomer"];

export default function ParkedWork() {
  const say = useWords(words);
  const navigate = useNavigate();
  const rows = useRows<Row>([...keys.customers, "parked"], (cursor, signal) => answer(api.GET("/v1/parked-customers", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "customer", head: say.customer, width: 220, grow: 1, cell: (row) => <CustomerCell id={row.customer_external_id} code={row.customer_external_id} /> },
      { id: "why", head: say.why, width: 320, grow: 3, cell: (row) => <span className="text-muted" title={row.why}>{row.why}</span> },
    ],
    [say],
  );
  return (
    <Page title={say.title} fill>
      <WorkParts open="parked" />
      <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
        <DataTable<Row>
          label={say.parkedList} columns={columns} rows={rows} rowId={(row) => row.customer_external_id}
          onOpen={(row) => void navigate({ to: "/customers/$customer", params: { customer: row.customer_external_id } })}
          empty={<Empty icon={<ShieldCheck />} title={say.parkedEmpty}>{say.parkedEmptyText}</Empty>}
        />
      </div>
    </Page>
  );
}
