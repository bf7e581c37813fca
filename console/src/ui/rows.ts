import { type InfiniteData, type Query, type QueryClient, type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { FIRST, Places } from "./places";

/** A page of a list as the API answers it. */
export type RowsPage<T> = { items: T[]; next?: string | null };

export type Rows<T> = {
  /** The rows that are at hand. */
  rows: readonly T[];
  /** The number in the list of the first of them. */
  start: number;
  /** How many there are so far, at hand or not. */
  known: number;
  loading: boolean;
  error: unknown;
  /** Whether there are more behind the last one that is known. */
  more: boolean;
  loadingMore: boolean;
  /** Those behind the last one at hand. */
  loadMore: () => void;
  /** Those before the first one at hand. */
  loadBefore: () => void;
  /** Those around a row that is known and not at hand. */
  seek: (row: number) => void;
  /** From the first page anew. */
  reload: () => void;
  /** Writes a changed row into what is at hand, without asking again: after an act, or before it (undo with the old one). */
  patch: (is: (row: T) => boolean, change: (row: T) => T) => void;
};

/** So many pages are at hand at once: 25,000 rows of 200 a page. Others are read again when they are looked at. */
const AT_HAND = 125;

/** Of each list that is kept, and as long as it is. */
const kept = new WeakMap<Query, Places>();

function placesOf(client: QueryClient, key: QueryKey): Places {
  const query = client.getQueryCache().find({ queryKey: key, exact: true });
  if (!query) return new Places();
  const places = kept.get(query) ?? new Places();
  kept.set(query, places);
  return places;
}

function forgetPlaces(client: QueryClient, key: QueryKey): void {
  const query = client.getQueryCache().find({ queryKey: key, exact: true });
  if (query) kept.delete(query);
}

/**
 * A list walked by its cursor, 200 rows at a time. Of a million rows a window is kept, so that the last page costs what
 * the first did; with `all` every row that was read stays at hand, for lists that are put together from it.
 */
export function useRows<T>(key: QueryKey, fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<RowsPage<T>>, options?: { enabled?: boolean; all?: boolean }): Rows<T> {
  const client = useQueryClient();
  const hash = JSON.stringify(key);
  const seeking = useRef<AbortController>(null);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetch(pageParam === FIRST ? undefined : pageParam, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
    getPreviousPageParam: (_first, _all, cursor) => placesOf(client, key).before(cursor),
    maxPages: options?.all ? undefined : AT_HAND,
    // Comparing all pages with all pages would cost more with each one.
    structuralSharing: false,
    refetchOnWindowFocus: false,
    enabled: options?.enabled ?? true,
  });
  const data = query.data;
  const at = useMemo(() => {
    const places = placesOf(client, key);
    data?.pages.forEach((page, n) => places.learn((data.pageParams[n] ?? FIRST) as string, page.items.length, page.next ?? undefined));
    return { rows: data?.pages.flatMap((page) => page.items) ?? [], start: places.startOf((data?.pageParams[0] ?? FIRST) as string), known: places.known, ended: places.ended };
    // The key is an array made anew by each render; its text tells whether it is another.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, data, hash]);

  const { fetchNextPage, fetchPreviousPage, hasNextPage, hasPreviousPage, isFetching, isFetchingNextPage } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetching]);
  const loadBefore = useCallback(() => {
    if (hasPreviousPage && !isFetching) void fetchPreviousPage();
  }, [fetchPreviousPage, hasPreviousPage, isFetching]);
  /* eslint-disable react-hooks/exhaustive-deps */
  const seek = useCallback((row: number) => {
    const cursor = placesOf(client, key).holding(row);
    seeking.current?.abort();
    const asked = (seeking.current = new AbortController());
    void client
      .cancelQueries({ queryKey: key, exact: true })
      .then(() => fetch(cursor === FIRST ? undefined : cursor, asked.signal))
      .then((page) => {
        if (!asked.signal.aborted) client.setQueryData<InfiniteData<RowsPage<T>, string>>(key, { pages: [page], pageParams: [cursor] });
      })
      // What could not be read is asked for again when it is looked at again.
      .catch(() => undefined);
  }, [client, hash]);
  const reload = useCallback(() => {
    seeking.current?.abort();
    forgetPlaces(client, key);
    void client.resetQueries({ queryKey: key, exact: true });
  }, [client, hash]);
  const patch = useCallback((is: (row: T) => boolean, change: (row: T) => T) => {
    client.setQueryData<InfiniteData<RowsPage<T>, string>>(key, (data) => data && {
      ...data,
      pages: data.pages.map((page) => (page.items.some(is) ? { ...page, items: page.items.map((row) => (is(row) ? change(row) : row)) } : page)),
    });
  }, [client, hash]);
  /* eslint-enable react-hooks/exhaustive-deps */

  // With filters a page may hold nothing and not be the last: then the next one is asked for.
  const more = data !== undefined && !at.ended;
  const seeks = more && at.known === 0;
  useEffect(() => {
    if (seeks) loadMore();
  }, [seeks, loadMore]);
  return {
    rows: at.rows, start: at.start, known: at.known, loading: query.isPending || seeks, error: data ? null : query.error,
    more, loadingMore: isFetchingNextPage, loadMore, loadBefore, seek, reload, patch,
  };
}

/** A list put together from another that has all its rows at hand. */
export function madeOf<T>(from: Omit<Rows<unknown>, "patch">, rows: readonly T[], loading = from.loading): Rows<T> {
  return { ...from, rows, start: 0, known: rows.length, loading, patch: () => undefined };
}
