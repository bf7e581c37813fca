import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { STARTER } from "./starter";

/**
 * The text that is being worked on. It lives in the memory of the page only, so that it outlasts a look at another page and
 * ends with the session.
 */
type Kept = { base: string | null; text: string; past: readonly string[]; future: readonly string[]; typedAt: number; outside: number };
/** Numbers the changes that did not come from typing, so that the editor takes over those and no others. */
let changes = 0;
const KEY = ["policy-draft"];
/** Letters typed shortly after another are taken back together. */
const TOGETHER = 1500;
const MOST = 200;

export type Draft = {
  text: string;
  /** The hash of the published version that it began from. */
  base: string | null;
  dirty: boolean;
  /** Another number after each change that was not typed. */
  outside: number;
  edit: (text: string, how?: "typed") => void;
  undo?: () => void;
  redo?: () => void;
  /** Begins anew from a text. */
  begin: (text: string, base: string | null) => void;
  drop: () => void;
};

export function useDraft(published: { body: string; hash: string } | null | undefined): Draft {
  const client = useQueryClient();
  useEffect(() => client.setQueryDefaults(KEY, { gcTime: Infinity, staleTime: Infinity }), [client]);
  const { data: kept } = useQuery<Kept | null>({ queryKey: KEY, queryFn: skipToken, gcTime: Infinity, staleTime: Infinity });
  const none = !kept;
  // Anew also when the draft was dropped: the editor has to notice.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const from = useMemo<Kept>(() => ({ base: published?.hash ?? null, text: published?.body ?? STARTER, past: [], future: [], typedAt: 0, outside: ++changes }), [published, none]);
  const now = kept ?? from;
  const put = useCallback((change: (now: Kept) => Kept | null) => client.setQueryData<Kept | null>(KEY, (before) => change(before ?? from)), [client, from]);
  const edit = useCallback((text: string, how?: "typed") => put((before) => {
    if (text === before.text) return before;
    const typedAt = how === "typed" ? Date.now() : 0;
    const goesOn = how === "typed" && typedAt - before.typedAt < TOGETHER;
    return { ...before, text, past: goesOn ? before.past : [...before.past.slice(-MOST), before.text], future: [], typedAt, outside: how === "typed" ? before.outside : ++changes };
  }), [put]);
  const undo = useCallback(() => put((before) => {
    const last = before.past.at(-1);
    return last === undefined ? before : { ...before, text: last, past: before.past.slice(0, -1), future: [before.text, ...before.future], typedAt: 0, outside: ++changes };
  }), [put]);
  const redo = useCallback(() => put((before) => {
    const [next, ...rest] = before.future;
    return next === undefined ? before : { ...before, text: next, past: [...before.past, before.text], future: rest, typedAt: 0, outside: ++changes };
  }), [put]);
  const begin = useCallback((text: string, base: string | null) => put((before) => ({ base, text, past: [...before.past.slice(-MOST), before.text], future: [], typedAt: 0, outside: ++changes })), [put]);
  const drop = useCallback(() => put(() => null), [put]);
  const dirty = published ? now.text !== published.body : true;

  useEffect(() => {
    if (!dirty || !kept) return;
    const leave = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", leave);
    return () => window.removeEventListener("beforeunload", leave);
  }, [dirty, kept]);

  return { text: now.text, base: now.base, dirty, outside: now.outside, edit, begin, drop, undo: now.past.length ? undo : undefined, redo: now.future.length ? redo : undefined };
}
