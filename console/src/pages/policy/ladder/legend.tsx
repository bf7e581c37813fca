import { GitBranch, Repeat, ShieldCheck } from "lucide-react";
import { cx } from "../../../ui";
import { useWords } from "../../../words";
import { words } from "../words";
import { CHIPS, type Kind, ToneBars } from "./look";
import { ladderWords } from "./words";

export function Legend() {
  const say = useWords(ladderWords);
  const page = useWords(words);
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-xs text-muted [&>li]:flex [&>li]:items-center [&>li]:gap-1.5 [&_svg]:size-3">
      {(["contact", "charge", "adverse", "neutral", "end"] satisfies Kind[]).map((kind) => <li key={kind}><i className={cx("size-3 rounded-sm border", CHIPS[kind])} />{say.legend[kind]}</li>)}
      {(["friendly", "neutral", "firm"] as const).map((tone) => <li key={tone}><ToneBars tone={tone} />{page.tones[tone]}</li>)}
      <li><GitBranch />{say.conditional}</li>
      <li><ShieldCheck />{say.approved}</li>
      <li><Repeat />{say.repeated}</li>
    </ul>
  );
}
