import { useEffect, useState } from "react";

export type Shown = {
  state: "none" | "notice" | "banner" | "read_only" | "wall";
  access: "active" | "grace" | "limited" | "suspended" | "cancelled";
  put_away: boolean;
  title: string | null;
  lines: string[];
  action: { label: string; href: string } | null;
};
type Running = { stop(): void; refresh(): Promise<void>; readonly state: Shown | null };
type Options = {
  server: string;
  token: () => Promise<string>;
  onState?: (shown: Shown) => void;
  theme?: "light" | "dark";
  place?: string;
  leave?: { label: string; run: () => void };
};
declare global {
  interface Window {
    Regua?: { start(options: Options): Running };
  }
}

const script = (src: string) =>
  new Promise<void>((done, failed) => {
    if (window.Regua) return done();
    const made = Object.assign(document.createElement("script"), { src, async: true, onload: () => done(), onerror: failed });
    document.head.append(made);
  });

const token = async () => {
  const answer = await fetch("/token", { cache: "no-store" });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return answer.text();
};

/** What the customer owes decides what is shown; the banner and the wall come from the script, the rest is the app's. */
export function useRegua(server: string): Shown | null {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let running: Running | undefined;
    let gone = false;
    script(`${server}/in-app.js`)
      .then(() => {
        if (!gone) running = window.Regua?.start({ server, token, onState: setShown });
      })
      // Without the script the app works as ever.
      .catch(() => undefined);
    return () => {
      gone = true;
      running?.stop();
    };
  }, [server]);
  return shown;
}
