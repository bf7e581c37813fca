//! A company of which there is something in every list, and where to look for it.

use regua_core::bank::{BankAccount, BankFile, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::billing::{Cycle, Kind, NewSubscription, Plan, Price, Terms, Timing};
use regua_core::charging::{CodeSpace, Scheme, Signal, Trigger};
use regua_core::currency::Currency;
use regua_core::ids::{CustomerId, ReceivableId};
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::bank::{Account, Reading};
use regua_engine::billing::{SELF, Subscribe};
use regua_engine::charging::{Asking, NewMethod};
use regua_engine::commands::tell::About;
use regua_store::charging::codes;
use regua_store::charging::gateways::{self, SyncRow};
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::refunds::{self, RefundRow};
use regua_store::charging::webhooks::{self, HookRow};
use regua_store::db::Scope;
use regua_store::lookup;
use regua_wire::files::portfolio::Portfolio;

use crate::common::{Site, act, brl, customer, day, hour, payment, receivable};

/// What was made.
#[derive(Clone, Default)]
pub(crate) struct Seeded {
    /// C1.
    pub(crate) customer: String,
    /// R1.
    pub(crate) receivable: String,
    /// A message to C1.
    pub(crate) message: String,
    /// An attempt on C4's R4.
    pub(crate) charge: String,
    /// An invoice.
    pub(crate) invoice: String,
}

/// Makes it; the clock stands at the end of it.
pub(crate) fn seed(site: &Site) -> Seeded {
    let (engine, tenant) = (site.engine(), site.tenant());
    site.bill("C1", "R1", ("2026-01-02", "2026-01-12"), 10_000, hour("2026-01-02", 9));
    site.bill("C1", "R2", ("2026-01-20", "2026-02-20"), 5_000, hour("2026-01-20", 9));
    let paid = Portfolio {
        customers: vec![customer("C2")],
        receivables: vec![receivable("R3", 0, "2026-01-02", "2026-01-15", 7_500)],
        payments: vec![payment(0, "2026-01-14", Some(7_500))],
    };
    assert!(site.import_of(tenant, &paid, hour("2026-01-14", 12)).refused.is_empty());
    site.bill("C4", "R4", ("2026-01-02", "2026-02-25"), 30_000, hour("2026-01-03", 9));
    site.bill("C9", "R9", ("2026-01-02", "2026-05-20"), 1_000, hour("2026-01-03", 9));
    let some = Portfolio {
        customers: vec![customer("C1")],
        receivables: vec![receivable("R1", 0, "2026-01-02", "2026-01-12", 10_000)],
        payments: vec![payment(0, "2026-01-20", Some(1_000))],
    };
    assert!(site.import_of(tenant, &some, hour("2026-01-20", 12)).refused.is_empty());
    site.pass_days("2026-01-02", "2026-02-05");
    let now = hour("2026-02-05", 12);
    site.program.set_now(now);
    engine.seal_day(tenant, now).unwrap();
    let filter = "receivable.amount_due > money('1000000.00')";
    engine.pause(tenant, Some(filter), None, &act(), now, &mut site.program.random()).unwrap();
    subscription(site, now);
    charging(site, now);
    bank(site, now);
    let ids = engine.db().read(Scope::Tenant(tenant), |tx| {
        let customer = lookup::customers(tx, tenant, &["C1"])?.pop().map(|(id, _)| id.to_string());
        Ok::<_, regua_store::StoreError>((customer, lookup::receivables(tx, tenant, &["R1"])?.pop().map(|(id, _, _)| id.to_string())))
    });
    let (customer, receivable) = ids.unwrap();
    let master = site.master();
    let first = |path: &str| site.ok(&master, path)["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{path} is empty")).to_owned();
    Seeded {
        customer: customer.unwrap(),
        receivable: receivable.unwrap(),
        message: first("/v1/customers/C1/messages"),
        charge: first("/v1/charges"),
        invoice: first("/v1/invoices"),
    }
}

fn subscription(site: &Site, now: Instant) {
    let (engine, tenant) = (site.engine(), site.tenant());
    let fee = Price { key: "fee".into(), name: "Mensalidade".into(), kind: Kind::Flat { amount: 4_990, timing: Timing::Advance } };
    let plan = Plan::new("basic", "Básico", Currency::BRL, Cycle::MONTHLY, vec![fee]).unwrap();
    engine.publish_plan(tenant, &plan, &act(), now).unwrap();
    let new = NewSubscription {
        key: "S1".into(),
        plan,
        quantity: 1,
        begins_on: day("2026-02-05"),
        trial_until: None,
        anchor: None,
        terms: Terms::default(),
        coupons: Vec::new(),
    };
    let subscribe = Subscribe { customer: &customer("C1"), source: SELF, new, method: None };
    engine.subscribe(tenant, &subscribe, &act(), now, &mut site.program.random()).unwrap();
    engine.bill_due(now, 1).unwrap();
}

