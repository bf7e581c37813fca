import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../act";

export type View = Schemas["SavedView"];
export type Shown = { filters: Record<string, string>; columns: string[] };

/** What is seen, as a view keeps it: filters that say something. */
export function shownOf(filters: Record<string, string | undefined>, columns: readonly string[] = []): Shown {
  const said = Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
  return { filters: Object.fromEntries(said), columns: [...columns] };
}

/** Whether a view shows what is seen. One that names no columns goes with any. */
export function isShown(view: Pick<View, "filters" | "columns">, shown: Shown): boolean {
  const own = Object.entries(view.filters);
  const same = own.length === Object.keys(shown.filters).length && own.every(([name, value]) => shown.filters[name] === value);
  return same && (view.columns.length === 0 || view.columns.join() === shown.columns.join());
}

export function useViews(page: View["page"]): View[] {
  const { data } = useQuery({ queryKey: keys.views, queryFn: ({ signal }) => answer(api.GET("/v1/views", { signal })), staleTime: 5 * 60_000 });
  return data?.items.filter((view) => view.page === page) ?? [];
}

type Change = { view: View; change: Partial<Pick<View, "name" | "shared" | "filters" | "columns">> };
export type NewView = Shown & Pick<View, "page" | "name" | "shared">;

export function useViewActs(say: { saved: (name: string) => string; updated: (name: string) => string; removed: (name: string) => string }) {
  const stale = [keys.views];
  const save = useAct({ run: (body: NewView) => answer(api.POST("/v1/views", { body })), done: (view) => say.saved(view.name), stale, quiet: true });
  const change = useAct({ run: ({ view, change: body }: Change) => answer(api.PATCH("/v1/views/{view}", { params: { path: { view: view.id } }, body })), done: (view) => say.updated(view.name), stale, quiet: true });
  const gone = {
    run: (view: View) => answer(api.DELETE("/v1/views/{view}", { params: { path: { view: view.id } } })),
    done: (_out: unknown, view: View) => say.removed(view.name),
    stale,
  };
  // Another's view would come back as one's own: of that there is no undo.
  const removeAnothers = useAct(gone);
  const remove = useAct({
    ...gone,
    undo: (_out, { page, name, shared, filters, columns }) => save.mutate({ page, name, shared, filters, columns }),
  });
  return { save, change, remove: (view: View) => (view.own ? remove : removeAnothers).mutate(view) };
}
