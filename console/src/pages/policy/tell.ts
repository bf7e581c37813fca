import { useCallback } from "react";
import { toast } from "sonner";
import { useTellError } from "../../app/toasts";
import { useWords } from "../../words";
import { NotHere } from "./text/edit";
import { words } from "./words";

/** Says why an edit by the drawing is not possible. */
export function useTellNotHere(): (error: unknown) => void {
  const say = useWords(words);
  const tellError = useTellError();
  return useCallback((error: unknown) => {
    if (error instanceof NotHere) toast.info(error.why === "last step" ? say.lastStep : say.notHere);
    else tellError(error);
  }, [say, tellError]);
}
