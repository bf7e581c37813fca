import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { CircleHelp, FileCode2, Languages, LogOut, Menu as MenuIcon, Monitor, Moon, PanelLeft, Search, ShieldCheck, Sun } from "lucide-react";
import { Dialog } from "radix-ui";
import { lazy, Suspense, useCallback, useState } from "react";
import { answer, api } from "../api/client";
import { Button, cx, Keys, Menu, SkeletonRows, Tooltip } from "../ui";
import { enums, useFormats, useLanguage, useWords } from "../words";
import { Logo } from "./logo";
import { ModeBadge, StoppedBar, useCompany } from "./mode";
import { PLACES, places } from "./nav";
import { badgeOf, useQueues } from "./needs";
import { forgetSession, useMay, useSession } from "./session";
import { shellWords } from "./shell-words";
import { CTRL, Help, useGlobalShortcuts, useOverlays } from "./shortcuts";
import { type Theme, useTheme } from "./theme";

const Palette = lazy(() => import("./palette"));

/** The frame of every page: where one can go, what mode it is in, and who one is. */
export function Shell() {
  const say = useWords(shellWords);
  const [narrow, setNarrow] = useState(() => window.innerWidth < 1100);
  const [drawer, setDrawer] = useState(false);
  const { palette, setPalette, help, setHelp } = useOverlays();
  useGlobalShortcuts(useCallback(() => setPalette(true), [setPalette]), useCallback(() => setHelp(true), [setHelp]));
  return (
    <div className="flex h-dvh">
      <a href="#content" className="sr-only z-60 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2">{say.skip}</a>
      <aside className={cx("flex shrink-0 flex-col border-r border-line bg-canvas max-md:hidden", narrow ? "w-14" : "w-56")}>
        <Side narrow={narrow} />
      </aside>
      <Dialog.Root open={drawer} onOpenChange={setDrawer}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
          <Dialog.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col border-r border-line bg-canvas" onClick={(event) => (event.target as HTMLElement).closest("a") && setDrawer(false)}>
            <Dialog.Title className="sr-only">{say.navigation}</Dialog.Title>
            <Side narrow={false} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-canvas px-4">
          <Button look="quiet" size="sm" icon className="md:hidden" aria-label={say.openMenu} onClick={() => setDrawer(true)}><MenuIcon /></Button>
          <Button look="quiet" size="sm" icon className="-ml-1.5 max-md:hidden" aria-label={narrow ? say.expand : say.collapse} aria-expanded={!narrow} onClick={() => setNarrow(!narrow)}><PanelLeft /></Button>
          <button type="button" onClick={() => setPalette(true)} className="flex h-8 w-full max-w-80 min-w-0 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-muted hover:border-line-strong">
            <Search className="size-4 shrink-0 text-faint" />
            <span className="flex-1 truncate text-left">{say.searchOrGo}</span>
            <span aria-hidden className="max-sm:hidden"><Keys text={`${CTRL} K`} /></span>
          </button>
          <div className="ml-auto flex shrink-0 items-center gap-2">
            <ModeBadge />
            <Tooltip text={say.help}><Button look="quiet" size="sm" icon aria-label={say.help} onClick={() => setHelp(true)}><CircleHelp /></Button></Tooltip>
            <Account onHelp={() => setHelp(true)} />
          </div>
        </header>
        <StoppedBar />
        <main id="content" tabIndex={-1} className="scrollbar-thin min-h-0 flex-1 overflow-y-auto focus-visible:outline-none">
          <Suspense fallback={<SkeletonRows className="p-6" rows={6} />}><Outlet /></Suspense>
        </main>
      </div>
      {palette && <Suspense fallback={null}><Palette open onOpenChange={setPalette} onHelp={() => setHelp(true)} /></Suspense>}
      <Help open={help} onOpenChange={setHelp} />
    </div>
  );
}

function Side({ narrow }: { narrow: boolean }) {
  const say = useWords(shellWords);
  const names = useWords(places);
  const may = useMay();
  const { data: company } = useCompany();
  const format = useFormats();
  const { waiting } = useQueues();
  return (
    <>
      <div className={cx("flex h-12 items-center gap-2.5 px-4", narrow && "justify-center px-0")}>
        <Logo className="size-6 shrink-0" />
        {!narrow && <span className="truncate font-semibold">{company?.name ?? "Régua"}</span>}
      </div>
      <nav aria-label={say.navigation} className="flex flex-1 flex-col gap-0.5 overflow-y-auto p-2">
        {PLACES.filter((place) => !place.needs || may(place.needs)).map((place) => {
          const badge = place.to === "/" ? undefined : badgeOf(waiting, place.to);
          const count = badge && `${format.number(badge.count)}${badge.more ? "+" : ""}`;
          const link = (
            <Link
              key={place.to}
              to={place.to}
              activeOptions={{ exact: place.to === "/" }}
              aria-label={narrow ? [names[place.word], count].filter(Boolean).join(", ") : undefined}
              className={cx("relative flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0", narrow && "justify-center px-0")}
              activeProps={{ className: "bg-active text-ink!" }}
            >
              {place.icon}
              {!narrow && <span className="flex-1 truncate">{names[place.word]}</span>}
              {count && (narrow ? <span aria-hidden className="absolute top-1 right-2 size-1.5 rounded-full bg-accent" /> : <span className="num rounded-full bg-active px-1.5 text-xs text-muted">{count}</span>)}
            </Link>
          );
          return narrow ? <Tooltip key={place.to} text={names[place.word]} side="right">{link}</Tooltip> : link;
        })}
      </nav>
    </>
  );
}

function Account({ onHelp }: { onHelp: () => void }) {
  const say = useWords(shellWords);
  const roles = useWords(enums).role;
  const { caller } = useSession();
  const { theme, choose } = useTheme();
  const { lang, choose: speak } = useLanguage();
  const navigate = useNavigate();
  const initials = caller.name.split(/\s+/).map((part) => part[0]).filter(Boolean).slice(0, 2).join("").toUpperCase();
  async function leave() {
    await answer(api.DELETE("/v1/session")).catch(() => undefined);
    await navigate({ to: "/sign-in" });
    forgetSession();
  }
  const themes: [Theme, string, React.ReactNode][] = [["system", say.system, <Monitor />], ["light", say.light, <Sun />], ["dark", say.dark, <Moon />]];
  return (
    <Menu
      trigger={<button type="button" className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"><span aria-hidden>{initials}</span><span className="sr-only">{say.account}: {caller.name}</span></button>}
      items={[
        { heading: `${caller.name}${caller.role ? ` · ${roles?.[caller.role] ?? caller.role}` : ""}` },
        { label: say.profile, icon: <ShieldCheck />, onSelect: () => void navigate({ to: "/settings", search: { part: "account" } }) },
        "line",
        { heading: say.theme },
        ...themes.map(([value, label, icon]) => ({ label, icon, checked: theme === value, onSelect: () => choose(value) })),
        "line",
        { heading: say.language },
        { label: "Português", icon: <Languages />, checked: lang === "pt", onSelect: () => speak("pt") },
        { label: "English", icon: <Languages />, checked: lang === "en", onSelect: () => speak("en") },
        "line",
        { label: say.shortcuts, icon: <CircleHelp />, keys: "?", onSelect: onHelp },
        { label: say.apiDocs, icon: <FileCode2 />, onSelect: () => void window.open("/v1/docs", "_blank", "noopener") },
        "line",
        { label: say.signOut, icon: <LogOut />, onSelect: () => void leave() },
      ]}
    />
  );
}
