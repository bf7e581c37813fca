import { Badge } from "../../../ui";
import { useWords } from "../../../words";
import type { Difference } from "../data";
import { versionWords } from "./words";

/** What changes from one policy to another, part by part. */
export function Differences({ changes, sameText }: { changes: readonly Difference[]; sameText: boolean }) {
  const say = useWords(versionWords);
  if (changes.length === 0) return <p className="text-muted">{sameText ? say.sameText : say.sameRule}</p>;
  return (
    <div className="scrollbar-thin overflow-x-auto" tabIndex={0} role="region" aria-label={say.changes}>
      <table className="w-full min-w-120">
        <thead className="text-left text-sm text-muted">
          <tr className="border-b border-line [&>th]:py-1.5 [&>th]:pr-3 [&>th]:font-medium"><th>{say.subject}</th><th>{say.part}</th><th>{say.before}</th><th>{say.after}</th></tr>
        </thead>
        <tbody>
          {changes.map((change, at) => (
            <tr key={at} className="border-b border-line align-top last:border-0 [&>td]:py-1.5 [&>td]:pr-3">
              <td className="font-medium break-words">{change.subject.replace("/", " › ")}</td>
              <td className="text-muted">{change.part ? (say.parts[change.part] ?? change.part) : <Badge tone={change.before ? "bad" : "good"}>{change.before && change.after ? say.whole : change.before ? say.gone : say.new}</Badge>}</td>
              <td>{change.before ? <code className="font-mono text-xs break-words text-bad">{change.before}</code> : <span className="text-faint">–</span>}</td>
              <td>{change.after ? <code className="font-mono text-xs break-words text-good">{change.after}</code> : <span className="text-faint">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
