import { cx } from "../../../ui";
import { useWords } from "../../../words";
import type { Language, Template, Tone } from "./data";
import { templateWords, TONES } from "./words";

type Props = { template: Template; language: Language; tone: Tone; onChoose: (language: Language, tone: Tone) => void };

/** In which languages and tones the template is written: a full mark is a text of that tone's own, an empty one the common text. */
export function Grid({ template, language, tone, onChoose }: Props) {
  const say = useWords(templateWords);
  return (
    <table className="w-full border-separate border-spacing-0 text-sm" aria-label={say.grid}>
      <thead>
        <tr>
          <th className="pb-1 text-left font-medium text-muted">{say.language}</th>
          {TONES.map((one) => <th key={one} className="pb-1 text-center font-medium text-muted">{say.tones[one] ?? one}</th>)}
        </tr>
      </thead>
      <tbody>
        {template.languages.map((row) => (
          <tr key={row}>
            <th scope="row" className="border-t border-line py-0.5 pr-3 text-left font-normal">
              {say.languages[row] ?? row}
              {template.own.includes(row) && <span className="ml-1.5 rounded-sm bg-info-soft px-1 text-xs text-info">{say.own}</span>}
            </th>
            {TONES.map((one) => {
              const chosen = row === language && one === tone;
              const isOwn = template.tones.includes(one);
              return (
                <td key={one} className="border-t border-line p-0.5 text-center">
                  <button
                    type="button"
                    aria-pressed={chosen}
                    aria-label={`${say.languages[row] ?? row}, ${say.tones[one] ?? one}: ${isOwn ? say.toneOwn : say.toneCommon}`}
                    title={isOwn ? say.toneOwn : say.toneCommon}
                    onClick={() => onChoose(row, one)}
                    className={cx("inline-flex h-6 w-full items-center justify-center rounded-md hover:bg-hover", chosen && "bg-active ring-1 ring-accent")}
                  >
                    <span className={cx("size-2 rounded-full border border-muted", isOwn && "bg-muted")} />
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
