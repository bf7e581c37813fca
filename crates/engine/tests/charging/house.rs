//! A company that charges by itself through [`crate::far`].

use regua_core::charging::{MethodStatus, Scheme};
use regua_core::facts::Channels;
use regua_core::ids::{PaymentMethodId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_core::words::{Channel, Rail};
use regua_engine::charging::{Asking, Charging, Gateways, NewMethod};
use regua_engine::commands::tell::About;
use regua_engine::commands::tenant::FILES;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_engine::{Engine, Passed, Result};
use regua_store::charging::{charges, payments};
use regua_store::db::Scope;
use regua_store::person::{self, OwedRow};
use regua_store::seal::MasterKey;
use regua_store::{account, lookup};
use regua_wire::files::portfolio::{Portfolio, ReceivableRow, When};
use regua_wire::gateways::{MethodNews, MethodStanding, News};

use crate::common::{Company1, act, customer, day, open};
use crate::far::Line;

/// Charges on the due day and tries again; asks for another method when only the payer can help.
pub(crate) const POLICY: &str = r#"
regua: 1
name: Test
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
autopay_discount: [1%, 2%]
second_payment: credit
contact: { rulebook: br, caps: [1/day, 3/week], channels: [email], consolidate: true }
retry: { mode: fixed, at: [F+1d, F+3d, F+5d] }
segments: [{ name: default }]
ladders:
  default:
    - { id: notice,   at: D-3,       do: notify, template: upcoming_charge, tone: friendly }
    - { id: charge,   at: D,         do: charge }
    - { id: mend,     after: charge+6d, if: "last_failure.needs_payer", do: notify, template: update_method, tone: friendly, announces: [limit] }
    - { id: limit,    at: D+20,      do: access, state: limited }
    - { id: end,      at: D+90,      do: write_off }
reactions:
  - { on: payment_failed, do: notify, template: payment_failed, by_reason: true }
  - { on: paid, do: notify, template: receipt }
"#;

struct Taker;

impl Courier for Taker {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

pub(crate) fn hour(text: &str, hour: u16) -> Instant {
    Zone::parse("America/Sao_Paulo").unwrap().at(day(text), LocalTime::hour(hour))
}

pub(crate) fn rcv(id: &str) -> About {
    About::Receivable(id.to_owned())
}

pub(crate) fn cus(id: &str) -> About {
    About::Customer(id.to_owned())
}

/// A company, its far side, and the way there.
pub(crate) struct House {
    pub(crate) company: Company1,
    pub(crate) line: Line,
    pub(crate) how: Charging,
}

impl House {
    pub(crate) fn new(url: &str, policy: &str) -> Self {
        let company = Company1::with(Engine::new(open(url), MasterKey::new([7; 32])), policy);
        let start = hour("2026-01-01", 0);
        company.engine.add_gateway(company.tenant, "far", "sandbox", "owner", &act(), start).unwrap();
        Self { company, line: Line::new(start), how: Charging::default() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.company.engine
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.company.tenant
    }

    pub(crate) fn gateways(&self) -> Gateways {
        let mut gateways = Gateways::default();
        gateways.add(self.company.tenant, "far", Box::new(self.line.clone()));
        gateways
    }

    pub(crate) fn bill(&mut self, who: &str, id: &str, (issued, due): (&str, &str), amount: Money) {
        let row = ReceivableRow { id: id.into(), customer: 0, issued: When::On(day(issued)), due_on: day(due), amount, method: None };
        let portfolio = Portfolio { customers: vec![customer(who)], receivables: vec![row], payments: Vec::new() };
        let done = self.company.import(&portfolio, hour(issued, 9));
        assert!(done.refused.is_empty(), "{:?}", done.refused);
    }

    pub(crate) fn card(&self, who: &str, token: &str, now: Instant) -> PaymentMethodId {
        self.method(who, token, Scheme::Visa, now).unwrap()
    }

    pub(crate) fn method(&self, who: &str, token: &str, scheme: Scheme, now: Instant) -> Result<PaymentMethodId> {
        let new = NewMethod {
            gateway: "far".to_owned(),
            customer_token: format!("cus_{who}"),
            token: token.to_owned(),
            scheme,
            fingerprint: None,
            last4: Some("4242".to_owned()),
            expires_on: None,
            allows_retry: true,
            consent: Some("terms of 2026-01".to_owned()),
        };
        self.engine().add_method(self.tenant(), &cus(who), &new, Some(&act()), now)
    }

    /// The gateway tells of a method that it has, as a listing or a webhook does.
    pub(crate) fn told_of_method(&self, token: &str, who: &str, now: Instant) {
        self.told_of_card(token, who, (None, None), now);
    }

    /// It tells of one by what tells the same card from another, and until when it is good.
    pub(crate) fn told_of_card(&self, token: &str, who: &str, (card, until): (Option<&str>, Option<&str>), now: Instant) {
        let heard = self.line.far(|far| {
            let news = MethodNews {
                customer_token: Some(format!("cus_{who}")),
                method_token: token.to_owned(),
                scheme: Scheme::Visa,
                fingerprint: card.map(str::to_owned),
                last4: Some("4242".to_owned()),
                expires_on: until.map(day),
                standing: MethodStanding::Active,
                allows_retry: true,
            };
            far.tell("method", News::Method(news));
            far.told.last().cloned().unwrap()
        });
        self.engine().hear(self.tenant(), "far", &heard, self.how, now).unwrap();
    }

    pub(crate) fn asks(&self, id: &str, rail: Rail, now: Instant) -> Result<[u8; 16]> {
        let asking = Asking { gateway: "far".to_owned(), rail, valid_until: None };
        self.engine().ask_instrument(self.tenant(), &rcv(id), &asking, &act(), now)
    }

    /// Sources are read, and everything due is decided, charged and sent.
    pub(crate) fn pass(&self, now: Instant) -> Passed {
        self.line.far(|far| far.at(now));
        self.engine().source_read(self.tenant(), FILES, now).unwrap();
        let paper = crate::common::stationery();
        let (clock, mut gateways) = (|| now, self.gateways());
        let mut taker = Taker;
        let courier: &mut dyn Courier = &mut taker;
        let post = (courier, &paper, Sending::default());
        self.engine().pass_charging(&clock, 1, post, (&mut gateways, self.how), &|_| {}).unwrap()
    }

    /// Everything that the far side has told, from a place on, in this order.
    pub(crate) fn hear(&self, order: &[usize], now: Instant) {
        for &place in order {
            let heard = self.line.far(|far| far.told[place].clone());
            // What is too early comes again.
            let _early = self.engine().hear(self.tenant(), "far", &heard, self.how, now);
        }
    }

    pub(crate) fn id(&self, receivable: &str) -> ReceivableId {
        let found = self.engine().db().read(Scope::Tenant(self.tenant()), |tx| lookup::receivables(tx, self.tenant(), &[receivable]));
        found.unwrap().pop().unwrap().0
    }

    pub(crate) fn owed(&self, who: &str, id: &str) -> OwedRow {
        let found = self.engine().db().read(Scope::Tenant(self.tenant()), |tx| {
            let (customer, _) = lookup::customers(tx, self.tenant(), &[who])?.pop().unwrap();
            person::receivables(tx, self.tenant(), customer)
        });
        found.unwrap().into_iter().find(|row| row.external_id == id).unwrap()
    }

    pub(crate) fn credit(&self, who: &str) -> i64 {
        let found = self.engine().db().read(Scope::Tenant(self.tenant()), |tx| {
            let (customer, _) = lookup::customers(tx, self.tenant(), &[who])?.pop().unwrap();
            account::of(tx, self.tenant(), customer)
        });
        found.unwrap().iter().map(|row| row.amount).sum()
    }

    /// `trigger status reason` of every attempt on a receivable, oldest first.
    pub(crate) fn attempts(&self, who: &str) -> Vec<String> {
        let all = self.engine().attempts(self.tenant(), Some(&cus(who)), false, 1_000).unwrap();
        let say = |row: &charges::ChargeRow| {
            let reason = row.reason.map(|reason| format!(" {reason}")).unwrap_or_default();
            format!("{} {}{reason}", row.trigger, row.status)
        };
        all.iter().rev().map(|one| say(&one.row)).collect()
    }

    pub(crate) fn payments(&self, id: &str) -> Vec<payments::PaymentRow> {
        let ids = [self.id(id).to_bytes()];
        self.engine().db().read(Scope::Tenant(self.tenant()), |tx| payments::of_receivables(tx, self.tenant(), &ids)).unwrap()
    }

    pub(crate) fn statuses(&self, who: &str) -> Vec<MethodStatus> {
        self.engine().methods(self.tenant(), &cus(who)).unwrap().iter().map(|known| known.status).collect()
    }

    /// Nothing is wrong anywhere.
    pub(crate) fn clean(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(self.engine(), self.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }
}
