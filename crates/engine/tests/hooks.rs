//! Webhooks: stored before they are acknowledged, processed once whatever their order and number, and never lost.
//!
//! The gateway of these tests speaks a dialect of lines, one event each; acting on one counts it in a table, within the
//! transaction that it was given, so that what was carried out is what the database says.

mod common;

use std::collections::BTreeMap;

use common::{Company1, act, at, on_both};
use regua_core::charging::{CodeSpace, Signal};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::hooks::{Acted, BODY_MAX, Hook, Kept, TRIES_MAX, Taken, Worked};
use regua_engine::{Engine, Error, Result};
use regua_store::charging::gateways::{self, GatewayRow};
use regua_store::charging::{codes, webhooks};
use regua_store::db::{Scope, StoreError, Tx};
use regua_store::seal::MasterKey;
use regua_wire::gateways::{Heard, HookRefused, News};

const GATEWAY: &str = "cards";
const START: &str = "2026-03-01T09:00";

/// A live company with one gateway.
fn company(url: &str) -> Company1 {
    let company = Company1::new(url);
    let at = at(START);
    let row = GatewayRow {
        gateway: GATEWAY.to_owned(),
        kind: "sandbox".to_owned(),
        role: "owner".to_owned(),
        added_at: at,
        listed_at: at,
        place: None,
    };
    company.engine.db().write(Scope::Tenant(company.tenant), |tx| gateways::add(tx, company.tenant, &row)).expect("a gateway");
    company
}

/// Each line is an event: its id, and `quiet` behind it when nobody acts on it. A body that begins with `?` is none.
fn lines(body: &[u8]) -> std::result::Result<Vec<Heard>, HookRefused> {
    let text = std::str::from_utf8(body).map_err(|_not_text| HookRefused::Unreadable("it is no text".to_owned()))?;
    if text.starts_with('?') {
        return Err(HookRefused::Unreadable("it begins with a question".to_owned()));
    }
    Ok(text
        .lines()
        .map(|line| {
            let (event, quiet) = line.split_once(' ').map_or((line, false), |(event, _)| (event, true));
            let mirror = News::Mirror { object: "invoice".to_owned(), reference: event.to_owned() };
            let news = if quiet { News::Nothing } else { mirror };
            Heard { event: event.to_owned(), kind: "paid".to_owned(), news, at: None }
        })
        .collect())
}

fn verify(hook: &Hook<'_>, _now: Instant) -> std::result::Result<Vec<Heard>, HookRefused> {
    match hook.headers.iter().find(|(name, _)| name == "x-signature") {
        None => Err(HookRefused::Unsigned),
        Some((_, value)) if value == "good" => lines(hook.body),
        Some(_) => Err(HookRefused::Forged),
    }
}

fn reader(_tenant: TenantId, _gateway: &str, kept: &Kept) -> std::result::Result<Vec<Heard>, HookRefused> {
    lines(&kept.body)
}

fn take(company: &Company1, body: &[u8], now: Instant) -> Taken {
    let headers = [("x-signature".to_owned(), "good".to_owned())];
    let hook = Hook { gateway: GATEWAY, path: "pix", headers: &headers, body };
    company.engine.take_hook(company.tenant, &hook, now, &verify).expect("the database answers")
}

/// Acts on an event: counts it in the database.
fn acts(tx: &mut Tx<'_>, tenant: TenantId, event: &str, now: Instant) -> Result<Acted> {
    codes::count(tx, tenant, &[Signal { space: CodeSpace::Sandbox, code: event.into() }], now)?;
    Ok(Acted::Done)
}

fn work(company: &Company1, now: Instant) -> Worked {
    let mut act = |tx: &mut Tx<'_>, tenant: TenantId, _: &str, heard: &Heard| acts(tx, tenant, &heard.event, now);
    company.engine.work_hooks(now, 1_000, &reader, &mut act).expect("the database answers")
}

/// How often each event was acted on, as the database has it.
fn acted(company: &Company1) -> BTreeMap<String, i64> {
    let rows = company.engine.db().read(Scope::Tenant(company.tenant), |tx| codes::list(tx, company.tenant, 1_000)).expect("rows");
    rows.into_iter().map(|row| (row.code, row.seen)).collect()
}

fn counts(company: &Company1) -> BTreeMap<String, i64> {
    company.engine.count_hooks(company.tenant).expect("counts").into_iter().map(|one| (one.status, one.count)).collect()
}

fn one(status: &str, count: i64) -> BTreeMap<String, i64> {
    BTreeMap::from([(status.to_owned(), count)])
}

