import { useQuery } from "@tanstack/react-query";
import { Play, Upload } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { Button, Page } from "../../ui";
import { useFormats, useWords } from "../../words";
import { Ahead } from "./ahead";
import { useToday } from "./data";
import { FirstSteps } from "./first-steps";
import { Health } from "./health";
import { Needs } from "./needs";
import { Ran } from "./ran";
import { Stats } from "./stats";
import { Trends } from "./trends";
import { words } from "./words";

const Import = lazy(() => import("../../app/import"));

/** Whether the company has nobody yet: then the page shows how to begin. */
function useEmptyBook(): boolean {
  const may = useMay();
  const { data } = useQuery({
    queryKey: [...keys.customers, "any"],
    queryFn: () => answer(api.GET("/v1/customers", { params: { query: { limit: 1 } } })),
    enabled: may("customers:read"),
    staleTime: 60_000,
  });
  return data?.items.length === 0;
}

export default function TodayPage() {
  const say = useWords(words);
  const format = useFormats();
  const may = useMay();
  const today = useToday();
  const empty = useEmptyBook();
  const { data: company } = useCompany();
  const [importing, setImporting] = useState(false);
  const run = useAct({ run: () => answer(api.POST("/v1/run")), done: say.runDone, stale: [keys.messages, keys.plan, keys.today] });
  const weekday = format.weekday(today);
  return (
    <Page
      title={say.title}
      description={weekday.charAt(0).toUpperCase() + weekday.slice(1)}
      actions={may("receivables:act") && (
        <>
          <Button onClick={() => setImporting(true)}><Upload />{say.importFile}</Button>
          {!empty && <Button onClick={() => run.mutate()} busy={run.isPending}><Play />{say.runNow}</Button>}
        </>
      )}
    >
      {empty ? (
        <FirstSteps mode={company?.mode ?? "shadow"} published={company?.policy_versions ?? 0} onImport={() => setImporting(true)} />
      ) : (
        <div className="flex flex-col gap-4">
          <Stats today={today} />
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)]">
            {/* In one column the order is by what matters; in two, what was and what will be stand side by side. */}
            <div className="flex flex-col gap-4 max-lg:contents">
              <div className="max-lg:order-1"><Needs /></div>
              <div className="max-lg:order-3"><Ran /></div>
              <div className="max-lg:order-5"><Health /></div>
            </div>
            <div className="flex flex-col gap-4 max-lg:contents">
              <div className="max-lg:order-2"><Ahead /></div>
              <div className="max-lg:order-4"><Trends today={today} /></div>
            </div>
          </div>
        </div>
      )}
      {importing && <Suspense fallback={null}><Import open onOpenChange={setImporting} /></Suspense>}
    </Page>
  );
}
