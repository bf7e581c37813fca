import { CreditCard, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { useAct } from "../../../app/act";
import { useMay } from "../../../app/session";
import { Badge, Button, Card, Confirm, Facts, Menu, Skeleton, type Tone } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { type Customer, customerKeys, useMethods, useRefreshCustomer, useSubscriptions } from "../data";
import { EditCustomer } from "./edit";
import { pageWords } from "./words";

type Contact = NonNullable<Customer["profile"]>["contacts"][number];

/** Who the customer is: contacts with their consent, data, subscriptions, methods. */
export function AboutCustomer({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  const format = useFormats();
  const may = useMay();
  const [editing, edit] = useState(false);
  const { profile } = customer;
  const attributes = Object.entries(profile?.attributes ?? {});
  const channels = useWords(enums).channel;
  return (
    <div className="flex flex-col gap-4">
      {profile && (
        <Card
          title={say.contacts}
          actions={may("customers:act") && <Button look="quiet" size="sm" onClick={() => edit(true)}><Pencil />{say.edit}</Button>}
        >
          {profile.contacts.length === 0 ? <p className="text-muted">{say.noContacts}</p> : (
            <ul className="flex flex-col">{profile.contacts.map((contact, at) => <ContactLine key={at} contact={contact} customer={customer} />)}</ul>
          )}
        </Card>
      )}
      <Subscriptions id={customer.id} />
      <Methods id={customer.id} />
      <Card title={say.data}>
        <Facts
          rows={[
            profile?.tax_id ? [taxIdName(profile.tax_id) ?? say.document, <span key="t" className="num">{profile.tax_id}</span>] : null,
            profile?.language ? [say.languageShort, say.languages[profile.language] ?? profile.language] : null,
            profile?.time_zone ? [say.timeZone, profile.time_zone] : null,
            profile?.state ? [say.state, profile.state] : null,
            profile?.preferred_channel ? [say.preferredChannel, channels?.[profile.preferred_channel] ?? profile.preferred_channel] : null,
            [say.source, customer.source],
            [say.since, format.day(customer.created_at)],
            ...attributes.map(([name, value]) => [<code key={name} className="font-mono text-sm">{name}</code>, typeof value === "string" ? value : JSON.stringify(value)] as const),
          ]}
        />
      </Card>
      {editing && profile && <EditCustomer customer={customer} profile={profile} onClose={() => edit(false)} />}
    </div>
  );
}

/** What a tax id of Brazil is, by how many digits it has. */
function taxIdName(text: string): string | undefined {
  const digits = text.replace(/[.\-/\s]/g, "");
  return /^[\dA-Z]{12}\d{2}$/i.test(digits) ? "CNPJ" : /^\d{11}$/.test(digits) ? "CPF" : undefined;
}

const HEALTH_TONES: Record<string, Tone> = { usable: "good", bounced: "bad", suppressed: "bad" };
type News = "opted_in" | "opted_out" | "arrives" | "bounced" | "suppressed";

function ContactLine({ contact, customer }: { contact: Contact; customer: Customer }) {
  const say = useWords(pageWords);
  const channels = useWords(enums).channel;
  const may = useMay();
  const refresh = useRefreshCustomer(customer.id);
  const tell = useAct({
    run: (news: News) => answer(api.POST("/v1/customers/{customer}/contact-news", { params: { path: { customer: customer.id } }, body: { channel: contact.channel, address: contact.address, news } })),
    done: say.newsDone,
    onDone: () => void refresh(),
    undo: (_, news) => {
      const back: Partial<Record<News, News>> = { opted_in: "opted_out", opted_out: "opted_in", bounced: "arrives", suppressed: "arrives" };
      const undone = back[news];
      if (undone) tell.mutate(undone);
    },
  });
  const offers: News[] = [contact.consent === "opted_in" ? "opted_out" : "opted_in", ...(contact.consent === "none" || contact.consent === "contract" ? (["opted_out"] as const) : []), ...(contact.health === "usable" ? (["bounced", "suppressed"] as const) : (["arrives"] as const))];
  return (
    <li className="flex items-start gap-2 border-b border-line py-2 first:pt-0 last:border-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <div className="truncate font-medium" title={contact.address}>{contact.address}</div>
        <div className="flex flex-wrap gap-x-1.5 gap-y-1 text-sm text-muted">
          <span>{channels?.[contact.channel] ?? contact.channel}</span>
          {contact.role && <span>· {say.role[contact.role] ?? contact.role}</span>}
          {customer.profile?.preferred_channel === contact.channel && <span>· {say.preferred}</span>}
        </div>
        <div className="mt-1 flex flex-wrap gap-1">
          <Badge tone={contact.consent === "opted_out" ? "bad" : contact.consent === "none" ? "neutral" : "info"}>{say.consent[contact.consent] ?? contact.consent}</Badge>
          {contact.health !== "usable" && <Badge tone={HEALTH_TONES[contact.health] ?? "neutral"}>{say.health[contact.health] ?? contact.health}</Badge>}
        </div>
      </div>
      {may("customers:act") && (
        <Menu
          trigger={<Button look="quiet" size="sm" icon aria-label={say.newsFor(contact.address)}><MoreHorizontal /></Button>}
          items={offers.map((news) => ({ label: say.news[news] ?? news, onSelect: () => tell.mutate(news) }))}
        />
      )}
    </li>
  );
}

function Loading({ title }: { title: string }) {
  return <Card title={title}><Skeleton className="h-4 w-2/3" /></Card>;
}

const SUBSCRIPTION_TONES: Record<string, Tone> = { active: "good", trialing: "info", paused: "warn", ending: "warn", ended: "neutral", upcoming: "info" };

function Subscriptions({ id }: { id: string }): ReactNode {
  const say = useWords(pageWords);
  const format = useFormats();
  const { data, fetchStatus } = useSubscriptions(id);
  if (!data) return fetchStatus === "idle" ? null : <Loading title={say.subscriptions} />;
  // Over another biller there are none here, and nothing is to be said of it.
  if (data.items.length === 0) return null;
  return (
    <Card title={say.subscriptions}>
      <ul className="flex flex-col">
        {data.items.map((one) => (
          <li key={one.id} className="border-b border-line py-2 first:pt-0 last:border-0 last:pb-0">
            <div className="flex items-center justify-between gap-2">
              <span className="min-w-0 truncate font-medium">{one.plan_name}{one.quantity > 1 && ` × ${format.number(one.quantity)}`}</span>
              <Badge tone={SUBSCRIPTION_TONES[one.state] ?? "neutral"}>{say.subscription[one.state] ?? one.state}</Badge>
            </div>
            <div className="text-sm text-muted">
              {one.subscription}
              {one.renews_on && ` · ${say.renews(format.day(one.renews_on))}`}
              {one.renewal_price && ` · ${format.money(one.renewal_price)}`}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const METHOD_TONES: Record<string, Tone> = { active: "good", pending: "info", broken: "warn", dead: "bad", removed: "neutral" };
type Method = Schemas["PaymentMethod"];

function Methods({ id }: { id: string }): ReactNode {
  const say = useWords(pageWords);
  const may = useMay();
  const { data, fetchStatus } = useMethods(id);
  const [removing, remove] = useState<Method | null>(null);
  const act = useAct({
    run: (method: string) => answer(api.DELETE("/v1/methods/{method}", { params: { path: { method } } })),
    done: say.methodRemoved,
    stale: [customerKeys.part(id, "methods")],
  });
  if (!data) return fetchStatus === "idle" ? null : <Loading title={say.methods} />;
  const shown = data.items.filter((method) => method.status !== "removed");
  return (
    <Card title={say.methods}>
      {shown.length === 0 ? <p className="text-muted">{say.noMethods}</p> : (
        <ul className="flex flex-col">
          {shown.map((method) => (
            <li key={method.id} className="flex items-center gap-2 border-b border-line py-2 first:pt-0 last:border-0 last:pb-0">
              <CreditCard aria-hidden className="size-4 shrink-0 text-faint" />
              <div className="min-w-0 flex-1">
                <div className="font-medium">{method.scheme}{method.last4 && <span className="num"> •••• {method.last4}</span>}</div>
                <div className="text-sm text-muted">{method.gateway}{method.expires_on && <> · <Expires day={method.expires_on} /></>}</div>
              </div>
              <Badge tone={METHOD_TONES[method.status] ?? "neutral"}>{say.method[method.status] ?? method.status}</Badge>
              {may("charging:act") && <Button look="quiet" size="sm" icon aria-label={`${say.removeMethod} ${method.scheme} ${method.last4 ?? ""}`} onClick={() => remove(method)}><Trash2 /></Button>}
            </li>
          ))}
        </ul>
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && remove(null)}
        title={say.removeMethodTitle}
        consequences={say.removeMethodText}
        act={say.removeMethod}
        danger
        onConfirm={async () => removing && act.mutateAsync(removing.id)}
      />
    </Card>
  );
}

function Expires({ day }: { day: string }) {
  const say = useWords(pageWords);
  const format = useFormats();
  return <span>{say.expires(format.day(day))}</span>;
}

