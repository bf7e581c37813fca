import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import { cx } from "./cx";

export type Choice<V extends string = string> = { value: V; label: string; hint?: string };
type Props<V extends string> = {
  value: V | undefined;
  onChange: (value: V) => void;
  choices: readonly Choice<V>[];
  placeholder?: string;
  label?: string;
  id?: string;
  disabled?: boolean;
  className?: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
};

/** One of a few. Values must not be empty texts. */
export function Select<V extends string>({ value, onChange, choices, placeholder, label, className, ...rest }: Props<V>) {
  return (
    <Radix.Root value={value ?? ""} onValueChange={(next) => onChange(next as V)} disabled={rest.disabled}>
      <Radix.Trigger
        {...rest}
        aria-label={label}
        className={cx(
          "inline-flex h-8 items-center justify-between gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-ink hover:border-faint disabled:opacity-60 aria-invalid:border-bad data-placeholder:text-faint",
          className,
        )}
      >
        <span className="truncate"><Radix.Value placeholder={placeholder} /></span>
        <Radix.Icon><ChevronDown className="size-4 text-faint" /></Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content position="popper" sideOffset={4} className="animate-in z-50 max-h-80 min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border border-line bg-raised shadow-pop">
          <Radix.Viewport className="p-1">
            {choices.map((choice) => (
              <Radix.Item key={choice.value} value={choice.value} className="relative flex min-h-8 cursor-default items-center rounded-md py-1 pr-8 pl-2.5 outline-none data-highlighted:bg-hover">
                <div>
                  <Radix.ItemText>{choice.label}</Radix.ItemText>
                  {choice.hint && <div className="text-xs text-muted">{choice.hint}</div>}
                </div>
                <Radix.ItemIndicator className="absolute right-2"><Check className="size-4 text-accent" /></Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
