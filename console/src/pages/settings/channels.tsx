import { useQuery } from "@tanstack/react-query";
import { MessagesSquare, Send } from "lucide-react";
import { type FormEvent, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { useProblemText } from "../../app/toasts";
import { Ago, Badge, Button, Card, Dialog, Empty, Failed, Field, Input, Notice, SkeletonRows } from "../../ui";
import { common, enums, useFormats, useWords } from "../../words";
import { FindingList, useFindings } from "./health";
import { linksWords } from "./links-words";

type Channel = Schemas["ChannelOfSettings"];

export default function Channels() {
  return (
    <div className="flex flex-col gap-4">
      <Troubles />
      <Configured />
      <Email />
      <States />
    </div>
  );
}

function Configured() {
  const say = useWords(linksWords);
  const names = useWords(enums).channel;
  const format = useFormats();
  const may = useMay();
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.channels, queryFn: () => answer(api.GET("/v1/channels", { params: { query: { limit: 200 } } })) });
  const [trying, tryOut] = useState<Channel | null>(null);
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <Card flush>
      {data.items.length === 0 ? <Empty icon={<MessagesSquare />} title={say.noChannels} className="py-8">{say.noChannelsText}</Empty> : (
        <ul>
          {data.items.map((channel) => (
            <li key={channel.channel} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0">
              <div className="min-w-60 flex-1">
                <div className="flex items-center gap-2"><span className="font-medium">{names?.[channel.channel] ?? channel.channel}</span><Badge tone={channel.works ? "good" : "bad"} dot>{channel.works ? say.works : say.fails}</Badge></div>
                <p lang="en" className="text-muted">{channel.found}</p>
              </div>
              <span className="text-sm text-muted">{say.perSecond(format.number(channel.per_second))}</span>
              {may("settings:act") && <Button size="sm" onClick={() => tryOut(channel)}><Send />{say.test}</Button>}
            </li>
          ))}
        </ul>
      )}
      {trying && <Trial channel={trying} onClose={() => tryOut(null)} />}
    </Card>
  );
}

function Trial({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const say = useWords(linksWords);
  const words = useWords(common);
  const names = useWords(enums).channel;
  const text = useProblemText();
  const [to, setTo] = useState("");
  const trial = useAct({ run: () => answer(api.POST("/v1/channels/{channel}/test", { params: { path: { channel: channel.channel } }, body: { to: to.trim() } })), quiet: true });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.testTitle(names?.[channel.channel] ?? channel.channel)}
      footer={<><Button onClick={onClose}>{words.close}</Button><Button look="primary" type="submit" form="trial" busy={trial.isPending}><Send />{say.send}</Button></>}
    >
      <form id="trial" className="flex flex-col gap-4" onSubmit={(event: FormEvent) => { event.preventDefault(); trial.mutate(); }}>
        <Field label={say.testTo} hint={say.testHint} error={trial.error ? text(trial.error) : undefined}>
          <Input autoFocus required value={to} onChange={(event) => setTo(event.target.value)} placeholder={channel.channel === "sms" || channel.channel === "whatsapp" ? "+55 11 99999-0000" : undefined} />
        </Field>
        {trial.data && <Notice tone={trial.data.taken ? "good" : "bad"} title={trial.data.taken ? say.taken : say.refused}><span lang="en">{trial.data.said}</span></Notice>}
      </form>
    </Dialog>
  );
}

/** What the doctor says of the mail server and its sender. */
function Email() {
  const say = useWords(linksWords);
  const { data } = useFindings();
  const items = data?.items.filter((one) => one.what === "mail" || one.what === "sender") ?? [];
  if (items.length === 0) return null;
  return <Card title={say.emailIn} flush><FindingList items={items} /></Card>;
}

function useStates() {
  return useQuery({ queryKey: [...keys.channels, "states"], queryFn: () => answer(api.GET("/v1/channel-states", { params: { query: { limit: 200 } } })) });
}

/** Channels that stand still until somebody has looked. */
function Troubles() {
  const say = useWords(linksWords);
  const names = useWords(enums).channel;
  const may = useMay();
  const { data } = useStates();
  const mended = useAct({ run: (channel: string) => answer(api.POST("/v1/channels/{channel}/mended", { params: { path: { channel } }, body: {} })), stale: [keys.channels, keys.today], done: say.mendedDone });
  return data?.items.filter((one) => one.kind === "trouble").map((one) => (
    <Notice key={one.channel} tone="bad" title={names?.[one.channel]} action={may("settings:act") && <Button size="sm" busy={mended.isPending} onClick={() => mended.mutate(one.channel)}>{say.mended}</Button>}>
      <span lang="en">{one.state}{one.detail ? `: ${one.detail}` : ""}</span>
    </Notice>
  ));
}

function States() {
  const say = useWords(linksWords);
  const names = useWords(enums).channel;
  const { data } = useStates();
  const items = data?.items.filter((one) => one.kind !== "trouble") ?? [];
  if (items.length === 0) return null;
  return (
    <Card title={say.states} flush>
      <ul className="border-t border-line">
        {items.map((one, at) => (
          <li key={at} className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2 last:border-0">
            <Badge>{names?.[one.channel]}</Badge>
            <span className="text-muted">{say.stateKinds[one.kind]}</span>
            <span className="font-medium">{one.name}</span>
            <span lang="en" className="min-w-0 flex-1 truncate">{one.state}{one.detail ? ` · ${one.detail}` : ""}</span>
            <Ago value={one.at} className="text-sm text-muted" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
