import { Field, Segments, Select } from "../../../ui";
import { useWords } from "../../../words";
import { type After, type Anchor, type Moment, readAfter, readEvery, readMoment, type Unit, writeAfter, writeMoment } from "../text/moment";
import { type StepText, textOf } from "../text/read";
import { TextField } from "./fields";
import type { StepEdit } from "./form";
import { ladderWords } from "./words";

/** The hour of a step alone; empty is the policy's. */
const badHour = (value: string) => value !== "" && !/^([01]\d|2[0-3]):[0-5]\d$/.test(value);

export function WhenFields({ step, steps, time, edit }: { step: StepText; steps: readonly StepText[]; time: string; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const after = readAfter(textOf(step.values.after));
  const moment = readMoment(textOf(step.values.at));
  const earlier = steps.filter((one) => one.index < step.index && one.id);
  if (!moment && !(step.values.after && after)) {
    return <TextField label={say.at} value={textOf(step.values.at)} disabled={edit.locked} onCommit={(next) => edit.set("at", next)} wrong={(next) => (readMoment(next) ? undefined : say.badMoment)} />;
  }
  const now: Moment | After = (step.values.after ? after : moment) ?? { anchor: "D", offset: 0, unit: "d", long: false, hour: null };
  const isAfter = "step" in now;
  const put = (change: Partial<Moment & After>) => (isAfter ? edit.set("after", writeAfter({ ...now, ...change })) : edit.set("at", writeMoment({ ...now, ...change })));
  const size = Math.abs(now.offset);
  const side = now.offset < 0 ? "before" : "later";
  const turn = (reference: string) => {
    const base = { offset: isAfter ? now.offset : Math.max(0, now.offset), unit: now.unit, long: false, hour: now.hour };
    if (reference.startsWith("step:")) {
      const value = writeAfter({ ...base, step: reference.slice(5) });
      if (isAfter) edit.set("after", value);
      else edit.swap("at", "after", value);
    } else {
      const value = writeMoment({ ...now, ...(isAfter ? base : {}), anchor: reference as Anchor });
      if (isAfter) edit.swap("after", "at", value);
      else edit.set("at", value);
    }
  };
  const every = textOf(step.values.every);
  const repeats = ["notify", "offer", "task"].includes(step.verb);
  return (
    <fieldset className="flex min-w-0 flex-col gap-3" disabled={edit.locked}>
      <legend className="mb-1 text-sm font-medium">{say.at}</legend>
      <div className="flex flex-wrap items-end gap-2">
        <TextField label={say.number} className="w-20" inputMode="numeric" value={String(size)} disabled={edit.locked} wrong={(next) => (/^\d{1,4}$/.test(next) ? undefined : say.mustNumber)} onCommit={(next) => put({ offset: now.offset < 0 ? -Number(next) : Number(next) })} />
        <Field label={say.unit}>
          <Select value={now.unit} disabled={edit.locked} onChange={(unit: Unit) => put({ unit, offset: unit === "d" ? now.offset : now.offset || 1 })} choices={(["d", "bd", "h"] as const).filter((unit) => unit !== "h" || now.unit === "h" || isAfter).map((value) => ({ value, label: say.units[value] ?? value }))} />
        </Field>
        {!isAfter && size > 0 && <Segments label={say.side} value={side} onChange={(next) => put({ offset: next === "before" ? -size : size })} choices={[{ value: "before", label: say.before }, { value: "later", label: say.later }]} />}
      </div>
      <div className="flex flex-wrap gap-2">
        <Field label={say.reference} className="min-w-40 flex-1">
          <Select
            className="w-full"
            disabled={edit.locked}
            value={isAfter ? `step:${now.step}` : now.anchor}
            onChange={turn}
            choices={[
              ...(["D", "I", "F", "P", "X", "R"] as const).filter((anchor) => anchor === "D" || anchor === "I" || (!isAfter && anchor === now.anchor)).map((value) => ({ value: value as string, label: say.anchor[value] ?? value })),
              ...earlier.map((one) => ({ value: `step:${one.id}`, label: say.afterStep(one.id) })),
            ]}
          />
        </Field>
        <TextField label={say.hour} className="w-28" placeholder={time} hint={say.hourHelp(time)} value={now.hour ?? ""} disabled={edit.locked} wrong={(next) => (badHour(next) ? say.badHour : undefined)} onCommit={(next) => put({ hour: next || null })} />
      </div>
      {repeats && (
        <div className="flex flex-wrap gap-2">
          <TextField label={say.every} className="w-28" value={every} disabled={edit.locked} hint={say.repeatHelp} wrong={(next) => (!next || readEvery(next) ? undefined : say.badEvery)} onCommit={(next) => edit.repeat(next || null, textOf(step.values.until) || lastDay(now))} />
          {every && <TextField label={say.until} className="w-28" value={textOf(step.values.until)} disabled={edit.locked} wrong={(next) => (readMoment(next) ? undefined : say.badMoment)} onCommit={(next) => edit.set("until", next)} />}
        </div>
      )}
    </fieldset>
  );
}

/** Four weeks from the first time, until somebody says otherwise. */
function lastDay(now: Moment | After): string {
  return "anchor" in now ? writeMoment({ ...now, offset: now.offset + 28, unit: "d", long: false, hour: null }) : "D+60";
}
