import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cx } from "./cx";

type Props = {
  checked: boolean | "indeterminate";
  onChange: (checked: boolean) => void;
  label?: ReactNode;
  hint?: ReactNode;
  "aria-label"?: string;
  disabled?: boolean;
  className?: string;
  tabIndex?: number;
};

export function Checkbox({ checked, onChange, label, hint, className, ...rest }: Props) {
  const id = useId();
  const box = (
    <Radix.Root
      {...rest}
      id={id}
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
      className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface hover:border-faint disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <Radix.Indicator className="text-on-accent">
        {checked === "indeterminate" ? <Minus className="size-3" strokeWidth={3} /> : <Check className="size-3" strokeWidth={3} />}
      </Radix.Indicator>
    </Radix.Root>
  );
  if (!label) return box;
  return (
    <div className={cx("flex items-start gap-2", className)}>
      <span className="flex h-5 items-center">{box}</span>
      <label htmlFor={id}>
        {label}
        {hint && <span className="block text-sm text-muted">{hint}</span>}
      </label>
    </div>
  );
}