fn charging(site: &Site, now: Instant) {
    let (engine, tenant) = (site.engine(), site.tenant());
    engine.add_gateway(tenant, "far", "sandbox", "owner", &act(), now).unwrap();
    let new = NewMethod {
        gateway: "far".to_owned(),
        customer_token: "cus_far".to_owned(),
        token: "card_1".to_owned(),
        scheme: Scheme::Visa,
        fingerprint: None,
        last4: Some("4242".to_owned()),
        expires_on: None,
        allows_retry: true,
        consent: Some("terms of 2026-01".to_owned()),
    };
    engine.add_method(tenant, &About::Customer("C4".to_owned()), &new, Some(&act()), now).unwrap();
    let r4 = About::Receivable("R4".to_owned());
    engine.charge_now(tenant, &r4, None, Trigger::Operator, &act(), now).unwrap();
    let asking = Asking { gateway: "far".to_owned(), rail: Rail::Pix, valid_until: None };
    engine.ask_instrument(tenant, &About::Receivable("R2".to_owned()), &asking, &act(), now).unwrap();
    engine
        .db()
        .write(Scope::Tenant(tenant), |tx| {
            let (id, of, _) = lookup::receivables(tx, tenant, &["R3"])?.pop().unwrap();
            let second = second(of, id, "pay_2", now);
            payments::enter(tx, tenant, "far", &[second])?;
            refunds::enter(tx, tenant, &refund(of, id, now))?;
            codes::count(tx, tenant, &[Signal { space: CodeSpace::Stripe, code: "mystery".into() }], now)?;
            webhooks::receive(tx, tenant, &hook(now))?;
            // Two that came at one moment, and one before them.
            for (number, at) in [(1, now), (2, now), (3, now.plus_hours(-1))] {
                webhooks::receive(tx, tenant, &poison(number, at))?;
            }
            gateways::set_sync(tx, tenant, "far", &SyncRow { synced_at: Some(now), place: None })
        })
        .unwrap();
}

fn second(customer: CustomerId, receivable: ReceivableId, reference: &str, now: Instant) -> PaymentRow {
    PaymentRow {
        gateway: "far".to_owned(),
        reference: reference.to_owned(),
        customer,
        receivable,
        rail: Rail::Pix,
        currency: "BRL".to_owned(),
        amount: 7_500,
        fee: Some(100),
        paid_on: day("2026-01-16"),
        known_at: now,
        kind: "second".to_owned(),
        fate: "credited".to_owned(),
        returned: 0,
    }
}

fn refund(customer: CustomerId, receivable: ReceivableId, now: Instant) -> RefundRow {
    RefundRow {
        refund: [9; 16],
        gateway: "far".to_owned(),
        payment: "pay_2".to_owned(),
        reference: Some("re_1".to_owned()),
        customer,
        receivable,
        kind: "refund".to_owned(),
        currency: "BRL".to_owned(),
        amount: 500,
        counts_on: day("2026-02-05"),
        status: "done".to_owned(),
        ordered_at: now,
        due_at: None,
        tries: 1,
        finished_at: Some(now),
        said: None,
    }
}

fn hook(now: Instant) -> HookRow {
    HookRow {
        gateway: "far".to_owned(),
        hook: [7; 16],
        event: "evt_1".to_owned(),
        kind: "paid".to_owned(),
        received_at: now,
        status: "done".to_owned(),
        due_at: None,
        tries: 1,
        done_at: Some(now),
        said: None,
        body: None,
    }
}

fn poison(number: u8, at: Instant) -> HookRow {
    let (event, status, said) = (format!("evt_bad_{number}"), "poison".to_owned(), Some("it cannot be read".to_owned()));
    HookRow { hook: [number; 16], event, status, said, received_at: at, tries: 8, done_at: None, ..hook(at) }
}

