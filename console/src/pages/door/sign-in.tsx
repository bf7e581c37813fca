import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { answer, api } from "../../api/client";
import { beginSession } from "../../app/session";
import { useTellError } from "../../app/toasts";
import { Button, Field, Input } from "../../ui";

export default function SignIn() {
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const tell = useTellError();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  async function go(event: FormEvent) {
    event.preventDefault();
    try {
      beginSession(await answer(api.POST("/v1/session", { body: { email, password } })));
      await navigate({ to: to ?? "/" });
    } catch (error) {
      tell(error);
    }
  }
  return (
    <form onSubmit={(event) => void go(event)} className="mx-auto mt-32 flex max-w-80 flex-col gap-3">
      <Field label="E-mail"><Input type="email" autoComplete="username" value={email} onChange={(e) => setEmail(e.target.value)} /></Field>
      <Field label="Senha"><Input type="password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} /></Field>
      <Button look="primary" type="submit">Entrar</Button>
    </form>
  );
}
