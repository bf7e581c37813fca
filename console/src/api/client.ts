import createClient, { type Middleware } from "openapi-fetch";
import { Held, Problem, problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The token that a session gave; it is kept in memory only and asked for anew by GET /v1/session. */
let csrf: string | null = null;
let ended: () => void = () => undefined;

export function holdToken(token: string | null): void {
  csrf = token;
}

/** What to do when the session has ended; the router sets it. */
export function onSessionEnd(act: () => void): void {
  ended = act;
}

/** A fresh idempotency key. Not `crypto.randomUUID`, which a page without https does not have. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const ours: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") {
      if (csrf) request.headers.set("X-CSRF-Token", csrf);
      if (!request.headers.has("Idempotency-Key")) request.headers.set("Idempotency-Key", freshKey());
    }
    return request;
  },
};

/** The typed API. Wrap every call in `answer`: `await answer(api.GET("/v1/me"))`. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
api.use(ours);

type Told<T> = { data?: T; error?: unknown; response: Response };

/**
 * What the server answered, or an error: `Problem` for what went wrong, `Held` for an act that waits for a second person.
 * Both are told by `tellError` (app/toasts).
 */
export async function answer<T>(asked: Promise<Told<T>>): Promise<Exclude<T, Schemas["HeldAct202"]>> {
  let told: Told<T>;
  try {
    told = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw Problem.unreachable();
  }
  const { data, error, response } = told;
  if (response.status === 202 && isHeld(data)) throw new Held(data.held_act, data.detail);
  if (response.ok) return data as Exclude<T, Schemas["HeldAct202"]>;
  const problem = problemOf(error, response);
  if (problem.status === 401 && problem.code === "unauthenticated") ended();
  throw problem;
}

function isHeld(data: unknown): data is Schemas["HeldAct202"] {
  return typeof data === "object" && data !== null && "held_act" in data;
}

/** A file of the API (PDF, CSV, JSON), handed to the browser as a download. */
export async function download(path: string, name: string, init?: { method?: "POST"; body?: unknown }): Promise<void> {
  const headers: Record<string, string> = {};
  if (init?.method === "POST") {
    headers["Idempotency-Key"] = freshKey();
    headers["Content-Type"] = "application/json";
    if (csrf) headers["X-CSRF-Token"] = csrf;
  }
  const body = init?.body === undefined ? undefined : JSON.stringify(init.body);
  const response = await fetch(path, { method: init?.method ?? "GET", headers, body, credentials: "same-origin" }).catch(() => {
    throw Problem.unreachable();
  });
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  saveAs(await response.blob(), name);
}

export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
