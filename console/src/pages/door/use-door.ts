import { useCallback, useState } from "react";
import { Problem } from "../../api/problem";
import { useProblemText } from "../../app/toasts";
import { useWords } from "../../words";
import { words } from "./words";

/** One form outside: what is under way, and what went wrong in the reader's language. */
export function useDoor() {
  const say = useWords(words);
  const text = useProblemText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [code, setCode] = useState<string | null>(null);
  const run = useCallback(async (act: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    setCode(null);
    try {
      await act();
    } catch (failed) {
      const problem = failed instanceof Problem ? failed : null;
      const wait = problem?.retryAfter ? ` ${say.wait(problem.retryAfter)}` : "";
      setCode(problem?.code ?? null);
      setError(`${text(failed)}${wait}`);
    } finally {
      setBusy(false);
    }
  }, [say, text]);
  return { busy, error, code, setError, run };
}

/** The token behind `#`, taken out of the address so that it stays neither in the history nor on the screen. */
export function takeToken(): string {
  const raw = window.location.hash.slice(1);
  const token = raw.startsWith("token=") ? raw.slice(6) : raw;
  if (token) window.history.replaceState(window.history.state, "", window.location.pathname);
  return decodeURIComponent(token);
}
