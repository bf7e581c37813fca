import { Columns3, Download, X } from "lucide-react";
import { useState } from "react";
import { shownOf } from "../../app/saved-views/data";
import { SavedViews } from "../../app/saved-views/saved-views";
import { useTellError } from "../../app/toasts";
import { WantedField } from "../../app/wanted";
import { Button, cx, Input, Menu, Select } from "../../ui";
import { common, enums, typedAmount, useWords } from "../../words";
import { actWords } from "./acts/words";
import type { ColumnChoice } from "./columns";
import { columnIds } from "./columns-ids";
import { useAging } from "./data";
import { type Age, ages, type Filters, isFiltered, readFilters, type Span, spans, statuses, type Status } from "./filters";
import { find } from "./find";
import { views, viewOf } from "./views";
import { words } from "./words";

const ANY = "any";

type Props = {
  filters: Filters;
  /** What is searched for. */
  wanted: string;
  onSearch: (text: string) => void;
  onChange: (next: Filters, open?: string, wanted?: string) => void;
  columns: ColumnChoice;
  onExport: () => void;
};

export function Toolbar({ filters, wanted, onSearch, onChange, columns, onExport }: Props) {
  const say = useWords(words);
  const usual = useWords(common);
  const names = useWords(enums).receivable;
  const { data: aging } = useAging();
  const currencies = aging?.currencies.map((one) => one.currency) ?? [];
  const tellError = useTellError();
  const { customer: _customer, number: _number, ...saved } = filters;
  const current = viewOf(filters);
  async function go(whole: string): Promise<boolean> {
    try {
      const found = await find(whole);
      if (found) onChange({ number: found.number, customer: found.customer }, found.open, "");
      return Boolean(found);
    } catch (error) {
      tellError(error);
      return true;
    }
  }
  const keep = { currency: filters.currency, customer: filters.customer };
  return (
    <div className="mb-2 flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <div role="group" aria-label={say.views} className="scrollbar-thin -mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-0.5">
        {views.map((view) => (
          <button
            key={view.key}
            type="button"
            aria-pressed={current === view.key}
            onClick={() => onChange({ ...keep, ...view.filters })}
            className={cx("h-7 rounded-md px-2.5 text-sm font-medium whitespace-nowrap", current === view.key ? "bg-active text-ink" : "text-muted hover:bg-hover hover:text-ink")}
          >
            {say.view[view.key]}
          </button>
        ))}
        </div>
        <span className="ml-auto flex shrink-0 items-center gap-1">
          <SavedViews page="receivables" shown={shownOf(saved, columns.shown)} onShow={(view) => { columns.show(view.columns); onChange(readFilters(view.filters), undefined, ""); }} />
          <Menu
            trigger={<Button look="quiet" size="sm"><Columns3 /><span className="max-lg:sr-only">{usual.columns}</span></Button>}
            items={[
              { heading: say.columnsHelp },
              ...columnIds.map((id) => ({ label: say[id], checked: columns.shown.includes(id), onSelect: () => columns.toggle(id) })),
              "line",
              { label: say.columnsReset, onSelect: columns.reset },
            ]}
          />
          <Button look="quiet" size="sm" onClick={onExport}><Download /><span className="max-lg:sr-only">{say.export}</span></Button>
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <WantedField label={say.search} help={say.searchHelp} wanted={wanted} onSearch={onSearch} onGo={go} className="w-60" />
        <Select
          label={say.status}
          value={filters.status ?? ANY}
          onChange={(value) => onChange({ ...filters, status: value === ANY ? undefined : (value as Status), age: value === ANY || value === "open" ? filters.age : undefined })}
          choices={[{ value: ANY, label: say.anyStatus }, ...statuses.map((status) => ({ value: status, label: names?.[status] ?? status }))]}
        />
        <Select
          label={say.late}
          value={filters.age ?? ANY}
          onChange={(value) => onChange({ ...filters, age: value === ANY ? undefined : (value as Age | Span), status: value === ANY || filters.status === "open" ? filters.status : undefined })}
          choices={[{ value: ANY, label: say.anyAge }, ...[...spans, ...ages].map((age) => ({ value: age, label: say.age[age] ?? age }))]}
        />
        <span className="flex items-center gap-1.5">
          <Input type="date" aria-label={say.from} className="w-34!" value={filters.from ?? ""} onChange={(event) => onChange({ ...filters, from: event.target.value || undefined })} />
          <span className="text-muted">{say.until}</span>
          <Input type="date" aria-label={`${say.due} ${say.until}`} className="w-34!" value={filters.until ?? ""} onChange={(event) => onChange({ ...filters, until: event.target.value || undefined })} />
        </span>
        {currencies.length > 1 && (
          <Select
            label={say.currency}
            value={filters.currency ?? ANY}
            onChange={(value) => onChange({ ...filters, currency: value === ANY ? undefined : value })}
            choices={[{ value: ANY, label: say.anyCurrency }, ...currencies.map((code) => ({ value: code, label: code }))]}
          />
        )}
        <Amounts filters={filters} currency={filters.currency ?? currencies[0]} onChange={onChange} />
        {filters.customer && <Chip onRemove={() => onChange({ ...filters, customer: undefined })} text={say.ofCustomer(filters.customer)} />}
        {filters.number && <Chip onRemove={() => onChange({ ...filters, number: undefined })} text={say.withNumber(filters.number)} />}
        {(isFiltered(filters) || filters.customer || wanted) && <Button look="quiet" size="sm" onClick={() => onChange({}, undefined, "")}>{say.clearAll}</Button>}
      </div>
    </div>
  );
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  const say = useWords(words);
  return (
    <span className="inline-flex h-7 items-center gap-1 rounded-md border border-accent-line bg-accent-soft pr-1 pl-2 text-sm font-medium text-accent">
      {text}
      <button type="button" aria-label={say.removeFilter(text)} onClick={onRemove} className="rounded-sm p-0.5 hover:bg-hover"><X className="size-3.5" /></button>
    </span>
  );
}

/** Bounds of the balance; they are amounts of one currency, which is then part of the filter. */
function Amounts({ filters, currency, onChange }: { filters: Filters; currency: string | undefined; onChange: (next: Filters) => void }) {
  const say = useWords(words);
  if (!currency) return null;
  const bound = (name: "least" | "most") => (
    <Bound
      key={`${name}-${filters[name] ?? ""}`}
      label={say[name]}
      currency={currency}
      value={filters[name]}
      onChange={(next) => onChange({ ...filters, [name]: next, currency: next ? currency : filters.currency })}
    />
  );
  return <span className="flex items-center gap-1.5">{bound("least")}<span className="text-muted">{say.until}</span>{bound("most")}</span>;
}

/** One of them: told once it is typed, and marked while it is no amount. */
function Bound({ label, currency, value, onChange }: { label: string; currency: string; value: string | undefined; onChange: (next: string | undefined) => void }) {
  const { amountWrong } = useWords(actWords);
  const [text, setText] = useState(value ?? "");
  const typed = text.trim() === "" ? undefined : typedAmount(text);
  const wrong = typed === null || typed?.startsWith("-") === true;
  const tell = () => {
    if (!wrong && (typed ?? undefined) !== value) onChange(typed ?? undefined);
  };
  return (
    <Input
      inputMode="decimal"
      autoComplete="off"
      aria-label={`${label} (${currency})`}
      aria-invalid={wrong || undefined}
      title={wrong ? amountWrong : undefined}
      placeholder={label}
      className="num w-32!"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => event.key === "Enter" && tell()}
      onBlur={tell}
    />
  );
}
