import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { answer, api } from "../../api/client";
import { beginSession } from "../../app/session";
import { Button, Field, Input, Notice } from "../../ui";
import { useWords } from "../../words";
import { DoorFrame } from "./frame";
import { PasswordInput, Strength } from "./password";
import { takeToken, useDoor } from "./use-door";
import { words } from "./words";

export default function SetUp() {
  const say = useWords(words);
  const navigate = useNavigate();
  const { busy, error, code, run } = useDoor();
  const [token, setToken] = useState(takeToken);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { data } = useQuery({ queryKey: ["setup"], queryFn: () => answer(api.GET("/v1/setup")), staleTime: 0 });
  const where = code?.startsWith("password") ? "password" : code === "setup_token" ? "token" : "all";

  function go(event: FormEvent) {
    event.preventDefault();
    void run(async () => {
      beginSession(await answer(api.POST("/v1/setup", { body: { token: token.trim(), name: name.trim(), email: email.trim(), password } })));
      await navigate({ to: "/" });
    });
  }

  if (data && !data.needed) {
    return (
      <DoorFrame title={say.setupTitle}>
        <Notice>{say.already}</Notice>
        <Button asChild look="primary" size="lg" className="mt-4 w-full"><Link to="/sign-in">{say.goSignIn}</Link></Button>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={say.setupTitle} text={say.setupText}>
      <form onSubmit={go} className="flex flex-col gap-4">
        <Field label={say.token} hint={say.tokenHint} error={where === "token" ? error : undefined}>
          <Input className="h-9 font-mono" autoComplete="off" spellCheck={false} value={token} onChange={(event) => setToken(event.target.value)} required />
        </Field>
        <Field label={say.name}>
          <Input className="h-9" autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} required maxLength={100} />
        </Field>
        <Field label={say.email}>
          <Input className="h-9" type="email" autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} required maxLength={254} />
        </Field>
        <Field label={say.newPassword} hint={say.passwordHint} error={where === "password" ? error : undefined}>
          <PasswordInput autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} required minLength={12} maxLength={128} />
        </Field>
        <Strength password={password} />
        {error && where === "all" && <Notice tone="bad">{error}</Notice>}
        <Button look="primary" size="lg" type="submit" busy={busy}>{say.begin}</Button>
      </form>
    </DoorFrame>
  );
}
