/** The form of a customer's data, and what of it is sent. */
import type { Schemas } from "../../../api/client";

export type Profile = NonNullable<Schemas["Customer"]["profile"]>;
export type Contact = { channel: Profile["contacts"][number]["channel"]; address: string; role: string; consent: Profile["contacts"][number]["consent"] };
export type Form = { name: string; tax_id: string; language: string; time_zone: string; state: string; preferred_channel: string; contacts: Contact[] };

export const NONE = "none-chosen";
export const CHANNELS = ["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"] as const;
export const ROLES = ["owner", "billing", "accountant", "technical", "legal", "guarantor"] as const;
export const LANGUAGES = ["pt-BR", "en", "es", "it", "fr", "de"] as const;
export const CONSENTS = ["contract", "opted_in", "opted_out", "none"] as const;

export function formOf(profile: Profile): Form {
  return {
    name: profile.name ?? "", tax_id: profile.tax_id ?? "", language: profile.language ?? NONE, time_zone: profile.time_zone ?? "", state: profile.state ?? "",
    preferred_channel: profile.preferred_channel ?? NONE,
    contacts: profile.contacts.map((contact) => ({ channel: contact.channel, address: contact.address, role: contact.role ?? NONE, consent: contact.consent })),
  };
}

/** Only what was changed is sent, so that what somebody else changed meanwhile stays. */
export function changesOf(before: Form, after: Form): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const name of ["name", "tax_id", "language", "time_zone", "state", "preferred_channel"] as const) {
    const value = after[name].trim();
    if (value !== before[name]) changes[name] = value === "" || value === NONE ? null : value;
  }
  if (JSON.stringify(before.contacts) !== JSON.stringify(after.contacts)) {
    changes.contacts = after.contacts.map((contact) => ({ channel: contact.channel, address: contact.address.trim(), role: contact.role === NONE ? null : contact.role, consent: contact.consent }));
  }
  return changes;
}
