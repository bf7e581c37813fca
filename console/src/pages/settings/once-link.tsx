import type { Schemas } from "../../api/client";
import { Button, CopyText, Dialog, Moment } from "../../ui";
import { common, useWords } from "../../words";
import { peopleWords } from "./people-words";

/** A link that is shown this once. The token stands behind `#`, so that no server on the way writes it down. */
export function OnceLink({ kind, token, onClose }: { kind: "invitation" | "reset"; token: Schemas["PersonToken"]; onClose: () => void }) {
  const say = useWords(peopleWords);
  const words = useWords(common);
  const address = `${window.location.origin}/${kind}#${encodeURIComponent(token.token)}`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={kind === "invitation" ? say.link : say.resetLink}
      description={kind === "invitation" ? say.linkText(token.person.name) : say.resetText(token.person.name)}
      footer={<Button look="primary" onClick={onClose}>{words.done}</Button>}
    >
      <CopyText value={address} label={kind === "invitation" ? say.link : say.resetLink} wrap />
      {token.expires_at && <p className="mt-2 text-sm text-muted">{say.invitedUntil} <Moment value={token.expires_at} /></p>}
    </Dialog>
  );
}