fn bank(site: &Site, now: Instant) {
    let (engine, tenant) = (site.engine(), site.tenant());
    let account =
        Account { bank: "341".into(), branch: "0057".into(), number: "12345-7".into(), wallet: "109".into(), ..Account::default() };
    engine.add_bank_account(tenant, "itau", &account, 1, &act(), now).unwrap();
    engine.issue_slip(tenant, &About::Receivable("R2".to_owned()), "itau", &act(), now).unwrap();
    let line = Line {
        place: 2,
        event: Event::Paid,
        amount: Some(brl(123)),
        paid_on: Some(day("2026-02-05")),
        posted_on: Some(day("2026-02-05")),
        names: Names { end_to_end: Some("E1".into()), ..Names::default() },
        payer: Payer { name: Some("Beltrano".into()), ..Payer::default() },
        parts: Parts::default(),
        text: "".into(),
        codes: vec!["06".into()],
    };
    let own = BankAccount { bank: "341".into(), branch: "57".into(), number: "12345-7".into() };
    let made_on = Some(day("2026-02-05"));
    let told = Statement { account: own, currency: Currency::BRL, number: Some(1), made_on, until: None, lines: vec![line] };
    let file = BankFile { format: Format::Ofx, statements: vec![told], refused: Vec::new(), checks: Vec::new() };
    engine.read_bank_file(tenant, &Reading::of("a.ofx", [1; 32], &file), &act(), now).unwrap();
}

/// Every look, by its id, at something that is there.
pub(crate) fn looks(seeded: &Seeded) -> Vec<(&'static str, String)> {
    let Seeded { receivable, message, charge, invoice, .. } = seeded;
    let fixed = [
        ("list_customers", "/customers"),
        ("count_customers", "/customers/count?owing=true"),
        ("get_customer", "/customers/C1"),
        ("export_customer", "/customers/C1/export"),
        ("get_statement", "/customers/C1/statement"),
        ("list_second_copies", "/customers/C1/second-copies"),
        ("list_methods", "/customers/C4/methods"),
        ("get_access", "/customers/C1/access"),
        ("list_access_changes", "/customers/C1/access/timeline"),
        ("list_receivables", "/receivables"),
        ("count_receivables", "/receivables/count?status=open"),
        ("list_receivables_of_customer", "/customers/C1/receivables"),
        ("get_receivable", "/receivables/R1"),
        ("get_second_copy", "/receivables/R1/second-copy"),
        ("list_entries", "/receivables/R1/entries"),
        ("list_payments_of_receivable", "/receivables/R1/payments"),
        ("list_payments", "/payments"),
        ("list_decisions", "/receivables/R1/decisions"),
        ("list_slips", "/receivables/R2/slips"),
        ("list_instruments", "/receivables/R2/instruments"),
        ("list_timeline", "/customers/C1/timeline"),
        ("explain_customer", "/customers/C1/explain"),
        ("list_effects", "/customers/C1/effects"),
        ("list_events_of_customer", "/customers/C1/events"),
        ("list_audit", "/audit"),
        ("list_day_roots", "/audit/roots"),
        ("list_chain_heads", "/audit/heads"),
        ("list_messages", "/messages"),
        ("list_messages_of_customer", "/customers/C1/messages"),
        ("list_tasks", "/tasks"),
        ("list_approvals", "/approvals"),
        ("list_subscriptions", "/subscriptions"),
        ("list_subscriptions_of_customer", "/customers/C1/subscriptions"),
        ("get_subscription", "/subscriptions/S1"),
        ("list_invoices", "/invoices"),
        ("list_plans", "/plans"),
        ("get_plan", "/plans/basic"),
        ("list_charges", "/charges"),
        ("list_refunds", "/refunds"),
        ("list_second_payments", "/second-payments"),
        ("list_unmapped_codes", "/unmapped-codes"),
        ("list_bank_accounts", "/bank-accounts"),
        ("list_bank_lines", "/bank-lines"),
        ("list_bank_sums", "/bank-sums"),
        ("list_policies", "/policies"),
        ("get_policy_schema", "/policies/schema"),
        ("get_policy", "/policies/1"),
        ("get_company", "/company"),
        ("list_pauses", "/pauses"),
        ("list_sources", "/sources"),
        ("list_mirrors", "/mirrors"),
        ("list_webhook_counts", "/webhook-counts"),
        ("list_failed_webhooks", "/failed-webhooks"),
        ("report_aging", "/reports/aging"),
        ("report_retries", "/reports/retries"),
        ("report_collection", "/reports/collection"),
        ("report_ratios", "/reports/ratios"),
        ("report_overdue", "/reports/overdue"),
        ("report_days", "/reports/days"),
        ("report_messages", "/reports/messages"),
    ];
    let mut all: Vec<(&'static str, String)> = fixed.into_iter().map(|(id, path)| (id, path.to_owned())).collect();
    all.push(("explain_receivable", format!("/receivables/{receivable}/explain")));
    all.push(("get_message", format!("/messages/{message}")));
    all.push(("explain_message", format!("/messages/{message}/explain")));
    all.push(("get_charge", format!("/charges/{charge}")));
    all.push(("get_invoice", format!("/invoices/{invoice}")));
    all
}
