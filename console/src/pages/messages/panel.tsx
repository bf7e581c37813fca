import { Link } from "@tanstack/react-router";
import { SidePanel } from "../../app/side";
import { Badge, Button, Day, Facts, Failed, Moment, SkeletonRows } from "../../ui";
import { enums, useFormats, useWords } from "../../words";
import { writesOf } from "../customers/life/entry";
import { MessageText } from "../customers/life/message-text";
import { stepName, tell } from "../customers/telling/tell";
import { telling } from "../customers/telling/words";
import { useName } from "../receivables/names";
import { type Message, STATUS_TONES, useMessage, useWhy } from "./data";
import { Settle } from "./settle";
import { words } from "./words";

/** A message as it was sent, how far it came, and why it was sent. */
export function MessagePanel({ id, customer, onClose }: { id: string; customer?: string; onClose: () => void }) {
  const say = useWords(words);
  const { data, isPending, isError, error, refetch } = useMessage(id);
  const known = useName(customer ?? "", Boolean(customer));
  return (
    <SidePanel
      label={say.selected}
      title={known?.name ?? data?.customer_external_id ?? "…"}
      note={data && <span className="flex flex-wrap items-center gap-2">{known?.name && data.customer_external_id}<Badge tone={STATUS_TONES[data.status] ?? "neutral"}>{say.statuses[data.status] ?? data.status}</Badge></span>}
      onClose={onClose}
      footer={data && (
        <>
          <Button asChild size="sm"><Link to="/customers/$customer" params={{ customer: customer ?? data.customer_external_id }}>{say.openCustomer}</Link></Button>
          <Settle ids={[id]} status={data.status} />
        </>
      )}
    >
      {isPending ? <SkeletonRows rows={6} /> : isError ? <Failed error={error} retry={() => void refetch()} /> : <Body message={data} />}
    </SidePanel>
  );
}

function Body({ message }: { message: Message }) {
  const say = useWords(words);
  const format = useFormats();
  const { channel, mode } = useWords(enums);
  const tells = useWords(telling);
  const names = message.channel ? [message.channel] : message.channels;
  return (
    <div className="flex flex-col gap-5">
      <MessageText id={message.id} />
      <section>
        <h3 className="mb-1.5 font-semibold">{say.facts}</h3>
        <Facts
          rows={[
            [say.when, <Moment key="w" value={message.decided_at} />],
            [say.channel, names.map((one) => channel?.[one] ?? one).join(", ")],
            [say.tone, say.tones[message.tone] ?? message.tone],
            message.mode !== "live" && [say.status, mode?.[message.mode] ?? message.mode],
            message.finished_at && [say.finished, <Moment key="f" value={message.finished_at} />],
            !message.finished_at && message.due_at && [say.due, <Moment key="d" value={message.due_at} />],
            message.tries > 1 && [say.tries, format.number(message.tries)],
            message.reply && message.reply !== "captured" && [say.reply, message.reply],
            message.items.length > 0 && [say.about, <Items key="i" items={message.items.map((item) => ({ ...item, note: stepName(item.step, tells) }))} />],
            message.announces.length > 0 && [say.announces, <span key="a" className="flex flex-col">{message.announces.map((one) => <span key={one.step}>{stepName(one.step, tells)}, <Day value={one.on} /></span>)}</span>],
            message.dropped.length > 0 && [say.dropped, <Items key="x" items={message.dropped.map((item) => ({ ...item, note: `${stepName(item.step, tells)}, ${tells.skipped[item.reason] ?? item.reason}` }))} />],
          ]}
        />
      </section>
      <Why id={message.id} />
    </div>
  );
}

function Items({ items }: { items: readonly { receivable_external_id: string; note: string }[] }) {
  return (
    <span className="flex flex-col">
      {items.map((item) => (
        <span key={`${item.receivable_external_id}${item.note}`}>
          <Link to="/receivables/$receivable" params={{ receivable: item.receivable_external_id }} className="num hover:text-accent hover:underline">{item.receivable_external_id}</Link>
          <span className="text-muted"> · {item.note}</span>
        </span>
      ))}
    </span>
  );
}

/** The decisions behind it, in the reader's words. */
function Why({ id }: { id: string }) {
  const say = useWords(words);
  const format = useFormats();
  const tells = useWords(telling);
  const why = useWhy(id);
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{say.why}</h3>
      {why.isPending ? <SkeletonRows rows={2} /> : why.isError ? <Failed error={why.error} retry={() => void why.refetch()} /> : why.data.past.length === 0 ? <p className="text-muted">{say.whyNone}</p> : (
        <ol className="flex flex-col gap-2">
          {why.data.past.map((moment, at) => {
            const told = tell(moment, tells, writesOf(format));
            return (
              <li key={at} className="border-l-2 border-line pl-3">
                <div>{told.title}</div>
                <div className="text-sm text-muted">{[format.moment(moment.at), moment.step && stepName(moment.step, tells), ...told.details].filter(Boolean).join(" · ")}</div>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
