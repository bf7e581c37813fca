//! Whoever alters a row, an event or a root behind the engine's back is named: one row here per way to do it.

use regua_core::time::Instant;
use regua_engine::replay::{Finding, Sort};
use regua_store::chain::{self, Link};
use regua_store::db::{Dialect, Scope, Tx};
use regua_store::{log, lookup};
use regua_testkit::Fresh;

use crate::company::{Company, found, on_lived, shown};

/// Does something to a copy and returns what is found then.
fn after(fresh: &Fresh, tamper: impl FnOnce(&Company, &mut Tx<'_>)) -> Vec<Finding> {
    let copy = fresh.copied();
    let company = Company::again(copy.url());
    company
        .engine
        .db()
        .write(Scope::Owner, |tx| {
            if tx.dialect() == Dialect::Sqlite {
                tx.batch("PRAGMA defer_foreign_keys = ON")?;
            }
            tamper(&company, tx);
            Ok::<_, regua_store::StoreError>(())
        })
        .unwrap();
    company.verdict().findings
}

/// The words are apart: statements of ours live in the store, these are somebody else's.
fn alter(table: &str, set: &str, which: &str) -> String {
    ["UPDATE", table, "SET", set, "WHERE", which].join(" ")
}

fn remove(table: &str, which: &str) -> String {
    ["DELETE FROM", table, "WHERE", which].join(" ")
}

/// Puts copies of rows in with some columns changed.
fn copy(table: &str, columns: &str, values: &str, which: &str) -> String {
    ["INSERT INTO", table, &format!("({columns})"), "SELECT", values, "FROM", table, "WHERE", which].join(" ")
}

/// A value that is found in a table.
fn pick(what: &str, table: &str, rest: &str) -> String {
    ["(SELECT", what, "FROM", table, rest, ")"].join(" ")
}

/// Bytes as each database writes them.
fn bytes(dialect: Dialect, hex: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("X'{hex}'"),
        Dialect::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// The receivable that its source calls so.
fn receivable(external_id: &str) -> String {
    format!("receivable = {}", pick("receivable", "receivables", &format!("WHERE external_id = '{external_id}'")))
}

fn customer(external_id: &str) -> String {
    pick("customer", "customers", &format!("WHERE external_id = '{external_id}'"))
}

/// What is done, and what must be found: its sort, and what it is about. Nothing of another table may be.
fn rows(dialect: Dialect) -> Vec<(String, Vec<(Sort, &'static str)>)> {
    use Sort::{AlteredRow, MissingRow, UnknownRow, WrongSum};
    let (one, blob) = ("1 = 1", bytes(dialect, "0102"));
    let r01 = receivable("R01");
    let other = |column: &str| {
        format!("{column} = {}", pick(&format!("o.{column}"), "customer_facts o", &format!("ORDER BY o.{column} DESC LIMIT 1")))
    };
    vec![
        (alter("tenants", "mode = 'shadow'", one), vec![(AlteredRow, "tenants ten_")]),
        (alter("tenants", &format!("redirect_to = {blob}"), one), vec![(AlteredRow, "`redirect_to`")]),
        (alter("policies", "body = replace(body, 'D+12', 'D+2')", "number = 1"), vec![(AlteredRow, "policies number 1: `body`")]),
        (alter("policies", "share_bp = 10", "number = 2"), vec![(AlteredRow, "policies number 2: `share_bp` is 10, the log says 5000")]),
        (alter("customers", "external_id = 'C99'", "external_id = 'C4'"), vec![(AlteredRow, "`external_id` is not what the log says")]),
        (alter("customers", &format!("profile = {blob}"), "external_id = 'C4'"), vec![(AlteredRow, "`profile`")]),
        (alter("customer_facts", "live = 7", &format!("customer = {}", customer("C4"))), vec![(AlteredRow, "`live` is 7")]),
        (alter("customer_facts", &other("facts"), &format!("customer = {}", customer("C4"))), vec![(AlteredRow, "`facts`")]),
        (alter("receivables", "due_on = issued_on", &r01), vec![(AlteredRow, "`due_on` is 2026-11-20, the log says 2026-12-12")]),
        (alter("receivables", "status = 'paid'", &r01), vec![(AlteredRow, "`status` is `paid`, the log says `open`")]),
        (alter("receivables", &format!("walk = {blob}"), &r01), vec![(AlteredRow, "`walk`")]),
        (alter("receivables", "balance = 0", &r01), vec![(AlteredRow, "`balance` is 0"), (WrongSum, "its balance is 0")]),
        (
            alter("ledger_entries", "amount = amount - 1", &format!("{r01} AND kind = 'payment'")),
            vec![(AlteredRow, "ledger_entries rcv_"), (WrongSum, "its ledger comes to")],
        ),
        (
            remove("ledger_entries", &format!("{r01} AND kind = 'payment'")),
            vec![(MissingRow, "ledger_entries rcv_"), (WrongSum, "ledger entries by its row")],
        ),
        (remove("payments", &receivable("R05")), vec![(MissingRow, "payments rcv_")]),
        (
            copy(
                "payments",
                "tenant, receivable, external_id, amount, paid_on, known_at",
                "tenant, receivable, 'x', amount, paid_on, known_at",
                one,
            ),
            vec![(UnknownRow, "external_id `x`")],
        ),
        (
            alter("decisions", "outcome = 'done'", "outcome = 'before_entry'"),
            vec![(AlteredRow, "`outcome` is `done`, the log says `before_entry`")],
        ),
        (remove("decisions", "step = 'late2' AND outcome = 'done'"), vec![(MissingRow, "decisions rcv_")]),
        (
            copy(
                "decisions",
                "tenant, receivable, mode, step, cycle, occurrence, outcome, decided_at, policy, seq",
                "tenant, receivable, mode, 'late9', cycle, occurrence, outcome, decided_at, policy, seq",
                "step = 'late2' AND outcome = 'done'",
            ),
            vec![(UnknownRow, "step `late9`")],
        ),
        (alter("messages", "decided_at = NULLIF(decided_at, decided_at)", "1 = 0"), vec![]),
        (alter("messages", "tone = 'firm'", "tone = 'friendly'"), vec![(AlteredRow, "`tone` is `firm`, the log says `friendly`")]),
        (alter("messages", "status = 'sent'", one), vec![(AlteredRow, "messages msg_")]),
        (remove("messages", "tone = 'friendly' AND status = 'shadow'"), vec![(MissingRow, "messages msg_")]),
        (alter("effects", "status = 'done'", one), vec![(AlteredRow, "effects rcv_")]),
        (copy_dropped("late2"), vec![(UnknownRow, "dropped_items msg_")]),
        (copy_pause(), vec![(UnknownRow, "pauses hld_")]),
    ]
}

/// An item that fell out of a message, which it did not.
fn copy_dropped(step: &str) -> String {
    let values = "tenant, message, receivable, 'other', 'closed', decided_at";
    let which = format!("step = '{step}' AND message IS NOT NULL");
    ["INSERT INTO", "dropped_items (tenant, message, receivable, step, reason, at)", "SELECT", values, "FROM decisions WHERE", &which]
        .join(" ")
}

fn copy_pause() -> String {
    let values = "tenant, customer, 'by hand', created_at, created_at";
    ["INSERT INTO", "pauses (tenant, pause, reason, from_at, until_at)", "SELECT", values, "FROM customers WHERE external_id = 'C4'"]
        .join(" ")
}

#[test]
fn every_row_that_is_altered_added_or_removed_is_named() {
    on_lived(|fresh| {
        let dialect = Company::again(fresh.url()).engine.db().dialect();
        for (sql, expected) in rows(dialect) {
            let findings = after(fresh, |_, tx| tx.batch(&sql).unwrap());
            let mut tables = Vec::new();
            for (sort, about) in &expected {
                assert!(found(&findings, *sort, about), "{sql}\nshould find {sort:?} {about}, found:\n{}", shown(&findings));
                tables.push(*sort);
            }
            let others = findings.iter().filter(|finding| !tables.contains(&finding.sort)).count();
            assert_eq!(others, 0, "{sql}\n{}", shown(&findings));
        }
    });
}

#[test]
fn a_key_that_is_gone_or_another_s_is_noticed() {
    on_lived(|fresh| {
        let gone = remove("customer_keys", &format!("customer = {}", customer("C4")));
        let findings = after(fresh, |_, tx| tx.batch(&gone).unwrap());
        assert!(found(&findings, Sort::Erasure, "its key is gone, and no event says that it was erased"), "{}", shown(&findings));
        let others = format!("wrapped = {}", pick("o.wrapped", "customer_keys o", &format!("WHERE o.customer = {}", customer("C5"))));
        let swapped = alter("customer_keys", &others, &format!("customer = {}", customer("C4")));
        let findings = after(fresh, |_, tx| tx.batch(&swapped).unwrap());
        assert!(found(&findings, Sort::NotReplayed, "personal data cannot be opened"), "{}", shown(&findings));
    });
}

#[test]
fn every_event_that_is_altered_removed_or_swapped_is_named() {
    use Sort::{AlteredEvent, CutOff, MissingEvent, NotFromOne};
    on_lived(|fresh| {
        let dialect = Company::again(fresh.url()).engine.db().dialect();
        let of = |external_id: &str| format!("stream = {}", customer(external_id));
        let sealed = format!("sealed = {}", pick("o.sealed", "events o", &format!("WHERE o.seq = 1 AND o.stream = {}", customer("C5"))));
        let head = |seq: &str| {
            let value = |column: &str| {
                pick(&format!("e.{column}"), "events e", &format!("WHERE e.stream = customer_facts.customer AND e.seq = {seq}"))
            };
            alter("customer_facts", &format!("seq = {}, head = {}", value("seq"), value("hash")), &format!("customer = {}", customer("C2")))
        };
        let short = |statements: &[String]| statements.join("; ");
        let tenant = "stream = tenant";
        for (sql, expected) in [
            (alter("events", "payload = replace(payload, 'C4', 'C5')", "1 = 0"), vec![]),
            (
                alter("events", "payload = replace(payload, '2026', '2025')", &format!("{} AND seq = 2", of("C2"))),
                vec![(AlteredEvent, "event 2")],
            ),
            (alter("events", "kind = 'tell'", &format!("{} AND seq = 1", of("C2"))), vec![(AlteredEvent, "event 1 (`tell`)")]),
            (alter("events", &sealed, &format!("{} AND seq = 1", of("C2"))), vec![(AlteredEvent, "event 1 (`told`)")]),
            (
                alter("events", &format!("hash = {}", bytes(dialect, &"00".repeat(32))), &format!("{} AND seq = 3", of("C2"))),
                vec![(AlteredEvent, "event 3"), (AlteredEvent, "event 4")],
            ),
            (
                remove("events", &format!("{} AND seq = 3", of("C2"))),
                vec![(MissingEvent, "event 2 is followed by event 4"), (CutOff, "of which 0 are there")],
            ),
            (remove("events", &format!("{} AND seq = 1", of("C2"))), vec![(NotFromOne, "begins with event 2")]),
            (remove("events", &format!("{} AND seq > 4", of("C2"))), vec![(CutOff, "the last event is 4, its head says")]),
            (short(&[remove("events", &format!("{} AND seq > 4", of("C2"))), head("4")]), vec![(CutOff, "has its events")]),
            (remove("events", &of("C2")), vec![(CutOff, "has no event left")]),
            (
                alter("events", "payload = replace(payload, 'Casa', 'Caso')", tenant),
                vec![(AlteredEvent, "the tenant's own chain: event 1")],
            ),
            (
                remove("events", &format!("{tenant} AND seq = 3")),
                vec![(MissingEvent, "the tenant's own chain: event 2 is followed by event 4")],
            ),
        ] {
            let findings = after(fresh, |_, tx| tx.batch(&sql).unwrap());
            assert_eq!(findings.is_empty(), expected.is_empty(), "{sql}\n{}", shown(&findings));
            for (sort, about) in expected {
                assert!(found(&findings, sort, about), "{sql}\nshould find {sort:?} {about}, found:\n{}", shown(&findings));
            }
        }
    });
}

#[test]
fn a_chain_that_is_forged_from_an_event_on_is_missed_by_its_pages() {
    on_lived(|fresh| {
        // Somebody who knows how events are hashed rewrites the last one of a chain, its hash and its head.
        let findings = after(fresh, |company, tx| {
            let own = company.tenant;
            let stream = lookup::customers(tx, own, &["C2"]).unwrap()[0].0.to_bytes();
            let events = log::of(tx, own, stream, 0, 1_000).unwrap();
            let [.., before, last] = events.as_slice() else { panic!("a long chain") };
            let payload = last.payload.replacen("2027", "2026", 1);
            assert_ne!(payload, last.payload);
            let link = Link {
                tenant: own,
                stream,
                seq: last.seq,
                at: last.at,
                kind: &last.kind,
                payload: &payload,
                sealed: last.sealed.as_deref(),
            };
            let hash: String = chain::hash(&before.hash, &link).iter().map(|byte| format!("{byte:02x}")).collect();
            let hash = bytes(tx.dialect(), &hash);
            let which = format!("stream = {} AND seq = {}", customer("C2"), last.seq);
            tx.batch(&alter("events", &format!("payload = '{payload}', hash = {hash}"), &which)).unwrap();
            tx.batch(&alter("customer_facts", &format!("head = {hash}"), &format!("customer = {}", customer("C2")))).unwrap();
        });
        assert!(found(&findings, Sort::WrongPage, "are not those that were written"), "{}", shown(&findings));
        assert!(!findings.iter().any(|finding| finding.sort == Sort::AlteredEvent), "{}", shown(&findings));
    });
}

#[test]
fn roots_and_pages_are_held_against_each_other_and_against_the_tenant_s_chain() {
    use Sort::{CutOff, UnknownEvent, WrongPage, WrongRoot};
    on_lived(|fresh| {
        let dialect = Company::again(fresh.url()).engine.db().dialect();
        let zero = bytes(dialect, &"00".repeat(32));
        let day = "day = '2026-12-08'";
        let page = format!("digest = {}", pick("o.digest", "log_pages o", &format!("WHERE o.{day} ORDER BY o.digest LIMIT 1")));
        for (sql, expected) in [
            (
                alter("day_roots", &format!("root = {zero}"), day),
                vec![(WrongRoot, "the root of 2026-12-08 is not that of its pages"), (WrongRoot, "the root of 2026-12-09 is not that")],
            ),
            (
                remove("day_roots", day),
                vec![(WrongRoot, "2026-12-08 has pages and no root"), (WrongRoot, "tells a root of 2026-12-08, which is not there")],
            ),
            (remove("log_pages", &page), vec![(WrongRoot, "the root of 2026-12-08 is not that"), (UnknownEvent, "events are in no page")]),
            (remove("log_pages", "day IS NULL"), vec![(UnknownEvent, "events are in no page of the log")]),
            (alter("log_pages", "day = '2026-12-09'", &page), vec![(WrongRoot, "2026-12-08"), (WrongRoot, "2026-12-09")]),
            (
                alter("log_pages", &format!("runs = {}", bytes(dialect, "00")), &page),
                vec![(WrongPage, "page"), (UnknownEvent, "in no page")],
            ),
            (
                // Everything of one customer, gone without a trace but for the pages.
                [
                    remove("decisions", &receivable("R12")),
                    remove("effects", &receivable("R12")),
                    remove("ledger_entries", &receivable("R12")),
                    remove(
                        "letters",
                        &format!("message IN {}", pick("message", "messages", &format!("WHERE customer = {}", customer("C9")))),
                    ),
                    remove("messages", &format!("customer = {}", customer("C9"))),
                    remove("receivables", "external_id = 'R12'"),
                    remove("events", &format!("stream = {}", customer("C9"))),
                    remove("customer_facts", &format!("customer = {}", customer("C9"))),
                    remove("customer_marks", &format!("customer = {}", customer("C9"))),
                    remove("customer_keys", &format!("customer = {}", customer("C9"))),
                    remove("customers", "external_id = 'C9'"),
                ]
                .join("; "),
                vec![(CutOff, "of which 0 are there")],
            ),
        ] {
            let findings = after(fresh, |_, tx| tx.batch(&sql).unwrap());
            for (sort, about) in expected {
                assert!(found(&findings, sort, about), "{sql}\nshould find {sort:?} {about}, found:\n{}", shown(&findings));
            }
        }
    });
}

#[test]
fn a_day_is_sealed_once_and_costs_nothing_after() {
    on_lived(|fresh| {
        let copy = fresh.copied();
        let company = Company::again(copy.url());
        let now = crate::company::moment("2027-02-11", 9);
        let sealed = company.engine.seal_day(company.tenant, now).unwrap().unwrap();
        assert_eq!(sealed.day.to_string(), "2027-02-10");
        for later in [now, Instant::from_micros(now.micros() + 1)] {
            assert_eq!(company.engine.seal_day(company.tenant, later).unwrap(), None);
        }
        assert!(company.verdict().is_clean());
    });
}
