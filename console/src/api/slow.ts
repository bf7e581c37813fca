let last: Promise<unknown> = Promise.resolve();

/**
 * What reads the whole book (plans, agings, previews) goes one after the other: the server answers one of them at a time, and
 * tells the others to come again. Wrap such a request: `slow(() => answer(api.GET("/v1/reports/aging")))`.
 */
export function slow<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const mine = last.then(() => {
    signal?.throwIfAborted();
    return ask();
  });
  last = mine.catch(() => undefined);
  return mine;
}
