import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useEffect } from "react";
import { Page } from "../../ui";
import { useWords } from "../../words";
import { useReceivable } from "./data";
import { ReceivableView } from "./panel/view";
import { words } from "./words";

/** One receivable on a page of its own, by our id or by what its source calls it. */
export default function ReceivablePage() {
  const say = useWords(words);
  const { receivable: id } = useParams({ from: "/inside/receivables/$receivable" });
  const navigate = useNavigate();
  const { data } = useReceivable(id);
  // What is kept and made stale goes by our id.
  useEffect(() => {
    if (data && data.id !== id) void navigate({ to: "/receivables/$receivable", params: { receivable: data.id }, replace: true });
  }, [data, id, navigate]);
  return (
    <Page
      name={data?.external_id ?? say.number}
      title={<Link to="/receivables" className="inline-flex items-center gap-1 text-base font-medium text-muted hover:text-ink"><ChevronLeft className="size-4" />{say.title}</Link>}
    >
      <div className="max-w-3xl rounded-lg border border-line bg-surface p-5">
        <ReceivableView key={id} id={id} />
      </div>
    </Page>
  );
}
