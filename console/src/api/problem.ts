/** One place of the input that is wrong. */
export type WrongField = { at: string; code: string; detail: string };

/** What went wrong, as RFC 9457 has it. `code` is stable; `detail` is the server's own sentence, with the mend. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: WrongField[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
    this.name = "Problem";
  }

  static unreachable(): Problem {
    return new Problem(0, "unreachable", "the server does not answer");
  }

  /** Worth trying again without changing anything. `busy_elsewhere`: of what takes long, the server does one at a time. */
  get passing(): boolean {
    return this.code === "busy_elsewhere" || this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The sentence about one member of the body: `problem.of("/email")`. */
  of(at: string): string | undefined {
    return this.fields.find((field) => field.at === at)?.detail;
  }
}

/** An act above the limit of whoever asked: nothing went wrong, and it waits for a second person. */
export class Held extends Error {
  constructor(
    readonly act: string,
    readonly detail: string,
  ) {
    super(detail);
    this.name = "Held";
  }
}

export function problemOf(body: unknown, response: Response): Problem {
  const retry = Number(response.headers.get("retry-after"));
  const after = Number.isFinite(retry) && retry > 0 ? retry : null;
  if (typeof body !== "object" || body === null || !("code" in body)) {
    // A proxy on the way, not ours.
    return new Problem(response.status, "no_problem_told", response.statusText, [], after);
  }
  const told = body as { code: string; detail?: string; fields?: WrongField[] };
  return new Problem(response.status, told.code, told.detail ?? told.code, told.fields ?? [], after);
}
