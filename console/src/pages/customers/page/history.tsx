import { useMemo } from "react";
import { KeyRound } from "lucide-react";
import { Failed, Notice, SkeletonRows, type TimelineItem } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { Life } from "../life/life";
import { lifeWords } from "../life/words";
import { type Customer, useAccessChanges, useReplies, useRequests, useStory } from "../data";
import { type Entry, gather } from "../telling/gather";
import { telling } from "../telling/words";
import { useReplyItem, useRequestItem } from "./replies";

/** One line of everything that happened: messages, decisions, money, acts, replies, requests, and access given back. */
export function History({ customer }: { customer: Customer }) {
  const say = useWords(lifeWords);
  const tells = useWords(telling);
  const format = useFormats();
  const story = useStory(customer.id, true);
  const replies = useReplies(customer.id).data;
  const requests = useRequests(customer.id).data;
  // Access is given back only where it was taken.
  const restricted = story.data?.past.some((moment) => moment.sentence.includes("access becomes")) ?? false;
  const access = useAccessChanges(customer.id, restricted).data;
  const replyItem = useReplyItem(customer);
  const requestItem = useRequestItem(customer);

  const { entries, own } = useMemo(() => {
    const entries: Entry[] = gather(story.data?.past ?? []);
    const own = new Map<string, (entry: Entry) => TimelineItem>();
    const add = (id: string, at: string, sort: Entry["sort"], draw: (entry: Entry) => TimelineItem) => {
      entries.push({ id, at, sort, moments: [], receivables: [] });
      own.set(id, draw);
    };
    for (const reply of replies?.items ?? []) add(reply.id, reply.received_at, "reply", () => replyItem(reply));
    for (const request of requests ?? []) add(request.id, request.asked_at, "request", () => requestItem(request));
    for (const [at, change] of (access?.items ?? []).entries()) {
      // Restrictions are steps and stand there already; what was given back follows from a payment and stands nowhere else.
      if (change.state !== "active" && change.state !== "grace") continue;
      const title = say.restored(tells.access[change.state] ?? change.state);
      add(`access-${at}`, change.at, "step", (entry) => ({ id: entry.id, icon: <KeyRound />, tone: "good", title: <span className="font-medium">{title}</span>, when: format.moment(change.at) }));
    }
    return { entries, own };
  }, [story.data, replies, requests, access, replyItem, requestItem, say, tells, format]);

  if (story.isPending) return <SkeletonRows rows={10} />;
  if (story.isError) return <Failed error={story.error} retry={() => void story.refetch()} />;
  const cut = story.data.parked ?? story.data.past_ends;
  return <Life entries={entries} own={own} withReceivable notice={cut ? <Notice tone="warn">{cut}</Notice> : undefined} />;
}
