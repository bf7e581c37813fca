import { useNavigate, useSearch } from "@tanstack/react-router";
import { Redo2, Undo2, UploadCloud } from "lucide-react";
import { useEffect, useState } from "react";
import { useMay } from "../../app/session";
import { typing } from "../../app/shortcuts";
import { useTellDone } from "../../app/toasts";
import { Badge, Button, Failed, Notice, Page, SkeletonRows, Tabs } from "../../ui";
import { useWords } from "../../words";
import { useCheck, useVersion, useVersions } from "./data";
import { useDraft } from "./draft";
import { TextPart } from "./editor/text";
import { FindingsBar } from "./findings-bar";
import { LadderPart } from "./ladder/ladder";
import { BacktestPart } from "./backtest/backtest";
import { PreviewPart } from "./preview/preview";
import { PreviewStrip } from "./preview/strip";
import { MigrateDialog } from "./versions/migrate";
import { PublishDialog } from "./versions/publish";
import { VersionsPart } from "./versions/versions";
import { words } from "./words";

const PARTS = ["ladder", "text", "preview", "backtest", "versions"] as const;

export default function PolicyPage() {
  const say = useWords(words);
  const { data, error, isPending, refetch } = useVersions();
  const newest = data?.items[0];
  const version = useVersion(newest?.hash);
  if (error ?? version.error) return <Page title={say.title}><Failed error={error ?? version.error} retry={() => void (error ? refetch() : version.refetch())} /></Page>;
  if (isPending || (newest && !version.data)) return <Page title={say.title}><SkeletonRows rows={8} /></Page>;
  return <Editor versions={data.items} published={version.data ?? null} />;
}

function Editor({ versions, published }: { versions: NonNullable<ReturnType<typeof useVersions>["data"]>["items"]; published: NonNullable<ReturnType<typeof useVersion>["data"]> | null }) {
  const say = useWords(words);
  const may = useMay();
  const tellDone = useTellDone();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/policy" });
  const part = PARTS.find((one) => one === search.part) ?? "ladder";
  const draft = useDraft(published);
  const check = useCheck(draft.text);
  const [goTo, setGoTo] = useState<{ line: number } | null>(null);
  const [publishing, setPublishing] = useState(false);
  const [fresh, setFresh] = useState<{ number: number; hash: string } | null>(null);
  const able = may("policy:act");
  // Findings of another text would stand in the wrong places.
  const findings = check.current ? (check.data?.findings ?? []) : [];
  const right = check.current && Boolean(check.data?.right);
  const open = (next: string) => void navigate({ to: "/policy", search: { part: next }, replace: true });
  const toLine = (line: number) => {
    setGoTo({ line });
    open("text");
  };
  useUndoKeys(part === "ladder" && able, draft.undo, draft.redo);

  return (
    <Page
      title={say.title}
      description={published ? say.publishedAs(published.name, published.version) : say.never}
      actions={able && (
        <>
          {draft.dirty ? <Badge tone="warn" dot>{say.draft}</Badge> : <Badge>{say.noChanges}</Badge>}
          <Button look="quiet" icon aria-label={say.undo} title={say.undo} disabled={!draft.undo} onClick={draft.undo}><Undo2 /></Button>
          <Button look="quiet" icon aria-label={say.redo} title={say.redo} disabled={!draft.redo} onClick={draft.redo}><Redo2 /></Button>
          {draft.dirty && published && (
            <Button onClick={() => {
              const { text, base } = draft;
              draft.drop();
              tellDone(say.discarded, () => draft.begin(text, base));
            }}>{say.discard}</Button>
          )}
          <Button look="primary" disabled={!draft.dirty || (check.current && !right)} onClick={() => setPublishing(true)}><UploadCloud />{say.publish}</Button>
        </>
      )}
    >
      {published && draft.dirty && draft.base !== published.hash && (
        <div className="mb-3"><Notice tone="warn" action={<Button size="sm" onClick={() => open("versions")}>{say.compareNewer}</Button>}>{say.newer(published.version)}</Notice></div>
      )}
      <FindingsBar findings={findings} right={right} checking={!check.current && !check.error} onLine={toLine} />
      {check.error && <Failed error={check.error} retry={() => void check.refetch()} className="py-4" />}
      <Tabs
        label={say.title}
        value={part}
        onChange={open}
        tabs={[
          { value: "ladder", label: say.parts.ladder, body: <div className="flex flex-col gap-4"><LadderPart draft={draft} findings={findings} onLine={toLine} /><PreviewStrip draft={draft} right={right} published={published} onOpen={() => open("preview")} /></div> },
          { value: "text", label: say.parts.text, count: findings.length || undefined, body: <TextPart draft={draft} findings={findings} right={right} goTo={goTo} onLine={toLine} /> },
          { value: "preview", label: say.parts.preview, body: <PreviewPart draft={draft} right={right} published={published} /> },
          ...(may("reports:read") ? [{ value: "backtest", label: say.parts.backtest, body: <BacktestPart draft={draft} right={right} versions={versions} /> }] : []),
          { value: "versions", label: say.parts.versions, count: versions.length, body: <VersionsPart draft={draft} versions={versions} /> },
        ]}
      />
      {publishing && (
        <PublishDialog
          text={draft.text}
          current={published}
          onClose={() => setPublishing(false)}
          onPublished={(version) => {
            setPublishing(false);
            draft.drop();
            if (published) setFresh(version);
          }}
        />
      )}
      {fresh && <MigrateDialog justPublished version={fresh} onClose={() => setFresh(null)} />}
    </Page>
  );
}

/** Ctrl+Z and its opposite, where no text of its own takes them. */
function useUndoKeys(on: boolean, undo?: () => void, redo?: () => void) {
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing(event.target)) return;
      event.preventDefault();
      (event.shiftKey ? redo : undo)?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on, undo, redo]);
}
