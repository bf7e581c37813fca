import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { Badge, Button, Card, Day, Facts, Failed, Moment, SkeletonRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { companyWords } from "./company-words";
import { ofPolicy } from "./policy-text";

export default function Company() {
  const say = useWords(companyWords);
  const may = useMay();
  const { data: company, isPending, error, refetch } = useCompany();
  const policies = useQuery({ queryKey: keys.policies, queryFn: () => answer(api.GET("/v1/policies", { params: { query: { limit: 1 } } })), enabled: may("policy:read") });
  const newest = policies.data?.items[0]?.version;
  const policy = useQuery({ queryKey: [...keys.policies, newest], queryFn: () => answer(api.GET("/v1/policies/{policy}", { params: { path: { policy: String(newest) } } })), enabled: newest !== undefined });
  const sources = useQuery({ queryKey: ["sources"], queryFn: () => answer(api.GET("/v1/sources", { params: { query: { limit: 200 } } })), enabled: may("money:read") });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const body = policy.data?.body;
  const calendar = body ? ofPolicy(body, "calendar") : null;
  return (
    <div className="flex flex-col gap-4">
      <Card title={company.name}>
        <Facts rows={[
          [say.id, <code key="id" className="font-mono text-sm">{company.id}</code>],
          [say.zone, company.time_zone],
          [say.since, <Day key="day" value={company.created_at} />],
          company.parked_customers > 0 && [say.parked, <Badge key="parked" tone="bad">{company.parked_customers}</Badge>],
        ]} />
        <p className="mt-3 text-sm text-muted">{say.file}</p>
      </Card>
      {may("policy:read") && (
        <Card title={say.calendar} description={say.calendarText} actions={<Button asChild size="sm"><Link to="/policy">{say.openPolicy}</Link></Button>}>
          {policy.isPending && newest !== undefined ? <SkeletonRows rows={2} /> : body ? (
            <Facts rows={[
              [say.calendarName, calendar ? say.calendars[calendar] ?? calendar : say.noCalendar],
              [say.time, ofPolicy(body, "time") ?? "–"],
              [say.notice, say.span(ofPolicy(body, "notice") ?? "–")],
              [say.version, `${policy.data?.name} · ${newest}`],
            ]} />
          ) : <p className="text-muted">{say.noPolicy}</p>}
        </Card>
      )}
      {calendar && <Holidays calendar={calendar} />}
      {sources.data && sources.data.items.length > 0 && (
        <Card title={say.sources} description={say.sourcesText} flush>
          <ul className="border-t border-line">
            {sources.data.items.map((source) => (
              <li key={source.source} className="flex justify-between gap-4 border-b border-line px-4 py-2 last:border-0">
                <span className="truncate font-medium">{source.source}</span>
                <span className="text-muted">{source.always_read ? say.always : <Moment value={source.read_at} />}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

/** The days on which nothing falls due, a year at a time. */
function Holidays({ calendar }: { calendar: string }) {
  const say = useWords(companyWords);
  const format = useFormats();
  const [year, setYear] = useState(() => new Date().getFullYear());
  const { data, error, refetch } = useQuery({
    queryKey: ["calendars", calendar, year],
    queryFn: () => answer(api.GET("/v1/calendars/{calendar}", { params: { path: { calendar }, query: { year } } })),
    placeholderData: (before) => before,
    staleTime: Infinity,
  });
  return (
    <Card
      title={say.holidays(year)}
      description={say.holidaysText}
      actions={<>
        <Button size="sm" icon aria-label={String(year - 1)} title={String(year - 1)} onClick={() => setYear(year - 1)}><ChevronLeft /></Button>
        <Button size="sm" icon aria-label={String(year + 1)} title={String(year + 1)} onClick={() => setYear(year + 1)}><ChevronRight /></Button>
      </>}
    >
      {error ? <Failed error={error} retry={() => void refetch()} /> : !data ? <SkeletonRows rows={3} /> : data.holidays.length === 0 ? <p className="text-muted">{say.noHolidays}</p> : (
        <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2 xl:grid-cols-3">
          {data.holidays.map((day) => <li key={day}>{format.weekday(day)}</li>)}
        </ul>
      )}
    </Card>
  );
}