#[test]
fn an_event_that_comes_thrice_is_acted_on_once() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        assert_eq!(take(&company, b"e1", now), Taken::Stored);
        assert_eq!(take(&company, b"e1", now), Taken::Known);
        assert_eq!(work(&company, now), Worked { taken: 1, done: 1, ..Worked::default() });
        // After it was done it is known as well.
        assert_eq!(take(&company, b"e1", now.plus_hours(5)), Taken::Known);
        assert_eq!(work(&company, now.plus_hours(5)), Worked::default());
        assert_eq!(acted(&company), one("e1", 1));
        assert_eq!(counts(&company), one("done", 1));
        assert_eq!(company.engine.next_hook().unwrap(), Instant::NEVER);
    });
}

#[test]
fn any_order_of_arrival_gives_one_state() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        // Each event twice, in an order that a seed gives.
        let mut bodies: Vec<String> = (0..12).chain(0..12).map(|number| format!("e{number}")).collect();
        let mut seed = 7_usize;
        for place in (1..bodies.len()).rev() {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345) % 2_147_483_648;
            bodies.swap(place, seed % (place + 1));
        }
        for body in &bodies {
            take(&company, body.as_bytes(), now);
            if body.ends_with('3') {
                work(&company, now);
            }
        }
        work(&company, now);
        let expected: BTreeMap<String, i64> = (0..12).map(|number| (format!("e{number}"), 1)).collect();
        assert_eq!(acted(&company), expected);
        assert_eq!(counts(&company), one("done", 12));
    });
}

#[test]
fn what_is_not_the_gateways_is_not_stored() {
    on_both(|url| {
        let company = company(url);
        let tried = |gateway: &str, headers: &[(String, String)], body: &[u8]| {
            let hook = Hook { gateway, path: "", headers, body };
            company.engine.take_hook(company.tenant, &hook, at(START), &verify).unwrap()
        };
        let signed = |value: &str| [("x-signature".to_owned(), value.to_owned())];
        assert_eq!(tried(GATEWAY, &[], b"e1"), Taken::Refused(HookRefused::Unsigned));
        assert_eq!(tried(GATEWAY, &signed("bad"), b"e1"), Taken::Refused(HookRefused::Forged));
        assert_eq!(tried("others", &signed("good"), b"e1"), Taken::NoGateway);
        assert_eq!(tried(GATEWAY, &signed("good"), &vec![b'e'; BODY_MAX + 1]), Taken::TooLarge);
        assert_eq!(counts(&company), BTreeMap::new());
        assert_eq!(tried(GATEWAY, &signed("good"), &vec![b'e'; BODY_MAX]), Taken::Stored, "the limit itself is taken");
    });
}

#[test]
fn a_body_is_kept_sealed_until_it_is_done_and_then_gone() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        take(&company, b"secret-event", now);
        let row = || {
            let db = company.engine.db();
            let due = db.write(Scope::Claim, |tx| webhooks::take(tx, Instant::NEVER, 1)).unwrap();
            due.first().map(|due| {
                let loaded = db.read(Scope::Tenant(due.tenant), |tx| webhooks::load(tx, due.tenant, &due.gateway, &[due.hook]));
                loaded.unwrap().remove(0)
            })
        };
        let stored = row().unwrap();
        let body = stored.body.unwrap();
        assert!(!body.windows(6).any(|window| window == b"secret"), "the body lies there in the clear");
        // The address it came to is kept with it.
        let mut paths = Vec::new();
        let reads = |_: TenantId, _: &str, kept: &Kept| {
            assert_eq!((kept.path.as_str(), kept.body.as_slice(), kept.received_at), ("pix", b"secret-event".as_slice(), now));
            lines(&kept.body)
        };
        let mut act = |_: &mut Tx<'_>, _: TenantId, gateway: &str, _: &Heard| {
            paths.push(gateway.to_owned());
            Ok(Acted::Nothing)
        };
        let worked = company.engine.work_hooks(now, 10, &reads, &mut act).unwrap();
        assert_eq!((worked, paths), (Worked { taken: 1, nothing: 1, ..Worked::default() }, vec![GATEWAY.to_owned()]));
        let kept =
            company.engine.db().read(Scope::Tenant(company.tenant), |tx| webhooks::load(tx, company.tenant, GATEWAY, &[stored.hook]));
        let kept = kept.unwrap().remove(0);
        assert_eq!((kept.status.as_str(), kept.body, kept.done_at), ("nothing", None, Some(now)));
    });
}

#[test]
fn what_nobody_acts_on_is_done_when_it_is_stored() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        assert_eq!(take(&company, b"e1 quiet", now), Taken::Stored);
        assert_eq!(take(&company, b"e1 quiet", now), Taken::Known);
        assert_eq!(counts(&company), one("nothing", 1));
        assert_eq!(work(&company, now), Worked::default());
    });
}

