import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTellDone, useTellError } from "./toasts";

type Options<In, Out> = {
  /** The request, wrapped in `answer`. */
  run: (input: In) => Promise<Out>;
  /** What to say when it is done. */
  done?: string | ((out: Out, input: In) => string);
  /** What is stale afterwards. */
  stale?: readonly QueryKey[];
  undo?: (out: Out, input: In) => void;
  onDone?: (out: Out, input: In) => void;
  /** The errors are shown by the form itself. */
  quiet?: boolean;
};

/**
 * One act: runs it, tells what came of it, and marks what is stale. `mutateAsync` throws what `answer` throws, after it was
 * told in a toast (unless `quiet`).
 */
export function useAct<In = void, Out = unknown>({ run, done, stale, undo, onDone, quiet }: Options<In, Out>) {
  const client = useQueryClient();
  const tellError = useTellError();
  const tellDone = useTellDone();
  return useMutation<Out, Error, In>({
    mutationFn: run,
    onSuccess: (out, input) => {
      for (const key of stale ?? []) void client.invalidateQueries({ queryKey: key });
      if (done) tellDone(typeof done === "function" ? done(out, input) : done, undo && (() => undo(out, input)));
      onDone?.(out, input);
    },
    onError: (error) => {
      if (!quiet) tellError(error);
    },
  });
}
