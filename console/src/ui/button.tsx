import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "./cx";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent",
  plain: "bg-surface text-ink border-line-strong hover:bg-hover",
  quiet: "bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-surface text-bad border-line-strong hover:bg-bad-soft hover:border-bad",
};
const SIZES = { sm: "h-7 px-2 text-sm gap-1.5", md: "h-8 px-3 text-base gap-2", lg: "h-10 px-4 text-base gap-2" };

export type ButtonProps = ComponentProps<"button"> & {
  look?: ButtonLook;
  size?: keyof typeof SIZES;
  /** Under way: disabled, and told to readers of the screen. */
  busy?: boolean;
  /** A square with an icon only; give it an aria-label. */
  icon?: boolean;
  /** Render the child (a Link) with the look of a button. */
  asChild?: boolean;
};

export function Button({ look = "plain", size = "md", busy, icon, asChild, className, disabled, type, ...rest }: ButtonProps) {
  const Tag = asChild ? Slot.Root : "button";
  const own = asChild ? {} : { type: type ?? ("button" as const), disabled: disabled || busy };
  return (
    <Tag
      {...own}
      {...rest}
      aria-busy={busy || undefined}
      className={cx(
        "inline-flex shrink-0 select-none items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors",
        "disabled:opacity-50 aria-busy:opacity-70 [&_svg]:size-4 [&_svg]:shrink-0",
        LOOKS[look],
        icon ? (size === "sm" ? "size-7" : size === "lg" ? "size-10" : "size-8") : SIZES[size],
        className,
      )}
    />
  );
}
