import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { answer, api } from "../../api/client";
import { beginSession } from "../../app/session";
import { Button, Field, Input, Notice } from "../../ui";
import { useWords } from "../../words";
import { DoorFrame } from "./frame";
import { PasswordInput } from "./password";
import { useDoor } from "./use-door";
import { words } from "./words";

export default function SignIn() {
  const say = useWords(words);
  const navigate = useNavigate();
  const router = useRouter();
  const { to, ended } = useSearch({ from: "/sign-in" });
  const { busy, error, code: problem, setError, run } = useDoor();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, askCode] = useState(false);

  function go(event: FormEvent) {
    event.preventDefault();
    void run(async () => {
      const told = await api.POST("/v1/session", { body: { email, password, code: asksCode ? code.trim() : null } });
      if (told.response.status === 401 && (told.error as { code?: string } | undefined)?.code === "second_factor") {
        askCode(true);
        return;
      }
      beginSession(await answer(Promise.resolve(told)));
      if (to) router.history.push(to);
      else await navigate({ to: "/" });
    });
  }

  if (asksCode) {
    return (
      <DoorFrame title={say.codeTitle} text={email}>
        <form onSubmit={go} className="flex flex-col gap-4">
          <Field label={say.code} hint={say.codeHint} error={error}>
            <Input autoFocus className="num h-9 tracking-widest" autoComplete="one-time-code" inputMode="text" value={code} onChange={(event) => setCode(event.target.value)} required />
          </Field>
          <Button look="primary" size="lg" type="submit" busy={busy}>{say.signIn}</Button>
          <Button look="quiet" onClick={() => { askCode(false); setError(null); setPassword(""); setCode(""); }}>{say.back}</Button>
        </form>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={say.signInTitle}>
      {ended && <div className="mb-4"><Notice>{say.ended}</Notice></div>}
      <form onSubmit={go} className="flex flex-col gap-4">
        <Field label={say.email}>
          <Input autoFocus type="email" className="h-9" autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} required />
        </Field>
        <Field label={say.password} error={error && problem !== "second_factor" ? error : undefined}>
          <PasswordInput autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} required />
        </Field>
        <Button look="primary" size="lg" type="submit" busy={busy}>{say.signIn}</Button>
      </form>
      <Provider to={to} />
      <p className="mt-6 text-sm text-muted">{say.forgot}</p>
    </DoorFrame>
  );
}

/** The way in over the company's own provider, where there is one. */
function Provider({ to }: { to: string | undefined }) {
  const say = useWords(words);
  const address = `/v1/oidc/start?to=${encodeURIComponent(to ?? "/")}`;
  const { data } = useQuery({
    queryKey: ["oidc"],
    queryFn: async () => (await answer(api.GET("/v1/setup"))).oidc,
    staleTime: Infinity,
    retry: false,
  });
  if (!data) return null;
  return (
    <>
      <div className="my-4 flex items-center gap-3 text-sm text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">{say.or}</div>
      <Button asChild size="lg" className="w-full"><a href={address}><KeyRound />{say.oidc}</a></Button>
    </>
  );
}
