import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useProblemText } from "../app/toasts";
import { common, useWords } from "../words";
import { Button } from "./button";
import { cx } from "./cx";

/** What stands where there is nothing yet: what would be here, and how it comes. */
export function Empty({ icon, title, children, action, className }: { icon?: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string }) {
  return (
    <div className={cx("flex flex-col items-center justify-center px-6 py-12 text-center", className)}>
      {icon && <div className="mb-3 flex size-10 items-center justify-center rounded-lg border border-line bg-canvas text-faint [&_svg]:size-5">{icon}</div>}
      <div className="font-semibold">{title}</div>
      {children && <div className="mt-1 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-4 flex gap-2">{action}</div>}
    </div>
  );
}

/** A grey bar where words will be. Give it a width and a height by class. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("animate-pulse rounded-sm bg-active", className ?? "h-4 w-full")} />;
}

export function SkeletonRows({ rows = 5, className }: { rows?: number; className?: string }) {
  const words = useWords(common);
  return (
    <div role="status" aria-label={words.loading} className={cx("flex flex-col gap-3", className)}>
      {Array.from({ length: rows }, (_, at) => <Skeleton key={at} className={cx("h-4", at % 3 === 2 ? "w-2/3" : "w-full")} />)}
    </div>
  );
}

/** What went wrong where something should be, with the way to mend it. */
export function Failed({ error, retry, className }: { error: unknown; retry?: () => void; className?: string }) {
  const words = useWords(common);
  const text = useProblemText();
  return (
    <div role="alert" className={cx("flex flex-col items-center justify-center gap-3 px-6 py-10 text-center", className)}>
      <CircleAlert className="size-5 text-bad" />
      <p className="max-w-md text-muted">{text(error)}</p>
      {retry && <Button size="sm" onClick={retry}>{words.retry}</Button>}
    </div>
  );
}

/** A line across the page: something that whoever reads has to know. */
export function Notice({ tone = "info", title, children, action }: { tone?: "info" | "warn" | "bad" | "good"; title?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  const looks = { info: "bg-info-soft text-info", warn: "bg-warn-soft text-warn", bad: "bg-bad-soft text-bad", good: "bg-good-soft text-good" };
  return (
    <div className={cx("flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg px-4 py-2.5", looks[tone])}>
      <div className="min-w-0">
        {title && <div className="font-semibold">{title}</div>}
        {children && <div className={title ? "text-ink" : undefined}>{children}</div>}
      </div>
      {action}
    </div>
  );
}
