//! Whoever alters, adds or removes the row of an attempt behind the engine's back is named by `verify`.

use regua_core::charging::Trigger;
use regua_engine::replay::{Finding, Sort, verify};
use regua_store::db::Scope;

use crate::common::{act, brl, on_both};
use crate::far::Outcome;
use crate::house::{House, POLICY, hour, rcv};

/// Attempts of every origin: the schedule's, a retry, an operator's, one that is under way, one that found no method.
fn house(url: &str) -> House {
    let mut house = House::new(url, POLICY);
    for (who, id, due) in [("C1", "R1", "2026-03-10"), ("C2", "R2", "2026-03-20"), ("C3", "R3", "2026-03-20"), ("C4", "R4", "2026-03-10")] {
        house.bill(who, id, ("2026-03-01", due), brl(10_000));
    }
    for who in ["C1", "C2", "C3"] {
        house.card(who, &format!("tok_{who}"), hour("2026-03-01", 10));
    }
    let plan = [Outcome::Decline("insufficient_funds"), Outcome::Ok];
    house.line.far(|far| far.outcomes.insert("tok_C1".to_owned(), plan.into()));
    house.line.far(|far| far.outcomes.insert("tok_C3".to_owned(), [Outcome::Pending].into()));
    for day in 9..=12 {
        house.pass(hour(&format!("2026-03-{day:02}"), 9));
    }
    for id in ["R2", "R3"] {
        house.engine().charge_now(house.tenant(), &rcv(id), None, Trigger::Operator, &act(), hour("2026-03-12", 10)).unwrap();
    }
    house.pass(hour("2026-03-12", 11));
    assert_eq!(house.attempts("C1"), ["schedule declined insufficient_funds", "retry settled"]);
    assert_eq!((house.attempts("C2"), house.attempts("C3")), (vec!["operator settled".to_owned()], vec!["operator pending".to_owned()]));
    assert_eq!(house.attempts("C4"), ["schedule declined no_method"]);
    house
}

fn findings(house: &House) -> Vec<Finding> {
    let scratch = tempfile::tempdir().unwrap();
    verify(house.engine(), house.tenant(), scratch.path(), &mut |_, _| {}).unwrap().findings
}

/// Statements of ours live in the store, these are somebody else's: hence the words are apart.
fn run(house: &House, words: &[&str]) {
    house.engine().db().write(Scope::Owner, |tx| tx.batch(&words.join(" "))).unwrap();
}

/// The operator's attempt on a receivable.
fn operators(external_id: &str) -> String {
    let of = format!("WHERE external_id = '{external_id}'");
    ["trigger = 'operator' AND receivable = (", "SELECT", "receivable FROM receivables", &of, ")"].join(" ")
}

/// Alters, looks, and puts it back; what was found.
fn altered(house: &House, (set, which): (&str, &str), back: &str) -> Vec<Finding> {
    run(house, &["UPDATE", "charges", "SET", set, "WHERE", which]);
    let found = findings(house);
    run(house, &["UPDATE", "charges", "SET", back, "WHERE", which]);
    found
}

#[test]
fn every_column_of_an_attempt_that_the_log_knows_is_compared() {
    on_both(|url| {
        let house = house(url);
        house.clean();
        let (retry, operator, waits, none) =
            ("trigger = 'retry'", "trigger = 'operator' AND status = 'settled'", "status = 'pending'", "gateway = ''");
        for (set, which, back, about) in [
            ("amount = amount - 1", retry, "amount = amount + 1", "`amount`"),
            ("amount = amount - 1", operator, "amount = amount + 1", "`amount` is 9999, the log says 10000"),
            ("discount = discount + 5", operator, "discount = discount - 5", "`discount` is 5, the log says 0"),
            ("retry = retry + 1", retry, "retry = retry - 1", "`retry` is 2, the log says 1"),
            ("occurrence = occurrence + 7", operator, "occurrence = occurrence - 7", "`occurrence`"),
            ("cycle = cycle + 1", operator, "cycle = cycle - 1", "`cycle`"),
            ("gateway = 'other'", operator, "gateway = 'far'", "`gateway` is `other`, the log says `far`"),
            ("scheme = 'elo'", operator, "scheme = 'visa'", "`scheme` is `elo`, the log says `visa`"),
            ("currency = 'USD'", operator, "currency = 'BRL'", "`currency` is `USD`, the log says `BRL`"),
            ("step = 'limit'", retry, "step = 'charge'", "`step` is `limit`, the log says `charge`"),
            ("reference = reference || 'x'", operator, "reference = rtrim(reference, 'x')", "`reference`"),
            ("reason = 'generic'", none, "reason = 'no_method'", "`reason` is `generic`, the log says `no_method`"),
            ("gateway = 'other'", waits, "gateway = 'far'", "`gateway` is `other`, the log says `far`"),
        ] {
            let found = altered(&house, (set, which), back);
            let [only] = found.as_slice() else { panic!("{set} of {which}: {found:#?}") };
            assert_eq!(only.sort, Sort::AlteredRow, "{set}: {only}");
            assert!(only.what.starts_with("charges chg_") && only.what.contains(about), "{set}: {only}");
        }
        house.clean();
    });
}

#[test]
fn where_an_attempt_stands_is_compared_by_its_end() {
    on_both(|url| {
        let house = house(url);
        let (settled, waits) = (operators("R2"), operators("R3"));
        for status in ["declined", "lost", "dropped", "unknown"] {
            let found = altered(&house, (&format!("status = '{status}'"), &settled), "status = 'settled'");
            assert!(found.iter().any(|one| one.sort == Sort::AlteredRow && one.what.contains("`status` is")), "{status}: {found:#?}");
        }
        // How far one has got that is under way is the sender's affair; that it is not at its end is not.
        assert!(altered(&house, ("status = 'unknown'", &waits), "status = 'pending'").is_empty());
        let found = altered(&house, ("status = 'lost'", &waits), "status = 'pending'");
        assert!(found.iter().any(|one| one.what.contains("`status` is `lost`, the log says `ordered`")), "{found:#?}");
        // What the gateway said in its own words, and when somebody looks next, follow from no event.
        assert!(altered(&house, ("said = 'x', tries = tries + 1", &waits), "said = NULL, tries = tries - 1").is_empty());
        house.clean();
    });
}

#[test]
fn an_attempt_that_is_added_or_taken_out_is_named() {
    on_both(|url| {
        let house = house(url);
        let columns = "tenant, customer, receivable, gateway, scheme, credential, trigger, cycle, occurrence, retry, series, currency, \
                       amount, status, ordered_at, tries, discount";
        let which = "trigger = 'operator' AND status = 'settled'";
        run(&house, &["INSERT INTO", "charges (charge,", columns, ")", "SELECT", "receivable,", columns, "FROM charges WHERE", which]);
        let found = findings(&house);
        assert!(matches!(&found[..], [only] if only.sort == Sort::UnknownRow && only.what.starts_with("charges")), "{found:#?}");
        run(&house, &["DELETE FROM", "charges", "WHERE", "charge = receivable"]);
        house.clean();
        run(&house, &["DELETE FROM", "charges", "WHERE", which]);
        let found = findings(&house);
        assert!(matches!(&found[..], [only] if only.sort == Sort::MissingRow && only.what.starts_with("charges chg_")), "{found:#?}");
    });
}
