//! Card networks: how often one card may be tried, as rows with sources.
//!
//! Every attempt counts, the first included, whoever made it: that is stricter by one than the networks that count only
//! further ones. Deliberately absent: which codes forbid another try, which is `charging::declines`; fees; and the limits
//! that a network counts per merchant.

use super::Rule;
use crate::charging::Scheme;

/// What counts together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    /// Every attempt with the credential.
    Credential,
    /// Those of the same amount.
    CredentialAmount,
}

/// Over which time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Span {
    /// Any so many hours in a row.
    Hours(i64),
    /// A calendar month in Brazil.
    Month,
}

/// At most so many attempts.
#[derive(Debug)]
pub(super) struct Cap {
    pub(super) key: Key,
    pub(super) span: Span,
    pub(super) max: usize,
    /// What a tenant may raise `max` to; `max` itself where it may not.
    pub(super) loosest: usize,
    pub(super) rule: &'static Rule,
}

/// Source: Visa rule of 2021 as published by Worldpay, Stripe, Elavon, Nexi; Cielo, 2025-05-25 (20); facts, international.md §1.2.
static VISA: Rule = Rule {
    id: "visa.reattempts",
    says: "a Visa card is tried at most 15 times in 30 days with one amount (a tenant may raise it to 20)",
    source: "Visa reattempt rule (2021) as published by Worldpay, Stripe, Elavon and Nexi; 20 since 2025-05-25 by Cielo",
    good_practice: true,
};

/// Source: Cielo, brand retry programmes; facts, brazil.md §5.3.
pub(super) static VISA_AFTER: Rule = Rule {
    id: "visa.after_30_days",
    says: "a Visa card is not tried again for the same thing 30 days after the first try",
    source: "Cielo, brand retry programmes (Visa: none after day 30)",
    good_practice: false,
};

/// Source: Cielo, brand retry programmes; facts, brazil.md §5.3.
pub(super) const VISA_AFTER_HOURS: i64 = 30 * 24;

/// Source: Mastercard Transaction Processing Excellence as published by TabaPay and Cielo; facts, international.md §1.3.
static MASTERCARD_DAY: Rule = Rule {
    id: "mastercard.24_hours",
    says: "a Mastercard is tried at most 10 times in 24 hours, whatever the amount",
    source: "Mastercard TPE, excessive attempts (TabaPay, Cielo)",
    good_practice: false,
};

/// Source: Cielo, Braspag, Click2pay (since 2023-02-01); facts, international.md §1.3 and brazil.md §5.3.
static MASTERCARD_DAY_BRAZIL: Rule = Rule {
    id: "mastercard.24_hours.br",
    says: "a Mastercard charged in BRL is tried at most 7 times in 24 hours, whatever the amount",
    source: "Mastercard excessive attempts in Brazil since 2023-02-01 (Cielo, Braspag)",
    good_practice: false,
};

/// Source: Braintree (2023), TabaPay; facts, international.md §1.3.
static MASTERCARD_MONTH: Rule = Rule {
    id: "mastercard.30_days",
    says: "a Mastercard is tried at most 35 times in 30 days with one amount",
    source: "Mastercard TPE, 35 declines in 30 days (Braintree 2023, TabaPay)",
    good_practice: false,
};

/// Source: Cielo; facts, international.md §1.4 and brazil.md §5.3.
static ELO: Rule = Rule {
    id: "elo.month",
    says: "an Elo card is tried at most 15 times in a calendar month with one amount",
    source: "Elo retry programme (Cielo): excess from the 16th",
    good_practice: false,
};

/// Source: ours, since no number was found for these networks; facts, international.md §1.4.
static OTHERS: Rule = Rule {
    id: "card.30_days",
    says: "a card of any other network is tried at most 8 times in 30 days with one amount",
    source: "ours: Amex, Discover and others publish no number",
    good_practice: true,
};

/// Source: the rules named in each row.
static VISA_CAPS: [Cap; 1] = [Cap { key: Key::CredentialAmount, span: Span::Hours(30 * 24), max: 15, loosest: 20, rule: &VISA }];

/// Source: the rules named in each row.
static MASTERCARD_CAPS: [Cap; 2] = [
    Cap { key: Key::Credential, span: Span::Hours(24), max: 10, loosest: 10, rule: &MASTERCARD_DAY },
    Cap { key: Key::CredentialAmount, span: Span::Hours(30 * 24), max: 35, loosest: 35, rule: &MASTERCARD_MONTH },
];

/// Source: the rules named in each row.
static MASTERCARD_CAPS_BRAZIL: [Cap; 2] = [
    Cap { key: Key::Credential, span: Span::Hours(24), max: 7, loosest: 7, rule: &MASTERCARD_DAY_BRAZIL },
    Cap { key: Key::CredentialAmount, span: Span::Hours(30 * 24), max: 35, loosest: 35, rule: &MASTERCARD_MONTH },
];

/// Source: the rules named in each row.
static ELO_CAPS: [Cap; 1] = [Cap { key: Key::CredentialAmount, span: Span::Month, max: 15, loosest: 15, rule: &ELO }];

/// Source: the rules named in each row.
static OTHER_CAPS: [Cap; 1] = [Cap { key: Key::CredentialAmount, span: Span::Hours(30 * 24), max: 8, loosest: 8, rule: &OTHERS }];

/// The caps on a card of a network; none for bank debits. `brazil`: charged in BRL.
pub(super) fn caps(scheme: Scheme, brazil: bool) -> &'static [Cap] {
    match scheme {
        Scheme::Visa => &VISA_CAPS,
        Scheme::Mastercard if brazil => &MASTERCARD_CAPS_BRAZIL,
        Scheme::Mastercard => &MASTERCARD_CAPS,
        Scheme::Elo => &ELO_CAPS,
        Scheme::Amex | Scheme::Hipercard | Scheme::Discover | Scheme::Diners | Scheme::Jcb | Scheme::UnionPay | Scheme::OtherCard => {
            &OTHER_CAPS
        }
        Scheme::Ach
        | Scheme::Sepa
        | Scheme::SepaB2b
        | Scheme::Bacs
        | Scheme::Becs
        | Scheme::Pad
        | Scheme::PixAutomatico
        | Scheme::Debit150 => &[],
    }
}
