import { Inbox, MessageCircle } from "lucide-react";
import { useCallback } from "react";
import { answer, api, download, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { useMay } from "../../../app/session";
import { useTellError } from "../../../app/toasts";
import { Badge, Button, Empty, Timeline, type TimelineItem } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { lifeWords } from "../life/words";
import { type Customer, customerKeys, type CustomerRequest, useReplies, useRequests } from "../data";
import { pageWords } from "./words";

type Reply = Schemas["CustomerReply"];

export function useReplyItem(customer: Customer): (reply: Reply) => TimelineItem {
  const say = useWords(lifeWords);
  const channels = useWords(enums).channel;
  const format = useFormats();
  const may = useMay();
  const { mutate } = useAct({
    run: (id: string) => answer(api.POST("/v1/replies/{reply}/done", { params: { path: { reply: id } } })),
    done: say.seen,
    stale: [customerKeys.part(customer.id, "replies"), keys.replies],
  });
  return useCallback(
    (reply) => ({
      id: reply.id,
      icon: <MessageCircle />,
      tone: "accent",
      when: format.moment(reply.received_at),
      title: (
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{say.replied(channels?.[reply.channel] ?? reply.channel)}</span>
          {reply.wish && <Badge tone="warn">{say.wish[reply.wish] ?? reply.wish}</Badge>}
          <Badge tone={reply.status === "open" ? "accent" : "neutral"}>{reply.status === "open" ? say.replyOpen : say.replyDone((reply.done_by ?? "").replace(/ \(.*\)$/, ""))}</Badge>
        </span>
      ),
      body: (
        <div className="flex flex-col items-start gap-1.5">
          {reply.text && <blockquote className="border-l-2 border-accent-line pl-3 whitespace-pre-wrap text-ink">{reply.text}</blockquote>}
          {reply.status === "open" && may("messages:act") && <Button size="sm" onClick={() => mutate(reply.id)}>{say.markSeen}</Button>}
        </div>
      ),
    }),
    [say, channels, format, may, mutate],
  );
}

export function useRequestItem(customer: Customer): (request: CustomerRequest) => TimelineItem {
  const say = useWords(lifeWords);
  const format = useFormats();
  const may = useMay();
  const tellError = useTellError();
  const { mutate } = useAct({
    run: (id: string) => answer(api.POST("/v1/customer-requests/{request}/close", { params: { path: { request: id } } })),
    done: say.closed,
    stale: [customerKeys.part(customer.id, "requests"), keys.tasks],
  });
  return useCallback(
    (request) => ({
      id: request.id,
      icon: <Inbox />,
      tone: "accent",
      when: format.moment(request.asked_at),
      title: (
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{say.asks[request.asks] ?? request.asks}</span>
          <Badge tone={request.state === "open" ? "accent" : "neutral"}>{request.state === "open" ? say.requestOpen : say.requestDone}</Badge>
        </span>
      ),
      body: (
        <div className="flex flex-col items-start gap-1.5">
          {request.wrote && <Wrote wrote={request.wrote} />}
          {request.files.map((file) => (
            <Button
              key={file.id}
              size="sm"
              look="quiet"
              onClick={() => void download(`/v1/customer-files/${encodeURIComponent(file.id)}`, `${request.id}.${file.kind === "jpeg" ? "jpg" : file.kind}`).catch(tellError)}
            >
              {say.file(file.kind.toUpperCase(), `${format.number(Math.ceil(file.bytes / 1024))} kB`)}
            </Button>
          ))}
          {request.state === "open" && may("customers:act") && <Button size="sm" onClick={() => mutate(request.id)}>{say.close}</Button>}
        </div>
      ),
    }),
    [say, format, may, mutate, tellError],
  );
}

/** What somebody wrote into the form of the portal: its members as they are. */
function Wrote({ wrote }: { wrote: Record<string, unknown> }) {
  const rows = Object.entries(wrote).filter(([, value]) => value !== null && value !== "");
  return (
    <dl className="border-l-2 border-accent-line pl-3 text-ink">
      {rows.map(([name, value]) => (
        <div key={name} className="flex flex-wrap gap-x-2">
          {rows.length > 1 && <dt className="text-muted">{name}</dt>}
          <dd className="whitespace-pre-wrap">{typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Only what the customer said, for whoever has to answer. */
export function Replies({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  const replies = useReplies(customer.id).data?.items ?? [];
  const requests = useRequests(customer.id).data ?? [];
  const replyItem = useReplyItem(customer);
  const requestItem = useRequestItem(customer);
  const all = [
    ...replies.map((reply) => ({ at: reply.received_at, item: replyItem(reply) })),
    ...requests.map((request) => ({ at: request.asked_at, item: requestItem(request) })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (all.length === 0) return <Empty icon={<MessageCircle />} title={say.repliesNone} />;
  return <Timeline label={say.tabs.replies} items={all.map((one) => one.item)} />;
}
