import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

export type Theme = "system" | "light" | "dark";
const STORED = "regua.theme";
const wantsDark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  const value = localStorage.getItem(STORED);
  return value === "light" || value === "dark" ? value : "system";
}

/** Called before React begins, so that the first picture is in the right colours. */
export function paintTheme(theme: Theme = stored()): boolean {
  const dark = theme === "dark" || (theme === "system" && wantsDark.matches);
  document.documentElement.classList.toggle("dark", dark);
  return dark;
}

const Context = createContext<{ theme: Theme; dark: boolean; choose: (theme: Theme) => void } | null>(null);

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, set] = useState<Theme>(stored);
  const [dark, setDark] = useState(() => document.documentElement.classList.contains("dark"));
  useEffect(() => {
    const paint = () => setDark(paintTheme(theme));
    paint();
    wantsDark.addEventListener("change", paint);
    return () => wantsDark.removeEventListener("change", paint);
  }, [theme]);
  const choose = useCallback((next: Theme) => {
    if (next === "system") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, next);
    set(next);
  }, []);
  const value = useMemo(() => ({ theme, dark, choose }), [theme, dark, choose]);
  return <Context value={value}>{children}</Context>;
}

export function useTheme() {
  const value = useContext(Context);
  if (!value) throw new Error("useTheme outside of ThemeProvider");
  return value;
}
