import { type ReactNode, useEffect } from "react";
import { Logo } from "../../app/logo";
import { useLanguage, useWords } from "../../words";
import { words } from "./words";

/** The frame of every page outside: the form at the left, what the product does at the right. */
export function DoorFrame({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  const { lang, choose } = useLanguage();
  useEffect(() => {
    document.title = `${title} · Régua`;
  }, [title]);
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(420px,1fr)_1.2fr]">
      <div className="flex flex-col bg-surface px-8 py-6">
        <div className="flex items-center gap-2.5">
          <Logo className="size-7" />
          <span className="text-lg font-semibold tracking-tight">Régua</span>
        </div>
        <main className="mx-auto flex w-full max-w-88 flex-1 flex-col justify-center py-10">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {text && <p className="mt-1.5 text-muted">{text}</p>}
          <div className="mt-6">{children}</div>
        </main>
        <div className="flex gap-3 text-sm">
          {(["pt", "en"] as const).map((one) => (
            <button key={one} type="button" lang={one} aria-pressed={lang === one} onClick={() => choose(one)} className="text-muted hover:text-ink aria-pressed:font-semibold aria-pressed:text-ink">
              {one === "pt" ? "Português" : "English"}
            </button>
          ))}
        </div>
      </div>
      <Poster />
    </div>
  );
}

const HEIGHTS = [92, 156, 120, 188, 224];
const SHADES = ["var(--chart-2)", "var(--chart-1)", "var(--chart-5)", "var(--chart-3)", "var(--chart-4)"];

/** The rule itself, drawn: what this is, without a word of marketing more than needed. */
function Poster() {
  const say = useWords(words);
  return (
    <aside aria-hidden className="relative flex flex-col justify-center overflow-hidden border-l border-line bg-canvas px-12 max-lg:hidden">
      <div className="mx-auto w-full max-w-160">
        {say.taglines.map((line, at) => <p key={line} className={`text-2xl font-semibold tracking-tight ${at ? "text-faint" : "text-ink"}`}>{line}</p>)}
        <svg viewBox="0 0 700 300" className="mt-12 w-full overflow-visible">
          <path d="M0 250h700" stroke="var(--line-strong)" strokeWidth="1.5" />
          {Array.from({ length: 36 }, (_, at) => <path key={at} d={`M${at * 20} 250v${at % 4 ? 6 : 11}`} stroke="var(--line-strong)" />)}
          {say.ladder.map((when, at) => {
            const x = 20 + at * 138;
            const top = 250 - (HEIGHTS[at] ?? 100);
            return (
              <g key={when}>
                <path d={`M${x} 250V${top + 8}`} stroke={SHADES[at]} strokeWidth="2" strokeDasharray={at === 1 ? undefined : "3 4"} />
                <circle cx={x} cy={top} r="7" fill="var(--canvas)" stroke={SHADES[at]} strokeWidth="2.5" />
                <text x={x + 14} y={top + 1} fill="var(--ink)" fontSize="13" fontWeight="600">{say.ladderActs[at]}</text>
                <text x={x + 14} y={top + 18} fill="var(--faint)" fontSize="12">{when}</text>
              </g>
            );
          })}
        </svg>
      </div>
    </aside>
  );
}
