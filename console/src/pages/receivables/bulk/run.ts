/** One act on many things, a few at a time. Each is told apart: what was done stays done, whatever becomes of the others. */

export type Outcome = "done" | "held" | "failed" | "left";

export type Result = { id: string; outcome: Outcome; told?: string; heldAct?: string };

export type Running = { results: Map<string, Result>; total: number; over: boolean };

/** What an act answered by not doing it at once. */
export type Verdict = { outcome: "held"; heldAct: string; told: string } | { outcome: "failed"; told: string; fatal?: boolean };

/**
 * Carries out `act` for each id, `width` at a time and in order.
 *
 * * `judge` says what an error means. A fatal one (the session ended, the server is gone) ends the whole run: what was not begun is
 *   `left`, since each further try would fail alike.
 * * `stop` lets those under way end and begins no more.
 */
export async function runAll(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  judge: (error: unknown) => Verdict,
  { width = 4, stop, onResult }: { width?: number; stop?: AbortSignal; onResult?: (result: Result) => void } = {},
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...ids];
  let fatal = false;
  const tell = (result: Result) => {
    results.push(result);
    onResult?.(result);
  };
  const worker = async () => {
    while (!fatal && !stop?.aborted) {
      const id = queue.shift();
      if (id === undefined) return;
      try {
        await act(id);
        tell({ id, outcome: "done" });
      } catch (error) {
        const verdict = judge(error);
        if (verdict.outcome === "held") tell({ id, outcome: "held", told: verdict.told, heldAct: verdict.heldAct });
        else {
          fatal ||= verdict.fatal === true;
          tell({ id, outcome: "failed", told: verdict.told });
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, ids.length) }, worker));
  for (const id of queue) tell({ id, outcome: "left" });
  return results;
}

export function count(results: Iterable<Result>, outcome: Outcome): number {
  let found = 0;
  for (const result of results) if (result.outcome === outcome) found += 1;
  return found;
}
