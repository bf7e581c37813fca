import { Mail, MessageCircle, Phone } from "lucide-react";
import { Badge } from "../../../ui";
import { enums, useWords } from "../../../words";
import type { Customer } from "../../customers/data";
import { panelWords } from "./words";

const ICONS: Record<string, typeof Mail> = { email: Mail, whatsapp: MessageCircle };
const BY_PHONE = new Set(["sms", "whatsapp", "voice"]);

/** How the customer is reached: numbers that can be dialled, addresses that can be written to. */
export function Contacts({ customer }: { customer: Customer }) {
  const say = useWords(panelWords);
  const channels = useWords(enums).channel;
  const contacts = customer.profile?.contacts ?? [];
  return (
    <section>
      <h3 className="mb-1 font-semibold">{say.contacts}</h3>
      {contacts.length === 0 ? <p className="text-muted">{say.noContacts}</p> : (
        <ul className="flex flex-col gap-1">
          {contacts.map((contact) => {
            const Icon = ICONS[contact.channel] ?? Phone;
            const href = contact.channel === "email" ? `mailto:${contact.address}` : BY_PHONE.has(contact.channel) ? `tel:${contact.address}` : undefined;
            return (
              <li key={`${contact.channel}${contact.address}`} className="flex flex-wrap items-center gap-2">
                <Icon aria-label={channels?.[contact.channel] ?? contact.channel} className="size-4 shrink-0 text-faint" />
                {href ? <a href={href} className="num break-all hover:text-accent hover:underline">{contact.address}</a> : <span className="break-all">{contact.address}</span>}
                {contact.role && <span className="text-sm text-muted">{say.roles[contact.role] ?? contact.role}</span>}
                {say.consent[contact.consent] && <Badge tone="warn">{say.consent[contact.consent]}</Badge>}
                {say.health[contact.health] && <Badge tone="bad">{say.health[contact.health]}</Badge>}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
