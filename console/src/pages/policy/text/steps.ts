import { addStep, NotHere, type Put, removeStep, setKey, type StepAt } from "./edit";
import { civil, moveAfter, moveMoment, readAfter, readMoment, writeAfter } from "./moment";
import { readPolicy, type StepText, textOf, texts } from "./read";

/** Verbs that make the debtor worse off: they are announced. */
export const ADVERSE: readonly string[] = ["access", "fee", "report", "assign"];
export const CONTACT: readonly string[] = ["notify", "offer"];
export const VERBS = ["notify", "offer", "charge", "access", "fee", "report", "assign", "task", "write_off"] as const;
export type Verb = (typeof VERBS)[number];

function stepsIn(text: string, ladder: string): StepText[] {
  return readPolicy(text).ladders.find((one) => one.name === ladder)?.steps ?? [];
}

function stepIn(text: string, at: StepAt): StepText {
  const step = stepsIn(text, at.ladder)[at.index];
  if (!step) throw new NotHere("no step");
  return step;
}

/** Whether a step can be moved by days, and by which key. */
export function movable(step: StepText): "at" | "after" | null {
  const at = textOf(step.values.at);
  if (at) return moveMoment(at, 0) === null ? null : "at";
  const after = textOf(step.values.after);
  return after && moveAfter(after, 0) !== null ? "after" : null;
}

/** Moves a step by so many days (open days, where it counts those). */
export function moveStep(text: string, at: StepAt, by: number): string {
  const step = stepIn(text, at);
  const key = movable(step);
  if (!key) throw new NotHere("not by days");
  const moved = key === "at" ? moveMoment(textOf(step.values.at), by) : moveAfter(textOf(step.values.after), by);
  return moved === null ? text : setKey(text, at, key, moved);
}

/** Takes a step out, and its name out of whatever announces it. */
export function dropStep(text: string, at: StepAt): string {
  const { id } = stepIn(text, at);
  let next = text;
  for (const other of stepsIn(text, at.ladder)) {
    const announced = texts(other.values.announces);
    if (other.index === at.index || !announced.includes(id)) continue;
    const rest = announced.filter((one) => one !== id);
    next = setKey(next, { ladder: at.ladder, index: other.index }, "announces", rest.length ? rest : null);
  }
  return removeStep(next, at);
}

/** Gives a step another name, also where others in its ladder name it. */
export function renameStep(text: string, at: StepAt, id: string): string {
  const before = stepIn(text, at).id;
  let next = setKey(text, at, "id", id);
  for (const other of stepsIn(text, at.ladder)) {
    const where = { ladder: at.ladder, index: other.index };
    const announced = texts(other.values.announces);
    if (announced.includes(before)) next = setKey(next, where, "announces", announced.map((one) => (one === before ? id : one)));
    const after = readAfter(textOf(other.values.after));
    if (after?.step === before) next = setKey(next, where, "after", writeAfter({ ...after, step: id }));
  }
  return next;
}

/** The days from the due date at which a step lies, as far as the file alone says. Issue lies before all. */
export function dayOf(step: StepText, steps: readonly StepText[]): number {
  const at = readMoment(textOf(step.values.at));
  if (at) return at.anchor === "I" ? -1000 + at.offset : civil(at.offset, at.unit);
  const after = readAfter(textOf(step.values.after));
  const base = after && steps.find((one) => one.id === after.step && one.index < step.index);
  return base && after ? dayOf(base, steps) + civil(after.offset, after.unit) : 0;
}

/** Puts a new step behind those that come before it in time; says where it stands. */
export function insertStep(text: string, ladder: string, day: number, keys: readonly (readonly [string, Exclude<Put, null>])[]): { text: string; index: number } {
  const steps = stepsIn(text, ladder);
  const later = steps.findIndex((step) => dayOf(step, steps) > day);
  const index = later < 0 ? steps.length : later;
  return { text: addStep(text, ladder, index, keys), index };
}

/** A name for a new step that nobody has in its ladder. */
export function freeId(text: string, ladder: string, wish: string): string {
  const taken = new Set(stepsIn(text, ladder).map((step) => step.id));
  if (!taken.has(wish)) return wish;
  for (let n = 2; ; n++) if (!taken.has(`${wish}${n}`)) return `${wish}${n}`;
}
