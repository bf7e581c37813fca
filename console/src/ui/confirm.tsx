import { type ReactNode, useState } from "react";
import { common, useWords } from "../words";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Input, Textarea } from "./input";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will happen, in numbers where they are known. */
  consequences: ReactNode;
  /** The words on the button: what it does, not "OK". */
  act: string;
  danger?: boolean;
  /** Ask for a reason; `required` when the act needs one. */
  reason?: "optional" | "required";
  /** A word that has to be typed, for what cannot be taken back. */
  typed?: string;
  onConfirm: (reason: string) => Promise<unknown>;
};

/** Asked before what cannot be undone. It stays open while it runs, and when it fails (the toast says why). */
export function Confirm({ open, onOpenChange, title, consequences, act, danger, reason, typed, onConfirm }: Props) {
  const words = useWords(common);
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState("");
  const [word, setWord] = useState("");
  const missing = (reason === "required" && !why.trim()) || (typed !== undefined && word.trim() !== typed);
  async function go() {
    setBusy(true);
    try {
      await onConfirm(why.trim());
      setWhy("");
      setWord("");
      onOpenChange(false);
    } catch {
      // Told by whoever asked; the words typed so far stay.
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{words.cancel}</Button>
          <Button look={danger ? "danger" : "primary"} busy={busy} disabled={missing} onClick={() => void go()}>{act}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="text-muted">{consequences}</div>
        {reason && (
          <Field label={words.reason} hint={words.reasonHelp} optional={reason === "optional" ? words.optional : undefined}>
            <Textarea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={4000} />
          </Field>
        )}
        {typed !== undefined && (
          <Field label={words.confirmTyped(typed)}>
            <Input value={word} onChange={(event) => setWord(event.target.value)} autoComplete="off" />
          </Field>
        )}
      </div>
    </Dialog>
  );
}
