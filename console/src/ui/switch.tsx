import { Switch as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";

type Props = { checked: boolean; onChange: (checked: boolean) => void; label: ReactNode; hint?: ReactNode; disabled?: boolean };

export function Switch({ checked, onChange, label, hint, disabled }: Props) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-4">
      <label htmlFor={id}>
        {label}
        {hint && <span className="block text-sm text-muted">{hint}</span>}
      </label>
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="mt-0.5 h-5 w-9 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-4 rounded-full bg-white shadow-card transition-transform data-[state=checked]:translate-x-4" />
      </Radix.Root>
    </div>
  );
}
