import { Link, useSearch } from "@tanstack/react-router";
import { Button, Notice } from "../../ui";
import { useWords } from "../../words";
import { DoorFrame } from "./frame";
import { words } from "./words";

/** Where the server sends a browser whose provider let nobody in. */
export default function OidcRefused() {
  const say = useWords(words);
  const { code } = useSearch({ from: "/oidc-refused" });
  return (
    <DoorFrame title={say.refusedTitle} text={say.refusedText}>
      {code && <Notice tone="warn"><code className="font-mono text-sm">{code}</code></Notice>}
      <div className="mt-4 flex flex-col gap-2">
        <Button asChild look="primary" size="lg"><a href="/v1/oidc/start?to=%2F">{say.again}</a></Button>
        <Button asChild size="lg"><Link to="/sign-in">{say.goSignIn}</Link></Button>
      </div>
    </DoorFrame>
  );
}
