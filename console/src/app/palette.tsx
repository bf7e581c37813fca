import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { CircleHelp, Languages, Moon, OctagonPause, Play, ReceiptText, Search, Settings, StepForward, Sun, Upload, User } from "lucide-react";
import { Dialog } from "radix-ui";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { Keys } from "../ui";
import { useLanguage, useWords } from "../words";
import { useAct } from "./act";
import { useStop, useStopped } from "./mode";
import { PLACES, places } from "./nav";
import { plain, useHits } from "./palette-find";
import { paletteWords } from "./palette-words";
import { useMay } from "./session";
import { shellWords } from "./shell-words";
import { useTheme } from "./theme";

const Import = lazy(() => import("./import"));
const NEEDS: Record<string, string> = { company: "settings:read", mode: "settings:read", brands: "settings:read", people: "people:read", keys: "people:read", gateways: "charging:read", channels: "settings:read", endpoints: "events:read", inapp: "settings:read", health: "settings:read", audit: "audit:read" };
const ITEM = "flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1.5 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint";

type Entry = { group: "pages" | "acts" | "settings"; value: string; label: string; icon: ReactNode; act: () => void; keys?: string };
type Props = { open: boolean; onOpenChange: (open: boolean) => void; onHelp: () => void };

/** Everything by its name: a customer, a receivable, a page, an act. */
export default function Palette({ open, onOpenChange, onHelp }: Props) {
  const say = useWords(paletteWords);
  const shell = useWords(shellWords);
  const names = useWords(places);
  const may = useMay();
  const navigate = useNavigate();
  const { dark, choose } = useTheme();
  const { lang, choose: speak } = useLanguage();
  const stopped = useStopped();
  const stop = useStop();
  const [typed, type] = useState("");
  const [importing, setImporting] = useState(false);
  const { hits, searching } = useHits(typed);
  const run = useAct({ run: () => answer(api.POST("/v1/run")), done: say.run, stale: [keys.messages, keys.plan, keys.today] });
  // The question whether to stop takes the place of the palette, and both are gone once it is answered.
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (stop.asking) setAsked(true);
    else if (asked) onOpenChange(false);
  }, [stop.asking, asked, onOpenChange]);
  // Closed before it acts, so that a dialog that the act opens has the focus to itself.
  const pick = (act: () => void) => () => {
    onOpenChange(false);
    act();
  };
  const wanted = plain(typed.trim());
  const entries: Entry[] = [
    ...PLACES.filter((place) => !place.needs || may(place.needs)).map((place): Entry => ({ group: "pages", value: place.word, label: names[place.word], icon: place.icon, act: pick(() => void navigate({ to: place.to })), keys: `g ${place.key}` })),
    ...(may("receivables:act") ? [
      { group: "acts", value: "import", label: say.import, icon: <Upload />, act: () => setImporting(true) } as const,
      { group: "acts", value: "run", label: say.run, icon: <StepForward />, act: pick(() => run.mutate()) } as const,
    ] : []),
    ...(may("settings:act") ? [stopped
      ? { group: "acts", value: "resume", label: say.resume, icon: <Play />, act: () => stop.ask("resume") } as const
      : { group: "acts", value: "stop", label: say.stop, icon: <OctagonPause />, act: () => stop.ask("stop") } as const] : []),
    { group: "acts", value: "theme", label: dark ? say.light : say.dark, icon: dark ? <Sun /> : <Moon />, act: pick(() => choose(dark ? "light" : "dark")), keys: "Shift T" },
    { group: "acts", value: "language", label: say.language, icon: <Languages />, act: pick(() => speak(lang === "pt" ? "en" : "pt")) },
    { group: "acts", value: "help", label: say.help, icon: <CircleHelp />, act: pick(onHelp), keys: "?" },
    ...Object.entries(say.parts).filter(([part]) => !NEEDS[part] || may(NEEDS[part])).map(([part, label]): Entry => ({ group: "settings", value: `settings ${part}`, label, icon: <Settings />, act: pick(() => void navigate({ to: "/settings", search: { part } })) })),
  ];
  const shown = entries.filter((entry) => !wanted || plain(entry.label).split(/\s+/).some((word) => word.startsWith(wanted)) || plain(entry.label).includes(wanted));
  // What was found stands first and is chosen, also when it comes later than the rest.
  const first = hits[0] ? `${hits[0].kind} ${hits[0].id}` : (shown[0]?.value ?? "");
  const [chosen, setChosen] = useState("");
  useEffect(() => setChosen(first), [first, typed]);
  return (
    <>
      <Dialog.Root open={open && !importing && !asked} onOpenChange={onOpenChange}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
          <Dialog.Content aria-describedby={undefined} className="animate-in fixed top-[14vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-pop">
            <Dialog.Title className="sr-only">{shell.palette}</Dialog.Title>
            <Command label={shell.palette} loop shouldFilter={false} value={chosen} onValueChange={setChosen}>
              <div className="flex items-center gap-2.5 border-b border-line px-4">
                <Search className="size-4 text-faint" />
                <Command.Input autoFocus value={typed} onValueChange={type} placeholder={say.placeholder} className="h-12 flex-1 bg-transparent text-base outline-none" />
              </div>
              <Command.List className="scrollbar-thin max-h-[56vh] overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint">
                {hits.length + shown.length === 0 && <p role="status" className="px-4 py-8 text-center text-muted">{searching ? say.searching : say.nothing}</p>}
                {hits.length > 0 && (
                  <Command.Group heading={say.found}>
                    {hits.map((hit) => (
                      <Command.Item
                        key={hit.id}
                        value={`${hit.kind} ${hit.id}`}
                        className={ITEM}
                        onSelect={pick(() => void (hit.kind === "customer" ? navigate({ to: "/customers/$customer", params: { customer: hit.id } }) : navigate({ to: "/receivables/$receivable", params: { receivable: hit.id } })))}
                      >
                        {hit.kind === "customer" ? <User /> : <ReceiptText />}
                        <span className="min-w-0 flex-1 truncate">{hit.kind === "receivable" ? hit.code : (hit.name ?? hit.code)}<span className="ml-2 text-muted">{hit.kind === "receivable" ? hit.name : hit.name && hit.code}</span></span>
                        <span className="text-sm text-muted">{say[hit.kind]}</span>
                      </Command.Item>
                    ))}
                  </Command.Group>
                )}
                {(["pages", "acts", "settings"] as const).map((group) => shown.some((entry) => entry.group === group) && (
                  <Command.Group key={group} heading={say[group]}>
                    {shown.filter((entry) => entry.group === group).map((entry) => (
                      <Command.Item key={entry.value} value={entry.value} onSelect={entry.act} className={ITEM}>{entry.icon}<span className="flex-1 truncate">{entry.label}</span>{entry.keys && <Keys text={entry.keys} />}</Command.Item>
                    ))}
                  </Command.Group>
                ))}
              </Command.List>
            </Command>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      {stop.dialog}
      {importing && <Suspense fallback={null}><Import open onOpenChange={(next) => { setImporting(next); if (!next) onOpenChange(false); }} /></Suspense>}
    </>
  );
}
