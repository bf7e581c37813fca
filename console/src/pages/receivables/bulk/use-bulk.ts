import { useCallback, useEffect, useRef, useState } from "react";
import { answer, api, freshKey } from "../../../api/client";
import { Held, Problem } from "../../../api/problem";
import { useProblemText } from "../../../app/toasts";
import { useWords } from "../../../words";
import { isOpenEnded } from "../acts/run";
import { actWords } from "../acts/words";
import type { Look } from "./preview";
import { type Result, runAll, type Verdict } from "./run";

/** Half of what a person may ask in a second: others of the page go on beside it. */
const WIDTH = 4;

/** How each of them stands, read a few at a time. */
export function useLooks(ids: readonly string[]): { looks: Look[]; over: boolean } {
  const [looks, setLooks] = useState<Look[]>([]);
  const list = ids.join();
  useEffect(() => {
    const stop = new AbortController();
    const found: Look[] = [];
    let shown = 0;
    void runAll(
      list.split(",").filter(Boolean),
      async (id) => {
        const receivable = await answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } }, signal: stop.signal })).catch(() => null);
        found.push({ id, receivable });
        const now = Date.now();
        if (now - shown > 100 && !stop.signal.aborted) {
          shown = now;
          setLooks([...found]);
        }
      },
      () => ({ outcome: "failed", told: "" }),
      { width: WIDTH, stop: stop.signal },
    ).then(() => {
      if (!stop.signal.aborted) setLooks([...found]);
    });
    return () => stop.abort();
  }, [list]);
  return { looks, over: looks.length === ids.length };
}

export type Run<Act> = { act: Act; total: number; results: Result[]; over: boolean; stopping: boolean };

/** Carries an act out on many, and tells how far it is. */
export function useRun<Act extends string>() {
  const say = useWords(actWords);
  const text = useProblemText();
  const [run, setRun] = useState<Run<Act> | null>(null);
  const stop = useRef<AbortController>(null);
  // The same act on the same thing keeps its key while nobody knows whether it arrived.
  const keys = useRef(new Map<string, string>());

  const judge = useCallback(
    (error: unknown): Verdict => {
      if (error instanceof Held) return { outcome: "held", heldAct: error.act, told: say.heldText };
      const gone = error instanceof Problem && (error.status === 0 || error.status === 401);
      return { outcome: "failed", told: text(error), fatal: gone };
    },
    [say, text],
  );

  const start = useCallback(
    async (act: Act, ids: readonly string[], exec: (id: string, key: string) => Promise<unknown>) => {
      stop.current = new AbortController();
      const results: Result[] = [];
      setRun({ act, total: ids.length, results: [], over: false, stopping: false });
      await runAll(
        ids,
        async (id) => {
          const name = `${act}|${id}`;
          const key = keys.current.get(name) ?? freshKey();
          keys.current.set(name, key);
          try {
            await exec(id, key);
            keys.current.delete(name);
          } catch (error) {
            if (!isOpenEnded(error)) keys.current.delete(name);
            if (error instanceof Problem && error.status === 429) {
              // Too fast: the key is free again, so the same may be sent after a while.
              await new Promise((go) => setTimeout(go, (error.retryAfter ?? 1) * 1000));
              await exec(id, freshKey());
            } else throw error;
          }
        },
        judge,
        {
          width: WIDTH,
          stop: stop.current.signal,
          onResult: (result) => {
            results.push(result);
            setRun((before) => before && { ...before, results: [...results] });
          },
        },
      );
      setRun((before) => before && { ...before, results: [...results], over: true });
      return results;
    },
    [judge],
  );

  const halt = useCallback(() => {
    stop.current?.abort();
    setRun((before) => before && { ...before, stopping: true });
  }, []);
  return { run, start, halt };
}
