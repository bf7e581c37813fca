//! The published and computed vectors of `vectors/`, each row checked; see `vectors/SOURCE.md`.

use regua_core::calendar::Calendar;
use regua_core::charges::{DaysAhead, Discount, Terms};
use regua_core::currency::Currency;
use regua_core::ledger::Ledger;
use regua_core::money::Money;
use regua_core::party::{Phone, TaxId};
use regua_core::policy::program::{DaysFrom, EarlyDiscount, Interest, LateCharges, Offset, Rounding};
use regua_core::rate::Rate;
use regua_core::time::{Day, Instant};
use serde_json::Value;

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().filter(|rows| !rows.is_empty()).expect("a list with rows")
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key} is text in {row}"))
}

fn whole(row: &Value, key: &str) -> i64 {
    row[key].as_i64().unwrap_or_else(|| panic!("{key} is a whole number in {row}"))
}

fn rate(row: &Value, key: &str) -> Rate {
    Rate::from_bps(i32::try_from(whole(row, key)).expect("basis points"))
}

fn day(row: &Value, key: &str) -> Day {
    Day::parse(text(row, key)).unwrap_or_else(|error| panic!("{error} in {row}"))
}

fn real(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

fn tax_ids(file: &Value) {
    for row in rows(&file["valid"]) {
        let (value, formatted) = (text(row, "value"), text(row, "formatted"));
        for written in [value, formatted, &formatted.to_lowercase()] {
            let id = TaxId::parse(written, "BR").unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!((id.as_str(), id.to_formatted().as_str()), (value, formatted));
        }
    }
    for row in rows(&file["invalid"]) {
        let value = text(row, "value");
        assert!(TaxId::parse(value, "BR").is_err(), "{value} is {}", row["reason"]);
    }
}

#[test]
fn cpf() {
    tax_ids(&vectors(include_str!("vectors/cpf.json")));
}

#[test]
fn cnpj() {
    tax_ids(&vectors(include_str!("vectors/cnpj.json")));
}

#[test]
fn cnpj_alphanumeric() {
    tax_ids(&vectors(include_str!("vectors/cnpj_alphanumeric.json")));
}

#[test]
fn phone() {
    for row in rows(&vectors(include_str!("vectors/phone.json"))["vectors"]) {
        let phone = Phone::parse(text(row, "input"), "BR");
        assert_eq!(phone.is_ok(), row["valid"] == true, "{row}");
        if let Ok(phone) = phone {
            assert_eq!((phone.as_str(), phone.kind().as_str()), (text(row, "e164"), text(row, "kind")));
        }
    }
}

#[test]
fn holidays() {
    let file = vectors(include_str!("vectors/holidays.json"));
    let years = file["years"].as_object().expect("years");
    assert_eq!(years.len(), 7);
    for (year, row) in years {
        let first = Day::parse(&format!("{year}-01-01")).expect("a year");
        let days: Vec<Day> = (0..366).map(|n| first.plus(n)).filter(|day| day.to_string().starts_with(year)).collect();
        let listed: Vec<Day> = rows(&row["bank_holidays"]).iter().map(|holiday| day(holiday, "date")).collect();
        let computed: Vec<Day> = days.iter().copied().filter(|day| Calendar::BrBanking.is_holiday(*day)).collect();
        assert_eq!(computed, listed, "{year}");
        let open = days.iter().filter(|day| Calendar::BrBanking.is_open(**day)).count();
        assert_eq!(i64::try_from(open).expect("a count"), whole(row, "business_days"), "{year}");
        assert!(Calendar::BrBanking.is_open(day(row, "ash_wednesday_half_day")), "{year}");
    }
}

#[test]
fn business_day_adjustment() {
    for row in rows(&vectors(include_str!("vectors/business_day_adjustment.json"))["vectors"]) {
        let date = day(row, "date");
        assert_eq!(Calendar::BrBanking.is_open(date), row["business_day"] == true, "{row}");
        assert_eq!(Calendar::BrBanking.roll(date), day(row, "next_business_day"), "{row}");
    }
}

#[test]
fn add_business_days() {
    for row in rows(&vectors(include_str!("vectors/add_business_days.json"))) {
        let n = i32::try_from(whole(row, "n")).expect("a count");
        assert_eq!(Calendar::BrBanking.add_open_days(day(row, "start"), n), day(row, "result"), "{row}");
    }
}

#[test]
fn late_charges() {
    for row in rows(&vectors(include_str!("vectors/late_charges.json"))["vectors"]) {
        for (name, rounding) in [("half_up", Rounding::HalfUp), ("half_even", Rounding::HalfEven), ("trunc", Rounding::Truncate)] {
            let (principal, paid_on) = (real(whole(row, "principal_cents")), day(row, "paid"));
            // The policy file knows a fine as a share of the principal: a fixed one is the same share of this principal.
            let fine = match row["fine_fixed_cents"].as_i64() {
                Some(fixed) => Rate::from_units(fixed * Rate::ONE / principal.minor()),
                None => rate(row, "fine_bps"),
            };
            let days_from = if text(row, "day_count_policy") == "original" { DaysFrom::Original } else { DaysFrom::Adjusted };
            let interest = Interest { rate: rate(row, "interest_monthly_bps"), base_days: 30 };
            let late = LateCharges { fine, interest, fixed: Vec::new(), rounding, days_from };
            let terms = Terms::new(&late, &[], Calendar::BrBanking, day(row, "due"));
            assert_eq!(terms.adjusted, day(row, "adjusted_due"), "{row}");

            let mut ledger = Ledger::new(principal, terms.due_on, Instant::default()).expect("an amount");
            let due = ledger.amount_due(&terms, paid_on);
            let expected = &row["results"][name];
            assert_eq!(i64::from(due.days_late), whole(row, "days_late"), "{name} {row}");
            let parts = (due.fine.minor(), due.interest.minor(), due.total.minor());
            assert_eq!(parts, (whole(expected, "fine"), whole(expected, "interest"), whole(expected, "total")), "{name} {row}");

            let receipt = ledger.pay(&terms, paid_on, None, Instant::default()).expect("a payment in full");
            assert_eq!((receipt.amount, receipt.settled), (due.total, true), "{name} {row}");
        }
    }
}

#[test]
fn discounts() {
    let late = LateCharges::default();
    for row in rows(&vectors(include_str!("vectors/discounts.json"))) {
        let (principal, paid_on, rule) = (real(whole(row, "principal_cents")), day(row, "paid"), &row["rule"]);
        let mut terms = Terms::new(&late, &[], Calendar::BrBanking, day(row, "due"));
        let limit = |rule: &Value| terms.due_on.plus(-i32::try_from(whole(rule, "dueDateLimitDays")).expect("days"));
        let discount = match (text(rule, "type"), rule["kind"].as_str()) {
            ("fixed_until", _) => Discount::FixedUntil(real(whole(rule, "cents")), day(rule, "until")),
            ("percent_until", _) => Discount::PercentUntil(rate(rule, "bps"), day(rule, "until")),
            ("asaas", Some("PERCENTAGE")) => Discount::PercentUntil(rate(rule, "bps"), limit(rule)),
            ("asaas", Some("FIXED")) => Discount::FixedUntil(real(whole(rule, "cents")), limit(rule)),
            ("value_per_business_day_ahead", _) => Discount::FixedPerDay(real(whole(rule, "cents")), DaysAhead::Open),
            other => panic!("no such rule: {other:?}"),
        };
        let saved = discount.amount(principal, &terms, paid_on).expect("one currency");
        assert_eq!(saved.minor(), whole(row, "discount_cents"), "{row}");
        assert_eq!(principal.minus(saved).expect("one currency").minor(), whole(row, "pay_cents"), "{row}");

        // The same through a policy's tiers, where a policy can say it.
        if let Discount::PercentUntil(percent, until) = discount {
            let early = [EarlyDiscount { percent, until: Offset::Days(until.since(terms.adjusted)) }];
            terms.early = &early;
            let mut ledger = Ledger::new(principal, paid_on, Instant::default()).expect("an amount");
            let due = ledger.amount_due(&terms, paid_on);
            assert_eq!((due.discount, due.total.minor(), due.valid_until), (saved, whole(row, "pay_cents"), until), "{row}");
            assert!(ledger.pay(&terms, paid_on, Some(due.total), Instant::default()).expect("a payment").settled, "{row}");
        }
    }
}
