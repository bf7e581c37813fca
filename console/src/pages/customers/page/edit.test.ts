import { describe, expect, it } from "vitest";
import { changesOf, type Form, NONE } from "./edit-form";

const form: Form = {
  name: "Ana Souza", tax_id: "", language: NONE, time_zone: "", state: "SP", preferred_channel: "email",
  contacts: [{ channel: "email", address: "ana@acme.example", role: NONE, consent: "contract" }],
};

describe("changes of a customer", () => {
  it("are only what was changed", () => {
    expect(changesOf(form, { ...form })).toEqual({});
    expect(changesOf(form, { ...form, name: "Ana S. Souza", state: "" })).toEqual({ name: "Ana S. Souza", state: null });
    expect(changesOf(form, { ...form, preferred_channel: NONE })).toEqual({ preferred_channel: null });
  });

  it("carry the whole list of contacts when one changes", () => {
    const contacts = [...form.contacts, { channel: "sms" as const, address: " +5511999990000 ", role: "billing", consent: "opted_in" as const }];
    expect(changesOf(form, { ...form, contacts })).toEqual({
      contacts: [
        { channel: "email", address: "ana@acme.example", role: null, consent: "contract" },
        { channel: "sms", address: "+5511999990000", role: "billing", consent: "opted_in" },
      ],
    });
  });
});