#[test]
fn several_events_of_one_body_are_acted_on_together_or_not_at_all() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        assert_eq!(take(&company, b"e1\ne2\ne3", now), Taken::Stored);
        assert_eq!(take(&company, b"e3\ne1\ne2", now), Taken::Known, "the same events in another order");
        let mut act = |tx: &mut Tx<'_>, tenant: TenantId, _: &str, heard: &Heard| {
            if heard.event == "e3" {
                return Err(Error::busy("later", "the third is not there yet"));
            }
            acts(tx, tenant, &heard.event, now)
        };
        let worked = company.engine.work_hooks(now, 10, &reader, &mut act).unwrap();
        assert_eq!(worked, Worked { taken: 1, failed: 1, ..Worked::default() });
        assert_eq!(acted(&company), BTreeMap::new(), "what the first two did is undone");
        work(&company, now.plus_hours(1));
        assert_eq!(acted(&company), [("e1", 1), ("e2", 1), ("e3", 1)].map(|(event, count)| (event.to_owned(), count)).into());
    });
}

#[test]
fn a_failing_one_waits_longer_and_longer_becomes_poison_and_can_be_replayed() {
    on_both(|url| {
        let company = company(url);
        let mut now = at(START);
        take(&company, b"bad", now);
        take(&company, b"good", now);
        let mut waits = Vec::new();
        let mut ended = Worked::default();
        for round in 1..=TRIES_MAX {
            let mut act = |tx: &mut Tx<'_>, tenant: TenantId, _: &str, heard: &Heard| {
                acts(tx, tenant, &heard.event, now)?;
                if heard.event == "bad" { Err(Error::refused("no", "it cannot be done")) } else { Ok(Acted::Done) }
            };
            ended = company.engine.work_hooks(now, 10, &reader, &mut act).unwrap();
            if round == 1 {
                assert_eq!(ended, Worked { taken: 2, done: 1, failed: 1, ..Worked::default() }, "the good one goes on");
            }
            let next = company.engine.next_hook().unwrap();
            if next < Instant::NEVER {
                waits.push((next.secs() - now.secs()) / 60);
                now = next;
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60]);
        assert_eq!(ended, Worked { taken: 1, poison: 1, ..Worked::default() });
        assert_eq!(acted(&company), one("good", 1), "a failed try leaves nothing behind");
        let poison = company.engine.poison_hooks(company.tenant, None, 10).unwrap();
        assert_eq!(poison.len(), 1);
        assert_eq!((poison[0].event.as_str(), poison[0].tries, poison[0].why.as_str()), ("bad", TRIES_MAX, "it cannot be done"));
        // It is not looked at by itself, and not twice replayed.
        assert_eq!(work(&company, now.plus_hours(100)), Worked::default());
        let (gateway, hook) = (poison[0].gateway.clone(), poison[0].hook);
        assert!(company.engine.replay_hook(company.tenant, &gateway, hook, &act(), now).unwrap());
        assert!(!company.engine.replay_hook(company.tenant, &gateway, hook, &act(), now).unwrap());
        assert_eq!(work(&company, now), Worked { taken: 1, done: 1, ..Worked::default() });
        assert_eq!(acted(&company).get("bad"), Some(&1));
        assert!(company.engine.poison_hooks(company.tenant, None, 10).unwrap().is_empty());
    });
}

#[test]
fn one_that_nobody_can_read_is_kept_as_poison_at_once() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        assert_eq!(take(&company, b"?what", now), Taken::Stored, "the gateway need not send it again");
        assert_eq!(take(&company, b"?what", now), Taken::Known);
        assert_eq!(work(&company, now), Worked::default());
        let poison = company.engine.poison_hooks(company.tenant, None, 10).unwrap();
        assert!(poison[0].why.contains("begins with a question"), "{}", poison[0].why);
        // A newer dialect reads it.
        company.engine.replay_hook(company.tenant, GATEWAY, poison[0].hook, &act(), now).unwrap();
        let newer = |_: TenantId, _: &str, kept: &Kept| lines(kept.body.strip_prefix(b"?").unwrap());
        let mut act = |tx: &mut Tx<'_>, tenant: TenantId, _: &str, heard: &Heard| acts(tx, tenant, &heard.event, now);
        assert_eq!(company.engine.work_hooks(now, 10, &newer, &mut act).unwrap().done, 1);
        assert_eq!(acted(&company), one("what", 1));
        // One that this dialect cannot read any more is poison as soon as it is looked at.
        take(&company, b"later", now);
        let older = |_: TenantId, _: &str, _: &Kept| Err(HookRefused::Unreadable("too new".to_owned()));
        assert_eq!(company.engine.work_hooks(now, 10, &older, &mut act).unwrap().poison, 1);
    });
}

