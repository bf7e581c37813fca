import { ArrowDown, ArrowUp } from "lucide-react";
import { type ComponentProps, type ReactNode, useEffect, useState } from "react";
import { Button, Checkbox, Field, Input, Textarea } from "../../../ui";
import { useWords } from "../../../words";
import { ladderWords } from "./words";

type Commit = { value: string; onCommit: (value: string) => void; wrong?: (value: string) => string | undefined; label: ReactNode; hint?: ReactNode; optional?: string; className?: string; disabled?: boolean };

/** A text that goes into the draft when one leaves it or presses Enter; what is wrong stays here and says so. */
export function TextField({ value, onCommit, wrong, label, hint, optional, className, area, ...rest }: Commit & { area?: boolean } & Pick<ComponentProps<"input">, "inputMode" | "list" | "placeholder">) {
  const [typed, type] = useState(value);
  const [error, setError] = useState<string>();
  useEffect(() => {
    type(value);
    setError(undefined);
  }, [value]);
  const commit = () => {
    const next = typed.trim();
    if (next === value) return setError(undefined);
    const told = wrong?.(next);
    setError(told);
    if (!told) onCommit(next);
  };
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {area
        ? <Textarea value={typed} disabled={rest.disabled} rows={2} spellCheck={false} className="font-mono text-sm" onChange={(event) => type(event.target.value)} onBlur={commit} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); commit(); } }} />
        : <Input {...rest} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => type(event.target.value)} onBlur={commit} onKeyDown={(event) => event.key === "Enter" && commit()} />}
    </Field>
  );
}

type Choices = { label: string; hint?: ReactNode; all: readonly { value: string; label: string }[]; value: readonly string[]; onChange: (value: string[]) => void; ordered?: boolean; disabled?: boolean };

/** Several of a few; with `ordered` those that are taken stand first, in an order that can be changed. */
export function ManyField({ label, hint, all, value, onChange, ordered, disabled }: Choices) {
  const say = useWords(ladderWords);
  const rows = ordered ? [...value.flatMap((one) => all.find((choice) => choice.value === one) ?? { value: one, label: one }), ...all.filter((choice) => !value.includes(choice.value))] : all;
  const swap = (at: number, by: number) => {
    const next = [...value];
    const [taken] = next.splice(at, 1);
    if (taken !== undefined) next.splice(at + by, 0, taken);
    onChange(next);
  };
  return (
    <fieldset className="min-w-0" disabled={disabled}>
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className={ordered || all.some((one) => one.label.length > 16) ? "flex flex-col gap-0.5" : "grid grid-cols-2 gap-x-4 gap-y-1"}>
        {rows.map((choice) => {
          const at = value.indexOf(choice.value);
          return (
            <div key={choice.value} className="flex min-h-6 items-center justify-between gap-2">
              <Checkbox checked={at >= 0} disabled={disabled} onChange={(on) => onChange(on ? [...value, choice.value] : value.filter((one) => one !== choice.value))} label={ordered && at >= 0 ? `${at + 1}. ${choice.label}` : choice.label} />
              {ordered && at >= 0 && value.length > 1 && !disabled && (
                <span className="flex">
                  <Button look="quiet" size="sm" icon disabled={at === 0} aria-label={say.moveUp(choice.label)} onClick={() => swap(at, -1)}><ArrowUp /></Button>
                  <Button look="quiet" size="sm" icon disabled={at === value.length - 1} aria-label={say.moveDown(choice.label)} onClick={() => swap(at, 1)}><ArrowDown /></Button>
                </span>
              )}
            </div>
          );
        })}
      </div>
      {hint && <p className="mt-1 text-sm text-muted">{hint}</p>}
    </fieldset>
  );
}
