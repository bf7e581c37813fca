import { Link } from "@tanstack/react-router";
import { Check, FileUp, Radio, Ruler, ScanEye } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../app/session";
import { Button, Card, cx } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

/** What a new installation shows: the way from nothing to the first batch. */
export function FirstSteps({ mode, published, onImport }: { mode: string; published: number; onImport: () => void }) {
  const say = useWords(words);
  const may = useMay();
  const steps: { id: string; icon: ReactNode; done: boolean; act: ReactNode }[] = [
    { id: "import", icon: <FileUp />, done: false, act: may("receivables:act") && <Button look="primary" onClick={onImport}>{say.stepActs.import}</Button> },
    { id: "policy", icon: <Ruler />, done: published > 0, act: <Button asChild><Link to="/policy">{say.stepActs.policy}</Link></Button> },
    { id: "preview", icon: <ScanEye />, done: false, act: <Button asChild><Link to="/policy">{say.stepActs.preview}</Link></Button> },
    { id: "live", icon: <Radio />, done: mode === "live", act: may("settings:act") && <Button asChild><Link to="/settings" search={{ part: "mode" }}>{say.stepActs.live}</Link></Button> },
  ];
  return (
    <Card title={say.first} description={say.firstText} className="max-w-3xl" flush>
      <ol className="mt-1 border-t border-line">
        {steps.map((step, at) => {
          const [title, text] = say.steps[step.id] ?? ["", ""];
          return (
            <li key={step.id} className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b border-line px-4 py-4 last:border-0">
              <span className={cx("flex size-9 shrink-0 items-center justify-center rounded-lg [&_svg]:size-4.5", step.done ? "bg-good-soft text-good" : "bg-accent-soft text-accent")}>{step.done ? <Check /> : step.icon}</span>
              <div className="min-w-60 flex-1">
                <div className="font-semibold">{at + 1}. {title}</div>
                <p className="text-muted">{text}</p>
              </div>
              {step.act}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
