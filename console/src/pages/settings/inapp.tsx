import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { Badge, Button, Card, Confirm, CopyText, Failed, Moment, SkeletonRows } from "../../ui";
import { useWords } from "../../words";
import { ShowSecret } from "./keys";
import { linksWords } from "./links-words";

const KEY = ["in-app"] as const;

export default function InApp() {
  const say = useWords(linksWords);
  const may = useMay();
  const { data, isPending, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => answer(api.GET("/v1/in-app")) });
  const [secret, setSecret] = useState<string | null>(null);
  const [ending, setEnding] = useState(false);
  const make = useAct({ run: () => answer(api.POST("/v1/in-app/secret", { body: { overlap_seconds: 86_400 } })), stale: [KEY], onDone: (made) => setSecret(made.secret) });
  const end = useAct({ run: () => answer(api.DELETE("/v1/in-app/secret")), stale: [KEY], done: say.endDone });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const act = may("settings:act");
  return (
    <div className="flex flex-col gap-4">
      <Card title={say.script} description={say.scriptText}>
        <CopyText value={`<script src="${window.location.origin}${data.script}" defer></script>`} label={say.script} wrap />
        <h3 className="mt-4 text-sm font-medium text-muted">{say.origins}</h3>
        {data.origins.length === 0 ? <p>{say.noOrigins}</p> : <ul>{data.origins.map((origin) => <li key={origin}><code className="font-mono text-sm">{origin}</code></li>)}</ul>}
      </Card>
      <Card title={say.secrets} description={say.secretsText} actions={act && (
        <>
          {data.secrets.length > 0 && <Button size="sm" look="danger" onClick={() => setEnding(true)}>{say.endSecrets}</Button>}
          <Button size="sm" look="primary" busy={make.isPending} onClick={() => make.mutate()}><KeyRound />{say.makeSecret}</Button>
        </>
      )}>
        {data.secrets.length === 0 ? <p className="text-muted">{say.noSecrets}</p> : (
          <ul className="flex flex-col gap-2">
            {data.secrets.map((one) => (
              <li key={one.begins} className="flex flex-wrap items-center justify-between gap-3">
                <code className="font-mono text-sm">{one.begins}…</code>
                <span className="text-sm text-muted"><Moment value={one.made_at} /></span>
                {one.ends_at ? <span className="text-sm text-muted">{say.ends} <Moment value={one.ends_at} /></span> : <Badge tone="good" dot>{say.counts}</Badge>}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {secret && <ShowSecret secret={secret} title={say.makeSecret} text={say.inappSecretText} onClose={() => setSecret(null)} />}
      <Confirm open={ending} onOpenChange={setEnding} title={say.endTitle} consequences={say.endText} act={say.endSecrets} danger onConfirm={() => end.mutateAsync()} />
    </div>
  );
}
