import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { answer, api } from "../../api/client";
import { forgetSession } from "../../app/session";
import { Button, Field, Input } from "../../ui";
import { useWords } from "../../words";
import { DoorFrame } from "./frame";
import { PasswordInput, Strength } from "./password";
import { takeToken, useDoor } from "./use-door";
import { words } from "./words";

/** A link that is good once: an invitation, or a password that is chosen anew. */
export function Once({ kind }: { kind: "invitation" | "reset" }) {
  const say = useWords(words);
  const navigate = useNavigate();
  const { busy, error, run } = useDoor();
  const [token, setToken] = useState(takeToken);
  const [came] = useState(token !== "");
  const [password, setPassword] = useState("");
  const path = kind === "invitation" ? "/v1/invitations/accept" : "/v1/password/reset";

  function go(event: FormEvent) {
    event.preventDefault();
    void run(async () => {
      await answer(api.POST(path, { body: { token: token.trim(), password } }));
      forgetSession();
      toast.success(say.accepted);
      await navigate({ to: "/sign-in" });
    });
  }

  return (
    <DoorFrame title={kind === "invitation" ? say.inviteTitle : say.resetTitle} text={kind === "invitation" ? say.inviteText : say.resetText}>
      <form onSubmit={go} className="flex flex-col gap-4">
        {!came && (
          <Field label={say.linkToken} hint={say.linkTokenHint}>
            <Input className="h-9 font-mono" autoComplete="off" spellCheck={false} value={token} onChange={(event) => setToken(event.target.value)} required />
          </Field>
        )}
        <Field label={say.newPassword} hint={say.passwordHint} error={error}>
          <PasswordInput autoFocus={came} autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} required minLength={12} maxLength={128} />
        </Field>
        <Strength password={password} />
        <Button look="primary" size="lg" type="submit" busy={busy}>{kind === "invitation" ? say.accept : say.reset}</Button>
      </form>
    </DoorFrame>
  );
}
