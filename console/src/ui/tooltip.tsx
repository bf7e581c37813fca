import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

export const TooltipProvider = Radix.Provider;

/** Words that appear over a control; never the only place that says something. */
export function Tooltip({ text, children, side = "top" }: { text: ReactNode; children: ReactNode; side?: "top" | "right" | "bottom" | "left" }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content side={side} sideOffset={6} collisionPadding={8} className="animate-in z-60 max-w-72 rounded-md border border-line bg-raised px-2 py-1 text-sm text-ink shadow-pop">
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
