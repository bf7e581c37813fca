import { cloneElement, type ReactElement, type ReactNode, useId } from "react";
import { cx } from "./cx";

type Control = { id?: string; "aria-invalid"?: boolean; "aria-describedby"?: string };
type Props = {
  label: ReactNode;
  /** The control; it gets the id and the aria attributes. */
  children: ReactElement<Control>;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: string;
  className?: string;
};

/** A label, a control, and what is wrong with it. */
export function Field({ label, children, hint, error, optional, className }: Props) {
  const id = useId();
  const told = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={cx("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
        {optional && <span className="ml-1.5 font-normal text-faint">({optional})</span>}
      </label>
      {cloneElement(children, { id, "aria-invalid": error ? true : undefined, "aria-describedby": told })}
      {error ? (
        <p id={told} role="alert" className="text-sm text-bad">{error}</p>
      ) : hint ? (
        <p id={told} className="text-sm text-muted">{hint}</p>
      ) : null}
    </div>
  );
}
