import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ComponentType, lazy, type LazyExoticComponent, Suspense } from "react";
import { useMay } from "../../app/session";
import { cx, Notice, Page, Select, SkeletonRows } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

type Part = { id: string; group: "you" | "company" | "access" | "links" | "system"; needs?: string; body: LazyExoticComponent<ComponentType> };

const PARTS: readonly Part[] = [
  { id: "account", group: "you", body: lazy(() => import("./account")) },
  { id: "company", group: "company", needs: "settings:read", body: lazy(() => import("./company")) },
  { id: "mode", group: "company", needs: "settings:read", body: lazy(() => import("./mode")) },
  { id: "brands", group: "company", needs: "settings:read", body: lazy(() => import("./brands")) },
  { id: "people", group: "access", needs: "people:read", body: lazy(() => import("./people")) },
  { id: "keys", group: "access", needs: "people:read", body: lazy(() => import("./keys")) },
  { id: "gateways", group: "links", needs: "charging:read", body: lazy(() => import("./gateways")) },
  { id: "channels", group: "links", needs: "settings:read", body: lazy(() => import("./channels")) },
  { id: "endpoints", group: "links", needs: "events:read", body: lazy(() => import("./endpoints")) },
  { id: "inapp", group: "links", needs: "settings:read", body: lazy(() => import("./inapp")) },
  { id: "health", group: "system", needs: "settings:read", body: lazy(() => import("./health")) },
  { id: "audit", group: "system", needs: "audit:read", body: lazy(() => import("./audit")) },
];
const GROUPS = ["you", "company", "access", "links", "system"] as const;

export default function SettingsPage() {
  const say = useWords(words);
  const may = useMay();
  const navigate = useNavigate();
  const { part } = useSearch({ from: "/inside/settings" });
  const allowed = PARTS.filter((one) => !one.needs || may(one.needs));
  // Who may see settings begins with the mode, others with their own account.
  const chosen = part ?? (may("settings:read") ? "mode" : "account");
  const open = allowed.find((one) => one.id === chosen);
  const Body = open?.body;
  return (
    <Page title={say.title} name={open ? `${say.parts[open.id]} · ${say.title}` : say.title}>
      <div className="flex gap-8 max-lg:flex-col max-lg:gap-4">
        <nav aria-label={say.navigation} className="w-52 shrink-0 max-lg:hidden">
          {GROUPS.filter((group) => allowed.some((one) => one.group === group)).map((group) => (
            <div key={group} className="mb-4">
              <div className="px-2.5 pb-1 text-xs font-medium text-faint">{say.groups[group]}</div>
              {allowed.filter((one) => one.group === group).map((one) => (
                <Link key={one.id} to="/settings" search={{ part: one.id }} aria-current={one.id === open?.id ? "page" : undefined} className={cx("flex h-8 items-center rounded-md px-2.5 hover:bg-hover", one.id === open?.id ? "bg-active font-medium text-ink" : "text-muted")}>
                  {say.parts[one.id]}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className="lg:hidden">
          <Select label={say.navigation} value={open?.id} onChange={(id) => void navigate({ to: "/settings", search: { part: id } })} choices={allowed.map((one) => ({ value: one.id, label: say.parts[one.id] ?? one.id }))} className="w-72" />
        </div>
        <div className="min-w-0 max-w-4xl flex-1">
          {open && Body ? (
            <>
              <h2 className="text-lg font-semibold">{say.parts[open.id]}</h2>
              <p className="mb-4 text-muted">{say.intros[open.id]}</p>
              <Suspense key={open.id} fallback={<SkeletonRows rows={6} />}><Body /></Suspense>
            </>
          ) : <Notice tone="warn">{say.mayNot}</Notice>}
        </div>
      </div>
    </Page>
  );
}
