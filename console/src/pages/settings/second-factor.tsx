import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Smartphone } from "lucide-react";
import { type FormEvent, useState } from "react";
import { encode } from "uqr";
import { keys } from "../../api/keys";
import { answer, api, saveAs, type Schemas } from "../../api/client";
import { useAct } from "../../app/act";
import { useProblemText } from "../../app/toasts";
import { Badge, Button, Card, CopyText, Dialog, Field, Input, Notice, Skeleton } from "../../ui";
import { common, useWords } from "../../words";
import { PasswordInput } from "../door/password";
import { accountWords } from "./account-words";
import { useOwn } from "./own";

const LEFT = ["recovery-codes"] as const;

/** One's own second factor: whether there is one, and how to have or lose it. */
export function SecondFactor() {
  const say = useWords(accountWords);
  const client = useQueryClient();
  const { data: own, isPending } = useOwn();
  const on = own?.second_factor ?? false;
  const { data } = useQuery({ queryKey: LEFT, queryFn: () => answer(api.GET("/v1/second-factor/recovery-codes")), enabled: on });
  const [codes, setCodes] = useState<string[] | null>(null);
  const [enrolment, setEnrolment] = useState<Schemas["Enrolment"] | null>(null);
  const [asking, ask] = useState<"remove" | "renew" | null>(null);
  const begin = useAct({ run: () => answer(api.POST("/v1/second-factor")), onDone: setEnrolment });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: LEFT });
    void client.invalidateQueries({ queryKey: keys.people });
  };
  return (
    <Card
      title={<span className="flex items-center gap-2">{say.factor}{isPending ? <Skeleton className="h-5 w-12" /> : <Badge tone={on ? "good" : "neutral"} dot>{on ? say.factorOn : say.factorOff}</Badge>}</span>}
      actions={!isPending && (on ? (
        <>
          <Button size="sm" onClick={() => ask("renew")}>{say.newCodes}</Button>
          <Button size="sm" look="danger" onClick={() => ask("remove")}>{say.remove}</Button>
        </>
      ) : <Button size="sm" look="primary" busy={begin.isPending} onClick={() => begin.mutate()}><Smartphone />{say.enrol}</Button>)}
    >
      <p className="text-muted">{say.factorText}</p>
      {on && data && <p className="mt-2 text-sm text-muted">{say.codesLeft(data.left)}</p>}
      {enrolment && <Enrol enrolment={enrolment} onClose={() => setEnrolment(null)} onCodes={(made) => { setEnrolment(null); setCodes(made); refresh(); }} />}
      {codes && <Codes codes={codes} onClose={() => setCodes(null)} />}
      {asking && <WithPassword what={asking} onClose={() => ask(null)} onCodes={(made) => { setCodes(made); refresh(); }} onRemoved={refresh} />}
    </Card>
  );
}

function Enrol({ enrolment, onClose, onCodes }: { enrolment: Schemas["Enrolment"]; onClose: () => void; onCodes: (codes: string[]) => void }) {
  const say = useWords(accountWords);
  const words = useWords(common);
  const text = useProblemText();
  const [code, setCode] = useState("");
  const confirm = useAct({ run: () => answer(api.POST("/v1/second-factor/confirm", { body: { code: code.replace(/\s/g, "") } })), done: say.enabled, quiet: true, onDone: ({ codes }) => onCodes(codes) });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={say.factor} footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="enrol" busy={confirm.isPending}>{say.confirm}</Button></>}>
      <form id="enrol" className="flex flex-col gap-4" onSubmit={(event: FormEvent) => { event.preventDefault(); confirm.mutate(); }}>
        <p className="font-medium">{say.scan}</p>
        <div className="flex justify-center rounded-lg bg-white p-4"><Qr text={enrolment.uri} label={say.scanAlt} /></div>
        <div><p className="mb-1 text-sm text-muted">{say.orType}</p><CopyText value={enrolment.secret} label={say.factor} /></div>
        <Field label={say.typeCode} error={confirm.error ? text(confirm.error) : undefined}>
          <Input autoFocus className="num h-9 tracking-widest" inputMode="numeric" autoComplete="one-time-code" required value={code} onChange={(event) => setCode(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}

/** A QR code as one path: no picture is fetched and no `data:` address is needed. */
function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 1 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} className="size-48" shapeRendering="crispEdges"><path d={path} fill="#000" /></svg>;
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const say = useWords(accountWords);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.codes}
      footer={<><Button onClick={() => saveAs(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }), "regua-codigos.txt")}>{say.downloadCodes}</Button><Button look="primary" onClick={onClose}>{say.saved}</Button></>}
    >
      <Notice tone="warn">{say.codesText}</Notice>
      <ul className="mt-4 grid grid-cols-2 gap-2 font-mono text-sm">{codes.map((code) => <li key={code} className="rounded-md border border-line bg-canvas px-3 py-1.5 text-center">{code}</li>)}</ul>
    </Dialog>
  );
}

function WithPassword({ what, onClose, onCodes, onRemoved }: { what: "remove" | "renew"; onClose: () => void; onCodes: (codes: string[]) => void; onRemoved: () => void }) {
  const say = useWords(accountWords);
  const words = useWords(common);
  const text = useProblemText();
  const [password, setPassword] = useState("");
  const act = useAct({
    run: async () => {
      if (what === "remove") await answer(api.POST("/v1/second-factor/remove", { body: { password } }));
      else onCodes((await answer(api.POST("/v1/second-factor/recovery-codes", { body: { password } }))).codes);
    },
    done: what === "remove" ? say.removeDone : undefined,
    quiet: true,
    onDone: () => { onRemoved(); onClose(); },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={what === "remove" ? `${say.remove}: ${say.factor}` : say.newCodes}
      description={what === "remove" ? say.removeText : say.newCodesText}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look={what === "remove" ? "danger" : "primary"} type="submit" form="with-password" busy={act.isPending}>{what === "remove" ? say.remove : say.newCodes}</Button></>}
    >
      <form id="with-password" onSubmit={(event: FormEvent) => { event.preventDefault(); act.mutate(); }}>
        <Field label={say.confirmPassword} error={act.error ? text(act.error) : undefined}><PasswordInput autoFocus required autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} /></Field>
      </form>
    </Dialog>
  );
}
