import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { Page } from "../../ui";
import { useWords } from "../../words";
import { ReceivableView } from "./panel/view";
import { words } from "./words";

/** One receivable on a page of its own, by our id or by what its source calls it. */
export default function ReceivablePage() {
  const say = useWords(words);
  const { receivable } = useParams({ from: "/inside/receivables/$receivable" });
  return (
    <Page
      name={say.number}
      title={<Link to="/receivables" className="inline-flex items-center gap-1 text-base font-medium text-muted hover:text-ink"><ChevronLeft className="size-4" />{say.title}</Link>}
    >
      <div className="max-w-3xl rounded-lg border border-line bg-surface p-5">
        <ReceivableView id={receivable} />
      </div>
    </Page>
  );
}
