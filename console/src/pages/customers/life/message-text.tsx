import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Failed, Moment, SkeletonRows } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { lifeWords } from "./words";

/** A message with its text as it was sent, and how far it came. */
export function MessageText({ id }: { id: string }) {
  const say = useWords(lifeWords);
  const channels = useWords(enums).channel;
  const format = useFormats();
  const message = useQuery({
    queryKey: [...keys.messages, "text", id],
    queryFn: ({ signal }) => answer(api.GET("/v1/messages/{message}", { params: { path: { message: id } }, signal })),
    staleTime: 60_000,
  });
  const deliveries = useQuery({
    queryKey: [...keys.messages, "text", id, "deliveries"],
    queryFn: ({ signal }) => answer(api.GET("/v1/messages/{message}/deliveries", { params: { path: { message: id } }, signal })),
    staleTime: 60_000,
  });
  if (message.isPending) return <SkeletonRows rows={4} className="py-2" />;
  if (message.isError) return <Failed error={message.error} retry={() => void message.refetch()} />;
  const { letter } = message.data;
  return (
    <div className="mt-2 flex flex-col gap-2">
      {letter?.text ? (
        <article aria-label={say.text} className="rounded-lg border border-line bg-canvas">
          <header className="flex flex-col gap-0.5 border-b border-line px-3 py-2 text-sm">
            {letter.to && <div><span className="text-muted">{say.to}</span> {letter.to}</div>}
            {letter.subject && <div><span className="text-muted">{say.subject}</span> <span className="font-medium text-ink">{letter.subject}</span></div>}
          </header>
          <div className="scrollbar-thin max-h-96 overflow-y-auto px-3 py-2 break-words whitespace-pre-wrap text-ink">{letter.text}</div>
        </article>
      ) : (
        <p className="text-sm text-muted">{say.noLetter}</p>
      )}
      {(deliveries.data?.items.length ?? 0) > 0 && (
        <ul aria-label={say.deliveries} className="flex flex-col gap-0.5 text-sm text-muted">
          {deliveries.data?.items.map((one) => (
            <li key={`${one.channel}${one.reference}`}>
              {channels?.[one.channel] ?? one.channel}: {say.delivery[one.standing] ?? one.standing} <Moment value={one.changed_at} />
              {one.clicked_at && <>, {say.clicked(format.moment(one.clicked_at))}</>}
              {one.code && <>, {one.code}</>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
