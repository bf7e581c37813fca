//! An account at a Stripe of our own, read over real HTTP with a key that may only read: the fake counts for itself that nothing
//! was written.

use regua_core::time::{Instant, Zone};
use regua_engine::adapters::gateways::{StripeBiller, StripeSettings};
use regua_engine::adapters::http::Settings;
use regua_engine::overlay::{Synced, Syncing};
use regua_engine::secret::Secret;
use regua_fakes::clock::DAY;
use regua_fakes::stripe::{Behaviour, Bill, Decline, FakeStripe, Outcome, READ_KEY, Script};
use regua_wire::gateways::mirror::Switch;
use serde_json::json;

use crate::common::on_both;
use crate::house::House;

const NOW: i64 = 1_796_040_000;

fn biller(fake: &FakeStripe) -> StripeBiller {
    let clock = fake.clock().clone();
    let settings = StripeSettings {
        api: Settings::new(&fake.base()),
        mirror: true,
        ..StripeSettings::new(Secret::new(READ_KEY), Zone::parse("America/Sao_Paulo").unwrap())
    };
    StripeBiller::new(settings, move || Instant::from_secs(clock.now())).unwrap()
}

fn sync(house: &mut House, fake: &FakeStripe) -> Synced {
    let now = Instant::from_secs(fake.clock().now());
    let synced = house.sync_with(&mut biller(fake), Syncing::default(), now).unwrap();
    assert!(synced.refused.is_empty(), "{:?}", synced.refused);
    synced
}

fn bill(fake: &FakeStripe, customer: &str, amount: i64, due: Option<i64>) -> String {
    fake.bill(&Bill { customer: customer.to_owned(), amount, currency: "brl".into(), due, ..Bill::default() })
}

#[test]
fn an_account_is_mirrored_by_a_key_that_only_reads_and_nothing_at_all_is_written() {
    on_both(|url| {
        let fake = FakeStripe::start(Script::default()).unwrap();
        fake.biller_days(vec![1, 2, 3]);
        let (ana, bob) = (fake.customer("Ana Souza", "ana@example.com", &[]), fake.customer("Bob", "bob@example.com", &[]));
        let _tok = fake.card(&ana, "visa", "0002", Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))));
        let _tok = fake.card(&bob, "visa", "4242", Behaviour::always(Outcome::Succeeds));
        let failing = bill(&fake, &ana, 21_990, None);
        let (paid, sent) = (bill(&fake, &bob, 5_000, None), bill(&fake, &bob, 7_000, Some(NOW + 10 * DAY)));
        fake.advance_to(NOW + 2 * DAY);
        let before = fake.inspect();
        let mut house = House::new(url);
        let synced = sync(&mut house, &fake);
        assert_eq!((synced.full, synced.customers.new, synced.invoices.new, synced.payments), (true, 2, 3, 1));
        assert_eq!((synced.attempts.new, synced.paused, synced.methods), (3, 2, 1));
        assert_eq!(house.owes(&ana)[0].split(' ').take(4).collect::<Vec<_>>(), [failing.as_str(), "open", "21990", "21990"]);
        let of_bob = house.owes(&bob);
        assert!(of_bob.iter().any(|row| row.starts_with(&format!("{paid} paid 5000 0"))), "{of_bob:?}");
        assert!(of_bob.iter().any(|row| row.starts_with(&format!("{sent} open 7000 7000"))), "{of_bob:?}");
        let tried: Vec<String> = house.attempts(&ana).iter().map(|row| format!("{} {}", row.trigger, row.status)).collect();
        assert_eq!(tried, ["biller declined", "biller declined"]);
        let turn: Vec<Switch> = synced.switches.iter().map(|count| count.switch).collect();
        assert_eq!(turn, [Switch::StripeInvoice, Switch::StripeRetries, Switch::StripeFailedMails, Switch::StripeReminders]);
        // The switch of one invoice is turned: the next reading sees it, by what is open and by what changed.
        let mut off = fake.object("invoice", &failing).unwrap();
        off["auto_advance"] = json!(false);
        off["next_payment_attempt"] = json!(null);
        fake.keep(off.clone());
        fake.emit("invoice.updated", &off);
        fake.clock().set(NOW + 2 * DAY + 600);
        let synced = sync(&mut house, &fake);
        assert_eq!((synced.full, synced.released, synced.invoices.changed, synced.payments), (false, 1, 1, 0));
        assert_eq!((synced.customers.new, synced.invoices.new, synced.attempts.new), (0, 0, 0));
        // What the fake says of who asked: our key read, and nothing else.
        let after = fake.inspect();
        let uses = after.uses[READ_KEY];
        assert!(uses.reads >= 10, "{uses:?}");
        assert_eq!((uses.writes, uses.refused), (0, 0), "{uses:?}");
        assert_eq!((after.charges, after.ledger == before.ledger), (before.charges, true));
        house.clean();
    });
}

#[test]
fn two_failing_hours_at_the_far_side_do_not_begin_the_reading_anew() {
    let fake = FakeStripe::start(Script::default()).unwrap();
    for nth in 0..3 {
        let customer = fake.customer(&format!("Nome {nth}"), &format!("n{nth}@example.com"), &[]);
        let _invoice = bill(&fake, &customer, 1_000 + nth, Some(NOW + 10 * DAY));
    }
    let mut house = House::new("sqlite::memory:");
    let now = Instant::from_secs(NOW);
    fake.fault(regua_fakes::faults::Rule::always(regua_fakes::faults::Fault::ErrorBefore(503)).on("GET", "/v1/charges").times(1));
    let stopped = house.sync_with(&mut biller(&fake), Syncing::default(), now).unwrap_err();
    assert_eq!(stopped.kind, regua_engine::Kind::Busy, "{stopped}");
    let rest = sync(&mut house, &fake);
    assert_eq!((rest.resumed, rest.customers.new, rest.invoices.new, rest.pages), (true, 0, 0, 1));
    house.clean();
}
