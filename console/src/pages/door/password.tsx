import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Input } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

/** A password that can be looked at while it is typed. */
export function PasswordInput(props: ComponentProps<"input">) {
  const say = useWords(words);
  const [shown, show] = useState(false);
  const [caps, setCaps] = useState(false);
  return (
    <div>
      <div className="relative">
        <Input {...props} type={shown ? "text" : "password"} className="h-9 pr-9" onKeyUp={(event) => setCaps(event.getModifierState("CapsLock"))} />
        <button type="button" onClick={() => show(!shown)} aria-label={shown ? say.hide : say.show} className="absolute top-1 right-1 flex size-7 items-center justify-center rounded-md text-faint hover:text-ink">
          {shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
        </button>
      </div>
      {caps && <p className="mt-1 text-sm text-warn">{say.capsLock}</p>}
    </div>
  );
}

/** How good a password looks by its length: 0 is refused, 3 is very good. */
export function strength(password: string): number {
  const length = [...password].length;
  if (length < 12) return 0;
  const kinds = new Set([...password].map((letter) => (/\d/.test(letter) ? "digit" : /\p{Lu}/u.test(letter) ? "upper" : /\p{L}/u.test(letter) ? "letter" : "sign"))).size;
  const score = (length - 12) / 6 + (kinds - 1) / 2 + new Set(password).size / 12;
  return score < 1.6 ? 1 : score < 2.8 ? 2 : 3;
}

const BARS = ["bg-bad", "bg-warn", "bg-good", "bg-good"];

export function Strength({ password }: { password: string }) {
  const say = useWords(words);
  if (!password) return null;
  const level = strength(password);
  return (
    <div className="flex items-center gap-2" aria-live="polite">
      <div className="flex flex-1 gap-1" aria-hidden>
        {[0, 1, 2, 3].map((at) => <span key={at} className={`h-1 flex-1 rounded-full ${at <= level ? BARS[level] : "bg-active"}`} />)}
      </div>
      <span className="text-sm text-muted">{say.strength[level]}</span>
    </div>
  );
}