#[test]
fn a_panic_in_one_is_caught_undone_and_poison_and_the_others_go_on() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        for body in [b"a1".as_slice(), b"boom", b"z1"] {
            take(&company, body, now);
        }
        let mut act = |tx: &mut Tx<'_>, tenant: TenantId, _: &str, heard: &Heard| {
            acts(tx, tenant, &heard.event, now)?;
            assert!(heard.event != "boom", "this panic is the test's");
            Ok(Acted::Done)
        };
        let worked = company.engine.work_hooks(now, 10, &reader, &mut act).unwrap();
        assert_eq!(worked, Worked { taken: 3, done: 2, poison: 1, ..Worked::default() });
        assert_eq!(acted(&company), [("a1", 1), ("z1", 1)].map(|(event, count)| (event.to_owned(), count)).into());
        let poison = company.engine.poison_hooks(company.tenant, None, 10).unwrap();
        assert!(!poison[0].why.contains("the test's"), "a panic may quote what was read: {}", poison[0].why);
        assert_eq!(work(&company, now.plus_hours(1)), Worked::default());
    });
}

#[test]
fn what_was_stored_when_the_process_died_is_processed_by_the_next() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        // Died before it was stored: nothing is there, and nothing was acknowledged.
        let headers = [("x-signature".to_owned(), "good".to_owned())];
        let hook = Hook { gateway: GATEWAY, path: "", headers: &headers, body: b"e1" };
        let dies = |_: &Hook<'_>, _: Instant| -> std::result::Result<Vec<Heard>, HookRefused> { panic!("the process dies here") };
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| company.engine.take_hook(company.tenant, &hook, now, &dies)));
        assert!(died.is_err() && counts(&company).is_empty());
        assert_eq!(take(&company, b"e1", now), Taken::Stored);
        // Died while it was processed: the transaction is dropped, as it is with the process.
        let died: Result<(), StoreError> = company.engine.db().write(Scope::Claim, |tx| {
            let due = webhooks::take(tx, now, 1)?.remove(0);
            tx.scope(Scope::Tenant(due.tenant))?;
            acts(tx, due.tenant, "e1", now).unwrap();
            let mut row = webhooks::load(tx, due.tenant, &due.gateway, &[due.hook])?.remove(0);
            (row.status, row.due_at, row.done_at) = ("done".to_owned(), None, Some(now));
            webhooks::set(tx, due.tenant, &due.gateway, &[row])?;
            Err(StoreError::Gone { why: "the process died".to_owned() })
        });
        assert!(died.is_err());
        assert_eq!(acted(&company), BTreeMap::new());
        assert_eq!(work(&company, now), Worked { taken: 1, done: 1, ..Worked::default() });
        assert_eq!(acted(&company), one("e1", 1));
    });
}

#[test]
fn two_workers_act_once_on_each() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        for number in 0..40 {
            take(&company, format!("e{number}").as_bytes(), now);
        }
        let total = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| work(&company, now))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().done).sum::<u64>()
        });
        assert_eq!(total, 40);
        assert!(acted(&company).values().all(|count| *count == 1) && acted(&company).len() == 40);
    });
}

#[test]
fn what_was_done_long_ago_is_forgotten_and_what_waits_or_is_poison_is_not() {
    on_both(|url| {
        let company = company(url);
        let now = at(START);
        for body in [b"e1".as_slice(), b"e2", b"e3"] {
            take(&company, body, now);
        }
        work(&company, now);
        take(&company, b"e4", now);
        take(&company, b"?", now);
        let engine = &company.engine;
        assert_eq!(engine.forget_hooks(company.tenant, now, 10).unwrap(), 0, "not before the moment itself");
        assert_eq!(engine.forget_hooks(company.tenant, now.plus_hours(1), 2).unwrap(), 2, "no more than asked");
        assert_eq!(engine.forget_hooks(company.tenant, now.plus_hours(1), 10).unwrap(), 1);
        assert_eq!(counts(&company), [("poison", 1), ("waiting", 1)].map(|(status, count)| (status.to_owned(), count)).into());
    });
}

#[test]
fn with_another_key_file_nothing_is_read_and_nothing_lost() {
    let fresh = regua_testkit::Fresh::file();
    let now = at(START);
    let company = company(fresh.url());
    take(&company, b"e1", now);
    let other = Engine::new(common::open(fresh.url()), MasterKey::new([8; 32]));
    let mut act = |_: &mut Tx<'_>, _: TenantId, _: &str, _: &Heard| -> Result<Acted> { panic!("nothing can be read") };
    let worked = other.work_hooks(now, 10, &reader, &mut act).unwrap();
    assert_eq!(worked, Worked { taken: 1, failed: 1, ..Worked::default() });
    // The right one goes on.
    assert_eq!(work(&company, now.plus_hours(1)), Worked { taken: 1, done: 1, ..Worked::default() });
}
