import { type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";

/** A page of a list as the API answers it. */
export type RowsPage<T> = { items: T[]; next?: string | null };

export type Rows<T> = {
  rows: readonly T[];
  loading: boolean;
  error: unknown;
  /** Whether there are more behind the last one. */
  more: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** From the first page anew. */
  reload: () => void;
  /** Writes a changed row into what is shown, without asking again: after an act, or before it (undo with the old one). */
  patch: (is: (row: T) => boolean, change: (row: T) => T) => void;
};

/**
 * A list walked by its cursor, 200 rows at a time. Rows are appended to one array, so that the ten-thousandth page costs
 * what the first did; a million rows stay scrollable.
 */
export function useRows<T>(key: QueryKey, fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<RowsPage<T>>, options?: { enabled?: boolean }): Rows<T> {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetch(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // Comparing all pages with all pages would cost more with each one.
    structuralSharing: false,
    refetchOnWindowFocus: false,
    enabled: options?.enabled ?? true,
  });
  const kept = useRef<{ pages: RowsPage<T>[]; rows: T[] }>({ pages: [], rows: [] });
  const pages = query.data?.pages;
  const rows = useMemo(() => {
    const before = kept.current;
    if (!pages) return [];
    const grown = before.pages.length > 0 && before.pages.length < pages.length && before.pages.every((page, at) => page === pages[at]);
    let next: T[];
    if (grown) {
      // The same array grows; the wrapper below is new, so that React sees it.
      for (const page of pages.slice(before.pages.length)) for (const row of page.items) before.rows.push(row);
      next = before.rows;
    } else {
      next = pages.flatMap((page) => page.items);
    }
    kept.current = { pages, rows: next };
    return next;
  }, [pages]);

  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const hash = JSON.stringify(key);
  // The key is an array made anew by each render; its text tells whether it is another.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const reload = useCallback(() => void client.resetQueries({ queryKey: key, exact: true }), [client, hash]);
  const patch = useCallback((is: (row: T) => boolean, change: (row: T) => T) => {
    client.setQueryData<{ pages: RowsPage<T>[]; pageParams: unknown[] }>(key, (data) => data && {
      ...data,
      pages: data.pages.map((page) => (page.items.some(is) ? { ...page, items: page.items.map((row) => (is(row) ? change(row) : row)) } : page)),
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, hash]);

  return { rows, loading: query.isPending, error: query.data ? null : query.error, more: hasNextPage, loadingMore: isFetchingNextPage, loadMore, reload, patch };
}
