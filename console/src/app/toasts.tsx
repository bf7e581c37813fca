import { useCallback } from "react";
import { toast } from "sonner";
import { Held, Problem } from "../api/problem";
import { common, useWords } from "../words";
import { problems } from "../words/problems";

/** A sentence for what went wrong: ours where we know it in the reader's language, else the server's. */
export function useProblemText(): (error: unknown) => string {
  const words = useWords(common);
  const known = useWords(problems);
  return useCallback((error: unknown) => {
    if (error instanceof Problem) {
      const told = known[error.code] ?? known[error.fields[0]?.code ?? ""];
      if (told) return told;
      if (error.code === "unreachable" || error.code === "no_problem_told") return words.unreachable;
      if (error.code === "too_many_requests") return words.tooFast;
      if (error.status === 403 && error.code !== "csrf") return `${words.mayNot} (${error.detail})`;
      return error.detail;
    }
    return error instanceof Error ? error.message : words.goneWrong;
  }, [words, known]);
}

/** Tells an error of an act in a toast; an act that waits for a second person is told as such. */
export function useTellError(): (error: unknown) => void {
  const words = useWords(common);
  const text = useProblemText();
  return useCallback((error: unknown) => {
    if (error instanceof Held) toast.info(words.heldTitle, { description: words.heldText, duration: 10_000 });
    else toast.error(words.goneWrong, { description: text(error), duration: 10_000 });
  }, [words, text]);
}

/** Says that something is done; with `undo` it can be taken back for some seconds. */
export function useTellDone(): (title: string, undo?: () => void) => void {
  const words = useWords(common);
  return useCallback((title: string, undo?: () => void) => {
    toast.success(title, undo ? { action: { label: words.undo, onClick: undo }, duration: 8_000 } : undefined);
  }, [words]);
}
