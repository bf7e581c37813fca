import { FileText, GitCompareArrows, MoreHorizontal, MoveRight, Pencil, ScrollText } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useTellDone, useTellError } from "../../../app/toasts";
import { Badge, Button, Card, CopyText, Empty, Failed, Field, Menu, Moment, Select, Sheet, SkeletonRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { type Side, useDiff, usePublications, type Version, useVersion } from "../data";
import type { Draft } from "../draft";
import { Differences } from "./differences";
import { MigrateDialog } from "./migrate";
import { versionWords } from "./words";

/** By number: the same text may have been published twice, and has one hash. */
type Sides = { from: string; to: string };
const DRAFT = "draft";
const ref = (version: Version) => String(version.version);

export function VersionsPart({ draft, versions }: { draft: Draft; versions: readonly Version[] }) {
  const say = useWords(versionWords);
  const [sides, setSides] = useState<Sides | null>(null);
  const [reading, read] = useState<Version | null>(null);
  const [migrating, migrate] = useState<Version | null>(null);
  const [newest, before] = versions;
  if (!newest) return <Empty icon={<ScrollText />} title={say.none}>{say.noneText}</Empty>;
  const latest = ref(newest);
  const known = (side: string) => side !== DRAFT || draft.dirty;
  const chosen = sides && known(sides.from) && known(sides.to) ? sides : { from: draft.dirty ? latest : ref(before ?? newest), to: draft.dirty ? DRAFT : latest };
  return (
    <div className="flex flex-col gap-4">
      <List versions={versions} draft={draft} onRead={read} onMigrate={migrate} onCompare={(from, to) => setSides({ from, to })} />
      {(versions.length > 1 || draft.dirty) && <Comparison versions={versions} draft={draft} sides={chosen} onChange={setSides} />}
      {reading && <TextSheet version={reading} onClose={() => read(null)} />}
      {migrating && <MigrateDialog version={{ number: migrating.version, hash: migrating.hash }} onClose={() => migrate(null)} />}
    </div>
  );
}

type ListProps = { versions: readonly Version[]; draft: Draft; onRead: (version: Version) => void; onMigrate: (version: Version) => void; onCompare: (from: string, to: string) => void };

function List({ versions, draft, onRead, onMigrate, onCompare }: ListProps) {
  const say = useWords(versionWords);
  const format = useFormats();
  const may = useMay();
  const tellDone = useTellDone();
  const tellError = useTellError();
  const { data: publications } = usePublications();
  const newest = versions[0];
  async function open(version: Version) {
    try {
      const policy = await answer(api.GET("/v1/policies/{policy}", { params: { path: { policy: version.hash } } }));
      draft.begin(policy.body, version.hash);
      tellDone(say.opened(version.version), draft.undo);
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Card title={say.list} description={say.listText} flush>
      <div className="scrollbar-thin overflow-x-auto" tabIndex={0} role="region" aria-label={say.list}>
        <table className="w-full min-w-140 border-t border-line">
          <thead className="text-left text-sm text-muted">
            <tr className="border-b border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-medium [&>th:first-child]:pl-4">
              <th>{say.version}</th><th>{say.name}</th><th>{say.when}</th>{publications && <><th>{say.who}</th><th>{say.reason}</th></>}<th>{say.share}</th><th><span className="sr-only">{say.acts(0)}</span></th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => {
              const publication = publications?.get(version.version);
              return (
                <tr key={version.version} className="border-b border-line last:border-0 [&>td]:px-2 [&>td]:py-2 [&>td:first-child]:pl-4">
                  <td className="num font-medium whitespace-nowrap">{version.version} {version === newest && <Badge tone="good">{say.current}</Badge>}</td>
                  <td>{version.name}</td>
                  <td><Moment value={version.published_at} /></td>
                  {publications && <><td>{publication?.by ?? "–"}</td><td className="max-w-60 truncate text-muted" title={publication?.reason ?? undefined}>{publication?.reason ?? "–"}</td></>}
                  <td className="num">{version.share_bp === 10_000 ? say.everyone : format.percent(version.share_bp / 10_000)}</td>
                  <td className="text-right">
                    <Menu
                      trigger={<Button look="quiet" size="sm" icon aria-label={say.acts(version.version)}><MoreHorizontal /></Button>}
                      items={[
                        { label: say.read, icon: <FileText />, onSelect: () => onRead(version) },
                        newest && version !== newest && { label: say.compare, icon: <GitCompareArrows />, onSelect: () => onCompare(ref(version), ref(newest)) },
                        draft.dirty && { label: say.compareDraft, icon: <GitCompareArrows />, onSelect: () => onCompare(ref(version), DRAFT) },
                        may("policy:act") && "line",
                        may("policy:act") && { label: say.asDraft, icon: <Pencil />, onSelect: () => void open(version) },
                        { label: say.migrate, icon: <MoveRight />, onSelect: () => onMigrate(version) },
                      ]}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Comparison({ versions, draft, sides, onChange }: { versions: readonly Version[]; draft: Draft; sides: Sides; onChange: (sides: Sides) => void }) {
  const say = useWords(versionWords);
  const side = (chosen: string): Side => (chosen === DRAFT ? { text: draft.text } : { hash: versions.find((version) => ref(version) === chosen)?.hash ?? "" });
  const { data, error, isPending } = useDiff(side(sides.from), side(sides.to));
  const choices = [...(draft.dirty ? [{ value: DRAFT, label: say.draft }] : []), ...versions.map((version) => ({ value: ref(version), label: say.versionN(version.version) }))];
  return (
    <Card title={say.diff} actions={
      <>
        <Field label={<span className="sr-only">{say.from}</span>}><Select label={say.from} value={sides.from} onChange={(from) => onChange({ ...sides, from })} choices={choices} /></Field>
        <MoveRight aria-hidden className="size-4 text-faint" />
        <Field label={<span className="sr-only">{say.to}</span>}><Select label={say.to} value={sides.to} onChange={(to) => onChange({ ...sides, to })} choices={choices} /></Field>
      </>
    }>
      {isPending ? <SkeletonRows rows={4} /> : error ? <Failed error={error} /> : <Differences changes={data.changes} sameText={data.same_text} />}
    </Card>
  );
}

function TextSheet({ version, onClose }: { version: Version; onClose: () => void }) {
  const say = useWords(versionWords);
  const { data, error } = useVersion(version.hash);
  return (
    <Sheet open wide onOpenChange={(open) => !open && onClose()} title={say.textOf(version.version)} description={version.name}>
      <CopyText value={version.hash} label={say.hash} />
      {error ? <Failed error={error} /> : data ? <pre className="scrollbar-thin mt-3 overflow-x-auto rounded-lg border border-line bg-canvas p-3 font-mono text-xs" tabIndex={0}>{data.body}</pre> : <SkeletonRows rows={12} className="mt-4" />}
    </Sheet>
  );
}
