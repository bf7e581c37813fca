/** The small languages of `at`, `after`, `until` and `every`: read, moved by days, written again. */

export type Unit = "d" | "bd" | "h";
export type Anchor = "I" | "D" | "F" | "P" | "X" | "R";
/** `long` remembers that days were written `5d` and not `5`. */
type Offset = { offset: number; unit: Unit; long: boolean; hour: string | null };
export type Moment = Offset & { anchor: Anchor };
export type After = Offset & { step: string };

export function readMoment(text: string): Moment | null {
  const read = /^([IDFPXR])(?:([+-])(\d{1,4})(bd|d|h)?)?(?: ([0-2]\d:[0-5]\d))?$/.exec(text.trim());
  if (!read) return null;
  const size = Number(read[3] ?? 0);
  return { anchor: read[1] as Anchor, offset: read[2] === "-" ? -size : size, unit: (read[4] as Unit | undefined) ?? "d", long: read[4] === "d", hour: read[5] ?? null };
}

export function writeMoment({ anchor, offset, unit, long, hour }: Moment): string {
  const size = Math.abs(offset);
  const shift = offset === 0 ? "" : `${offset < 0 ? "-" : "+"}${size}${unit === "d" ? (long ? "d" : "") : unit}`;
  return `${anchor}${shift}${hour ? ` ${hour}` : ""}`;
}

export function readAfter(text: string): After | null {
  const read = /^([A-Za-z0-9_-]{1,40})(?:\+(\d{1,4})(bd|d|h)?)?(?: ([0-2]\d:[0-5]\d))?$/.exec(text.trim());
  if (!read) return null;
  return { step: read[1] ?? "", offset: Number(read[2] ?? 0), unit: (read[3] as Unit | undefined) ?? "d", long: read[3] === "d", hour: read[4] ?? null };
}

export function writeAfter({ step, offset, unit, long, hour }: After): string {
  const shift = offset === 0 && !long ? "" : `+${offset}${unit === "d" ? (long ? "d" : "") : unit}`;
  return `${step}${shift}${hour ? ` ${hour}` : ""}`;
}

/** Open days as civil ones and back, five to a week: where they are drawn, since the true day differs by receivable. */
export function civil(offset: number, unit: Unit): number {
  if (unit === "h") return offset / 24;
  return unit === "bd" ? Math.round((offset * 7) / 5) : offset;
}

export function fromCivil(days: number, unit: Unit): number {
  if (unit === "h") return Math.round(days * 24);
  return unit === "bd" ? Math.round((days * 5) / 7) : Math.round(days);
}

/** The farthest that the format permits, and `after` never before its step. */
const MOST = 3650;
const clamp = (value: number, least = -MOST) => Math.max(least, Math.min(MOST, value));

/** A moment so many units later; null for one in hours, which does not lie on a day. `bd` zero is no offset of the format. */
export function moveMoment(text: string, by: number): string | null {
  const moment = readMoment(text);
  if (!moment || moment.unit === "h") return null;
  return writeMoment({ ...moment, offset: clamp(moment.offset + by) });
}

export function moveAfter(text: string, by: number): string | null {
  const after = readAfter(text);
  if (!after || after.unit === "h") return null;
  return writeAfter({ ...after, offset: clamp(after.offset + by, 0) });
}

/** `7d`, `5bd` or a bare number of days. */
export function readEvery(text: string): { size: number; unit: "d" | "bd" } | null {
  const read = /^(\d{1,3})(bd|d)?$/.exec(text.trim());
  return read && Number(read[1]) > 0 ? { size: Number(read[1]), unit: read[2] === "bd" ? "bd" : "d" } : null;
}
