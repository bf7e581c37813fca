import { civil, readAfter, readEvery, readMoment } from "../text/moment";
import { type LadderText, type StepText, textOf } from "../text/read";

/** Where a step lies: at days from the due date, at those from the issue, or at an event that has no place on the axis. */
export type Place = { on: "due" | "issue" | "event"; day: number; /** Counted from another step. */ after?: string; /** The last day of a repetition. */ until?: number; every?: number };

export function placeOf(step: StepText, steps: readonly StepText[], depth = 0): Place {
  const after = readAfter(textOf(step.values.after));
  if (textOf(step.values.after) && after) {
    const base = steps.find((one) => one.id === after.step && one.index < step.index);
    if (!base || depth > 20) return { on: "event", day: 0, after: after.step };
    const from = placeOf(base, steps, depth + 1);
    return { on: from.on, day: from.day + civil(after.offset, after.unit), after: after.step };
  }
  const at = readMoment(textOf(step.values.at));
  if (!at) return { on: "event", day: 0 };
  const day = civil(at.offset, at.unit);
  if (at.anchor === "I") return { on: "issue", day };
  if (at.anchor !== "D") return { on: "event", day };
  const every = readEvery(textOf(step.values.every));
  const until = readMoment(textOf(step.values.until));
  if (every && until?.anchor === "D") return { on: "due", day, every: Math.max(1, civil(every.size, every.unit)), until: civil(until.offset, until.unit) };
  return { on: "due", day };
}

/** A stretch of the axis: so many pixels a day until the day `to`. Far days are drawn closer together. */
type Stretch = { from: number; to: number; rate: number };
export type Axis = {
  width: number;
  /** Pixels of the zone of issue at the left; 0 without one. */
  zone: number;
  x: (day: number) => number;
  /** The inverse: the day at a place, not rounded. */
  day: (x: number) => number;
  ticks: { day: number; x: number }[];
};

const NEAR_BEFORE = -10;
const NEAR_AFTER = 30;
/** How much closer together days beyond those are. */
const FAR = 0.25;
const ZONE = 92;
const PAD = 28;
const TICKS = [-365, -180, -90, -60, -45, -30, -20, -15, -10, -7, -5, -3, 0, 3, 5, 7, 10, 15, 20, 25, 30, 45, 60, 90, 120, 150, 180, 240, 300, 365, 540, 730];

/** One axis for all ladders of a policy, so that the same day stands under the same day. */
export function makeAxis(ladders: readonly LadderText[], width: number): Axis {
  const places = ladders.flatMap((ladder) => ladder.steps.map((step) => placeOf(step, ladder.steps)));
  const days = places.filter((place) => place.on === "due").flatMap((place) => [place.day, place.until ?? place.day]);
  const from = Math.min(-3, ...days) - 1;
  const to = Math.max(10, ...days) + 2;
  const zone = places.some((place) => place.on === "issue") ? ZONE : 0;
  const bounds = [from, Math.max(from, NEAR_BEFORE), Math.min(to, NEAR_AFTER), to];
  const weights = [FAR, 1, FAR];
  const units = weights.reduce((sum, weight, at) => sum + weight * ((bounds[at + 1] ?? 0) - (bounds[at] ?? 0)), 0);
  const rate = Math.max(1, width - zone - PAD * 2) / units;
  const stretches = weights.map((weight, at): Stretch => ({ from: bounds[at] ?? 0, to: bounds[at + 1] ?? 0, rate: rate * weight }));
  const start = zone + PAD;
  const x = (day: number) => {
    let at = start;
    if (day < from) return start - (from - day) * rate * FAR;
    for (const one of stretches) {
      if (day <= one.to) return at + (day - one.from) * one.rate;
      at += (one.to - one.from) * one.rate;
    }
    return at + (day - to) * rate * FAR;
  };
  const day = (at: number) => {
    let left = at - start;
    if (left < 0) return from + left / (rate * FAR);
    for (const one of stretches) {
      const size = (one.to - one.from) * one.rate;
      if (left <= size && size > 0) return one.from + left / one.rate;
      left -= size;
    }
    return to + left / (rate * FAR);
  };
  return { width, zone, x, day, ticks: ticksBetween(from, to, x) };
}

/** The due date always, then those that have room, nearest first. */
function ticksBetween(from: number, to: number, x: (day: number) => number): Axis["ticks"] {
  const taken: { day: number; x: number }[] = [{ day: 0, x: x(0) }];
  const wanted = TICKS.filter((day) => day !== 0 && day >= from && day <= to).sort((a, b) => Number(b % 15 === 0) - Number(a % 15 === 0) || Math.abs(a) - Math.abs(b));
  for (const day of wanted) {
    const at = x(day);
    if (taken.every((one) => Math.abs(one.x - at) >= 46)) taken.push({ day, x: at });
  }
  return taken.sort((a, b) => a.day - b.day);
}

/** Where the mark of a step is drawn. */
export function spot(place: Place, axis: Axis): number {
  if (place.on === "issue") return Math.min(axis.zone - 8, 20 + Math.max(0, place.day) * 4);
  if (place.on === "event") return axis.width - 10;
  return axis.x(place.day);
}

export type Boxed = { x: number; width: number };
export type Packed = { left: number; row: number };

/** Puts boxes under their marks in as few rows as possible, without one covering another; in the order of their marks. */
export function pack(boxes: readonly Boxed[], width: number, gap = 6): Packed[] {
  const ends: number[] = [];
  const order = boxes.map((box, at) => ({ ...box, at })).sort((a, b) => a.x - b.x || a.at - b.at);
  const packed: Packed[] = boxes.map(() => ({ left: 0, row: 0 }));
  for (const box of order) {
    const left = Math.max(0, Math.min(box.x - 12, width - box.width));
    let row = ends.findIndex((end) => end + gap <= left);
    if (row < 0) row = ends.length;
    ends[row] = left + box.width;
    packed[box.at] = { left, row };
  }
  return packed;
}

/** How many units (days, or open days) a drag by pixels moves a step. */
export function dragged(step: StepText, steps: readonly StepText[], axis: Axis, by: number): number {
  const place = placeOf(step, steps);
  const unit = (readMoment(textOf(step.values.at)) ?? readAfter(textOf(step.values.after)))?.unit ?? "d";
  if (place.on === "issue") return Math.round(by / 4);
  if (place.on === "event") return 0;
  const days = axis.day(axis.x(place.day) + by) - place.day;
  return Math.round(unit === "bd" ? (days * 5) / 7 : days);
}

/** The days of a repetition that are drawn. */
export function repeats(place: Place): number[] {
  if (!place.every || place.until === undefined) return [];
  const days: number[] = [];
  for (let day = place.day + place.every; day <= place.until && days.length < 60; day += place.every) days.push(day);
  return days;
}
