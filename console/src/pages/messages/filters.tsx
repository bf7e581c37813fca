import { X } from "lucide-react";
import { Button, Input, Select } from "../../ui";
import { enums, useWords } from "../../words";
import { stepName } from "../customers/telling/tell";
import { telling } from "../customers/telling/words";
import { type Filters, isFiltered, NO_FILTERS, REACHED, STATUSES, useSteps } from "./data";
import { CHANNELS } from "./templates/words";
import { words } from "./words";

const ANY = "any";

/** By step, channel, status, how far it came, and day; all of them asked of the server. */
export function MessageFilters({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const say = useWords(words);
  const tells = useWords(telling);
  const channels = useWords(enums).channel;
  const steps = useSteps();
  const pick = <K extends keyof Filters>(name: K) => (value: string) => onChange({ ...filters, [name]: value === ANY || value === "" ? undefined : value });
  const choices = (any: string, values: readonly string[], nameOf: (value: string) => string) => [{ value: ANY, label: any }, ...values.map((value) => ({ value, label: nameOf(value) }))];
  return (
    <div role="group" aria-label={say.filters} className="mb-2 flex flex-wrap items-center gap-2">
      <Select label={say.statusLabel} className="w-44" value={filters.status ?? ANY} onChange={pick("status")} choices={choices(say.anyStatus, STATUSES, (value) => say.statuses[value] ?? value)} />
      <Select label={say.step} className="w-48" value={filters.step ?? ANY} onChange={pick("step")} choices={choices(say.anyStep, steps, (value) => stepName(value, tells))} />
      <Select label={say.channel} className="w-40" value={filters.channel ?? ANY} onChange={pick("channel")} choices={choices(say.anyChannel, CHANNELS, (value) => channels?.[value] ?? value)} />
      <Select label={say.standing} className="w-44" value={filters.standing ?? ANY} onChange={pick("standing")} choices={choices(say.anyStanding, REACHED, (value) => say.reached[value] ?? value)} />
      <Input type="date" aria-label={say.from} title={say.from} className="w-36!" max={filters.until} value={filters.from ?? ""} onChange={(event) => pick("from")(event.target.value)} />
      <Input type="date" aria-label={say.until} title={say.until} className="w-36!" min={filters.from} value={filters.until ?? ""} onChange={(event) => pick("until")(event.target.value)} />
      {isFiltered(filters) && <Button look="quiet" size="sm" onClick={() => onChange(NO_FILTERS)}><X />{say.clear}</Button>}
    </div>
  );
}
