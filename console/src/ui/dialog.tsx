import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { common, useWords } from "../words";
import { Button } from "./button";
import { cx } from "./cx";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
  wide?: boolean;
};

function Head({ title, description }: Pick<DialogProps, "title" | "description">) {
  const words = useWords(common);
  return (
    <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-3">
      <div className="min-w-0">
        <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
        {description && <Radix.Description className="mt-0.5 text-muted">{description}</Radix.Description>}
      </div>
      <Radix.Close asChild>
        <Button look="quiet" size="sm" icon aria-label={words.close} className="-mr-1.5"><X /></Button>
      </Radix.Close>
    </header>
  );
}

/** Into the first input, where there is one: whoever opens a form wants to type. */
function toFirstField(event: Event) {
  const field = (event.target as HTMLElement | null)?.querySelector<HTMLElement>("input:not([type=hidden]):not([disabled]), textarea:not([disabled])");
  if (!field) return;
  event.preventDefault();
  field.focus();
}

const SHAPES = {
  dialog: "animate-in top-[12vh] left-1/2 max-h-[80vh] w-[calc(100vw-32px)] -translate-x-1/2 rounded-xl border",
  sheet: "animate-sheet inset-y-0 right-0 w-full border-l",
};

function Modal({ open, onOpenChange, title, description, children, footer, shape, width }: Omit<DialogProps, "wide"> & { shape: keyof typeof SHAPES; width: string }) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          onOpenAutoFocus={toFirstField}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cx("fixed z-50 flex flex-col border-line bg-raised shadow-pop", SHAPES[shape], width)}
        >
          <Head title={title} description={description} />
          <div className="scrollbar-thin min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function Dialog({ wide, ...rest }: DialogProps) {
  return <Modal {...rest} shape="dialog" width={wide ? "max-w-3xl" : "max-w-lg"} />;
}

/** A panel at the right edge, for what is edited or read beside a list. */
export function Sheet({ wide, ...rest }: DialogProps) {
  return <Modal {...rest} shape="sheet" width={wide ? "max-w-3xl" : "max-w-md"} />;
}
