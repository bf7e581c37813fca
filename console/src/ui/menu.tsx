import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type MenuItem =
  | { label: ReactNode; icon?: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean; keys?: string; checked?: boolean; hint?: string }
  | "line"
  | { heading: string };

/** A button with a list of acts. The trigger is one element that takes a ref (Button). */
export function Menu({ trigger, items, align = "end" }: { trigger: ReactNode; items: readonly (MenuItem | false | null | undefined)[]; align?: "start" | "end" }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} sideOffset={4} collisionPadding={8} className="animate-in z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop">
          {items.map((item, at) => {
            if (!item) return null;
            if (item === "line") return <Radix.Separator key={at} className="-mx-1 my-1 h-px bg-line" />;
            if ("heading" in item) return <Radix.Label key={at} className="px-2 py-1 text-xs font-medium text-faint">{item.heading}</Radix.Label>;
            return (
              <Radix.Item
                key={at}
                disabled={item.disabled}
                onSelect={item.onSelect}
                className={cx(
                  "flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1 outline-none data-disabled:opacity-45 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0",
                  item.danger ? "text-bad" : "text-ink [&_svg]:text-faint",
                )}
              >
                {item.icon}
                <span className="flex-1">
                  {item.label}
                  {item.hint && <span className="block text-xs text-muted">{item.hint}</span>}
                </span>
                {item.keys && <Keys text={item.keys} />}
                {item.checked && <Check className="text-accent!" />}
              </Radix.Item>
            );
          })}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Keys to press, as small caps: `<Keys text="g r" />`. */
export function Keys({ text }: { text: string }) {
  return (
    <span className="flex gap-0.5">
      {text.split(" ").map((key) => (
        <kbd key={key} className="min-w-5 rounded-sm border border-line bg-canvas px-1 text-center font-sans text-xs text-muted">{key}</kbd>
      ))}
    </span>
  );
}
