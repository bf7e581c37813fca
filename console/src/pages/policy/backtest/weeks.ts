import type { Tested } from "./data";

export type Week = { week: string; policy: number; against: number };

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

/** Messages by week under both, weeks without any in between included. */
export function weeks(policy: Tested, against: Tested | null): Week[] {
  const found = new Map<string, Week>();
  const put = (days: Tested["days"], side: "policy" | "against") => {
    for (const one of days) {
      const week = mondayOf(one.day);
      const row = found.get(week) ?? { week, policy: 0, against: 0 };
      row[side] += one.messages;
      found.set(week, row);
    }
  };
  put(policy.days, "policy");
  if (against) put(against.days, "against");
  const all = [...found.keys()].sort();
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return [];
  const rows: Week[] = [];
  for (let at = Date.parse(`${first}T12:00:00Z`); ; at += 7 * 86_400_000) {
    const week = new Date(at).toISOString().slice(0, 10);
    rows.push(found.get(week) ?? { week, policy: 0, against: 0 });
    if (week >= last) return rows;
  }
}

/** Steps of both, those of the policy first, in the order of its text. */
export function stepsOf(policy: Tested, against: Tested | null): { step: string; policy?: Tested["steps"][number]; against?: Tested["steps"][number] }[] {
  const other = new Map(against?.steps.map((one) => [one.step, one]));
  const mine = policy.steps.map((one) => ({ step: one.step, policy: one, against: other.get(one.step) }));
  const known = new Set(policy.steps.map((one) => one.step));
  return [...mine, ...(against?.steps ?? []).filter((one) => !known.has(one.step)).map((one) => ({ step: one.step, against: one }))];
}
