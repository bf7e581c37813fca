import { Link } from "@tanstack/react-router";
import { CheckCheck, ChevronRight } from "lucide-react";
import { useQueues } from "../../app/needs";
import { Badge, Card, Empty, Failed, SkeletonRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { words } from "./words";

/** Everything that waits for a person, one line for each queue, with the way there. */
export function Needs() {
  const say = useWords(words);
  const format = useFormats();
  const { loading, failed, waiting } = useQueues();
  return (
    <Card title={say.needs} flush>
      {loading ? (
        <SkeletonRows rows={4} className="px-4 pb-4" />
      ) : failed ? (
        <Failed error={failed} />
      ) : waiting.length === 0 ? (
        <Empty icon={<CheckCheck />} title={say.needsNothing} className="py-8">{say.needsNothingText}</Empty>
      ) : (
        <ul className="border-t border-line">
          {waiting.map(({ queue, count, more }) => (
            <li key={queue.id} className="border-b border-line last:border-0">
              <Link to={queue.to} search={{ part: queue.part }} className="flex min-h-11 items-center gap-3 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2">
                <Badge tone={queue.urgent ? "warn" : "neutral"} className="num min-w-12 justify-center">{format.number(count)}{more ? "+" : ""}</Badge>
                <span className="min-w-0 flex-1">{say.queues[queue.id]}</span>
                <ChevronRight className="size-4 shrink-0 text-faint" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
