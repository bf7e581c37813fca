//! No scheme's budget is exceeded: an adversary tries every hour for 60 days whatever the rulebook does not refuse, and a second
//! counter, written from the published limits alone, checks each attempt. It calls nothing of the budgets' own code.
//!
//! 20,000 failed payments; 1,000,000 with `REGUA_FULL=1`.

use std::time::Instant as Clock;

use regua_core::charging::{CodeSpace, Method, MethodStatus, Scheme, Signal, Tried, Trigger, declines};
use regua_core::currency::Currency;
use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::rulebook::{ChargeAnswer, ChargeAsk, Limits, PixCycle, charge};
use regua_core::time::{Day, Instant, Zone};

use crate::harness::brazil;

/// 2026-12-01T00:00-03:00, the first hour; Brazil keeps no summer time.
const EPOCH: i64 = 1_796_094_000;
const HOURS: i64 = 60 * 24;

fn instant(hour: i64) -> Instant {
    Instant::from_secs(EPOCH + hour * 3600)
}

fn hour_of(at: Instant) -> i64 {
    (at.micros() - EPOCH * 1_000_000 + 3_599_999_999).div_euclid(3_600_000_000)
}

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

/// The codes that a scheme's attempts fail with here: what may pass, and one time in 24 what does not.
fn codes(scheme: Scheme) -> (CodeSpace, &'static [&'static str], &'static [&'static str]) {
    match scheme {
        Scheme::Visa => {
            (CodeSpace::Visa, &["51", "91", "91", "91", "96", "19", "61", "05"], &["54", "1A", "41", "12", "R0", "46", "57", "93"])
        }
        Scheme::Mastercard => {
            (CodeSpace::Mastercard, &["51", "91", "91", "91", "91", "96", "92", "05"], &["54", "65", "41", "82", "79", "61"])
        }
        Scheme::Elo => (CodeSpace::Elo, &["91", "91", "91", "96", "4", "51", "05"], &["62", "54", "41", "14"]),
        Scheme::Amex | Scheme::Hipercard | Scheme::Discover | Scheme::Diners | Scheme::Jcb | Scheme::UnionPay | Scheme::OtherCard => {
            (CodeSpace::Iso8583, &["91", "91", "91", "96", "51", "05"], &["61", "54", "41", "no such code"])
        }
        Scheme::Ach => (CodeSpace::Ach, &["R01", "R09"], &["R03", "R07", "R08", "R10", "R16", "R24"]),
        Scheme::Sepa | Scheme::SepaB2b => (CodeSpace::Sepa, &["AM04", "MS03", "ED05"], &["AC04", "MD06", "MD07", "AC01", "XX99"]),
        Scheme::Bacs => (CodeSpace::BacsArudd, &["0"], &["1", "5", "B", "8"]),
        Scheme::Becs => (CodeSpace::Becs, &["6"], &["1", "3", "9"]),
        Scheme::Pad => (CodeSpace::Pad, &["901", "908"], &["905", "902", "903"]),
        Scheme::PixAutomatico => (CodeSpace::PixAutomatico, &["EXPIRADA", "EXPIRADA", "AB10"], &["AC05", "AM02", "NIEC"]),
        Scheme::Debit150 => (CodeSpace::Debit150, &["01", "05"], &["02", "14", "30", "04"]),
    }
}

/// An attempt as the second counter keeps it: hours, cents, and the codes as they were told.
#[derive(Clone, Copy)]
struct Seen {
    hour: i64,
    card: u8,
    cents: i64,
    series: u8,
    code: &'static str,
    advice: Option<&'static str>,
    /// Whether the payer was there.
    payer: bool,
}

/// The second counter: the schemes' limits as facts, international.md §1.2 to §2.3 and brazil.md §3.8, §5.1, §5.3 print them.
struct Second {
    scheme: Scheme,
    reais: bool,
    visa: usize,
    sepa_days: i64,
    allows_retry: bool,
    settles_on: i64,
    next_cycle: Option<i64>,
    seen: Vec<Seen>,
}

/// What was the most that anybody reached, to know that the limits are used up and not merely never met.
#[derive(Default, Debug)]
struct Most(std::collections::BTreeMap<&'static str, usize>);

impl Most {
    fn note(&mut self, what: &'static str, count: usize) {
        let most = self.0.entry(what).or_default();
        *most = count.max(*most);
    }
}

impl Second {
    fn count(&self, since: i64, fits: impl Fn(&Seen) -> bool) -> usize {
        self.seen.iter().filter(|seen| seen.hour > since && fits(seen)).count()
    }

    /// Panics when an attempt breaks a limit. `mended`: the hour at which the method was last mended.
    fn check(&self, now: Seen, mended: i64, most: &mut Most) {
        let scheme = self.scheme;
        let card = |seen: &Seen| seen.card == now.card;
        let card_and_amount = |seen: &Seen| seen.card == now.card && seen.cents == now.cents;
        let row: Vec<Seen> = self.seen.iter().copied().filter(|seen| seen.card == now.card && seen.series == now.series).collect();
        let first = row.first().copied();
        let last = row.last().copied();
        let mut at_most = |what: &'static str, so_far: usize, limit: usize| {
            assert!(so_far < limit, "{scheme}: {what}: attempt {} of {limit} at hour {}", so_far + 1, now.hour);
            most.note(what, so_far + 1);
        };
        match scheme {
            Scheme::Visa => {
                at_most("visa 30 days", self.count(now.hour - 720, card_and_amount), self.visa);
                assert!(first.is_none_or(|first| now.hour < first.hour + 720), "visa: after day 30");
                let category_1 = |seen: &Seen| {
                    card(seen)
                        && ["04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"].contains(&seen.code)
                        && (seen.series == now.series || (seen.cents == now.cents && seen.hour > now.hour - 720))
                };
                assert!(!self.seen.iter().any(category_1), "visa: after category 1");
            }
            Scheme::Mastercard => {
                let day = if self.reais { ("mastercard 24 hours in reais", 7) } else { ("mastercard 24 hours", 10) };
                at_most(day.0, self.count(now.hour - 24, card), day.1);
                at_most("mastercard 30 days", self.count(now.hour - 720, card_and_amount), 35);
                for seen in self.seen.iter().filter(|seen| card(seen)) {
                    let hours = now.hour - seen.hour;
                    let ends = matches!(seen.advice, Some("03" | "21"));
                    assert!(!ends || (hours >= 720 && seen.series != now.series), "mastercard: after {:?}", seen.advice);
                    let Some(advice) = seen.advice.filter(|_| seen.code == "51" && !now.payer) else { continue };
                    let waits = [("24", 1), ("25", 24), ("26", 48), ("27", 96), ("28", 144), ("29", 192), ("30", 240)];
                    let wait = waits.iter().find(|(code, _)| *code == advice).map_or(0, |(_, wait)| *wait);
                    assert!(hours >= wait, "mastercard: {hours} hours after advice {advice}");
                }
            }
            Scheme::Elo => {
                // December has 31 days, January too.
                let month = |hour: i64| [31 * 24, 62 * 24].iter().filter(|end| hour >= **end).count();
                at_most("elo month", self.count(i64::MIN, |seen| card_and_amount(seen) && month(seen.hour) == month(now.hour)), 15);
            }
            Scheme::Amex | Scheme::Hipercard | Scheme::Discover | Scheme::Diners | Scheme::Jcb | Scheme::UnionPay | Scheme::OtherCard => {
                at_most("other cards", self.count(now.hour - 720, card_and_amount), 8);
            }
            Scheme::Ach => {
                at_most("ach entries", row.len(), 3);
                self.follows(now, first, last, mended, &["R01", "R09"], 180);
                assert!(first.is_none_or(|first| first.cents == now.cents), "ach: another amount");
            }
            Scheme::Sepa | Scheme::SepaB2b => {
                at_most("sepa collections", row.len(), 3);
                self.follows(now, first, last, mended, &["AM04", "MS03", "ED05", "TM01"], self.sepa_days);
            }
            Scheme::Bacs => {
                at_most("bacs presentments", row.len(), 4);
                self.follows(now, first, last, mended, &["0"], 32);
            }
            Scheme::Becs => {
                at_most("becs presentments", row.len(), 4);
                self.follows(now, first, last, mended, &["6"], 28);
            }
            Scheme::Pad => {
                at_most("pad presentments", row.len(), 2);
                self.follows(now, first, last, mended, &["901", "908"], 30);
                assert!(first.is_none_or(|first| first.cents == now.cents), "pad: another amount");
            }
            Scheme::Debit150 => self.follows(now, first, last, mended, &["01", "05"], 60),
            Scheme::PixAutomatico => {
                let today = now.hour.div_euclid(24);
                let Some(first) = first else {
                    assert!((self.settles_on - 10..=self.settles_on - 2).contains(&today), "pix: notice of {}", self.settles_on - today);
                    return;
                };
                at_most("pix tries", row.len(), 4);
                assert!(self.allows_retry && first.cents == now.cents, "pix: not allowed, or another amount");
                let settles = today + 1;
                assert!((self.settles_on + 1..=self.settles_on + 7).contains(&settles), "pix: day {settles}");
                assert!(self.next_cycle.is_none_or(|next| settles < next), "pix: into the next cycle");
                assert!(row.iter().skip(1).all(|seen| seen.hour.div_euclid(24) + 1 != settles), "pix: twice for one day");
            }
        }
    }

    /// A debit follows another only after these codes, or once it was mended, and within so many days of the first.
    fn follows(&self, now: Seen, first: Option<Seen>, last: Option<Seen>, mended: i64, codes: &[&str], days: i64) {
        let scheme = self.scheme;
        let (Some(first), Some(last)) = (first, last) else { return };
        assert!(codes.contains(&last.code) || mended > last.hour || now.payer, "{scheme}: presented again after {}", last.code);
        assert!(now.hour - first.hour <= days * 24, "{scheme}: {} hours after the first", now.hour - first.hour);
    }
}

/// One thing that is paid for.
struct Payment {
    series: u8,
    cents: i64,
    next: i64,
    refusals: u8,
}

#[derive(Default)]
struct Totals {
    payments: usize,
    attempts: u64,
    asks: u64,
    refusals: u64,
}

/// A customer with one credential and up to three things to pay at once, against an adversary.
struct Customer {
    method: Method,
    tried: Vec<Tried>,
    second: Second,
    currency: Currency,
    limits: Limits,
    cycle: Option<PixCycle>,
    mended: i64,
    released: i64,
    zone: Zone,
    /// Whether it asks every single hour.
    patient: bool,
}

impl Customer {
    fn of(dice: &mut Dice, every_hour: bool) -> Self {
        let scheme = dice.of(Scheme::ALL);
        let (visa, sepa_days) = (dice.of(&[15, 15, 20]), dice.of(&[42, 42, 14, 48]));
        let settles_on = i64::try_from(12 + dice.roll(20)).unwrap();
        let next_cycle = dice.of(&[None, None, Some(settles_on + 5)]);
        let allows_retry = !dice.one_in(4);
        let day = |days: i64| Day::from_epoch(i32::try_from((EPOCH - 3 * 3600) / 86_400 + days).unwrap());
        let reais = dice.one_in(2);
        Self {
            method: Method {
                id: PaymentMethodId::new(0, [0; 10]),
                scheme,
                gateway: "sandbox".into(),
                credential: [1; 16],
                expires_on: None,
                status: MethodStatus::Active,
                rank: 0,
                since: instant(-1000),
                allows_retry,
            },
            tried: Vec::new(),
            second: Second {
                scheme,
                reais,
                visa: usize::from(visa),
                sepa_days: i64::from(sepa_days),
                allows_retry,
                settles_on,
                next_cycle,
                seen: Vec::new(),
            },
            currency: Currency::parse(if reais { "BRL" } else { "USD" }).unwrap(),
            limits: Limits::new(visa, sepa_days),
            cycle: Some(PixCycle { settles_on: day(settles_on), next: next_cycle.map(day) }),
            mended: i64::MIN,
            released: i64::MIN,
            zone: brazil(),
            patient: every_hour,
        }
    }

    fn ask(&self, payment: &Payment, cents: i64, trigger: Trigger, now: Instant) -> ChargeAnswer {
        let known = |hour: i64| (hour > i64::MIN).then(|| instant(hour));
        charge(ChargeAsk {
            method: &self.method,
            tried: &self.tried,
            amount: Money::new(cents, self.currency),
            series: [payment.series; 16],
            trigger,
            zone: self.zone,
            now,
            limits: self.limits,
            mended_at: known(self.mended),
            released_at: known(self.released),
            cycle: self.cycle,
        })
    }

    fn fail(&mut self, payment: &Payment, cents: i64, trigger: Trigger, hour: i64, dice: &mut Dice, most: &mut Most) {
        let (space, soft, hard) = codes(self.method.scheme);
        let code = if dice.one_in(24) { dice.of(hard) } else { dice.of(soft) };
        let mut signals = vec![Signal { space, code: code.into() }];
        let mut advice = None;
        if self.method.scheme == Scheme::Mastercard && dice.one_in(24) {
            let told = dice.of(&["02", "03", "21", "24", "25", "26", "27", "28", "29", "30", "01"]);
            advice = Some(told);
            signals.push(Signal { space: CodeSpace::MastercardMac, code: told.into() });
        }
        let seen = Seen { hour, card: 1, cents, series: payment.series, code, advice, payer: trigger == Trigger::Payer };
        self.second.check(seen, self.mended, most);
        self.second.seen.push(seen);
        self.tried.push(Tried {
            charge: None,
            credential: self.method.credential,
            at: instant(hour),
            amount: Money::new(cents, self.currency),
            trigger,
            failed: Some(declines::read(&signals)),
            series: [payment.series; 16],
            settled: false,
        });
    }

    /// One move of the adversary.
    fn play(&mut self, payment: &mut Payment, dice: &mut Dice, totals: &mut Totals, most: &mut Most) {
        let hour = payment.next;
        let trigger = dice.of(&[Trigger::Retry, Trigger::Retry, Trigger::Schedule, Trigger::Operator, Trigger::Payer]);
        let cents = if dice.one_in(20) { payment.cents + 1 } else { payment.cents };
        totals.asks += 1;
        match self.ask(payment, cents, trigger, instant(hour)) {
            ChargeAnswer::Allowed(_) => {
                totals.attempts += 1;
                payment.refusals = 0;
                payment.next = hour + i64::from(!dice.one_in(8));
                self.fail(payment, cents, trigger, hour, dice, most);
            }
            ChargeAnswer::Until(later, rule) => {
                totals.refusals += 1;
                let until = hour_of(later);
                assert!(until > hour, "{}: not later", rule.id);
                // The hour before is as forbidden as now.
                let before = self.ask(payment, cents, trigger, Instant::from_micros(later.micros() - 1));
                assert!(!matches!(before, ChargeAnswer::Allowed(_)), "{}: allowed before its time", rule.id);
                let early = hour + 1 + i64::try_from(dice.roll(usize::try_from(until - hour).unwrap())).unwrap();
                payment.next = if self.patient { hour + 1 } else { dice.of(&[until, early, early]) };
            }
            ChargeAnswer::Never(_) => {
                totals.refusals += 1;
                payment.next = hour + 1;
                payment.refusals += u8::from(!self.patient);
                if dice.one_in(2) {
                    (self.mended, self.released) = (hour, hour);
                }
            }
        }
    }

    fn run(&mut self, dice: &mut Dice, totals: &mut Totals, most: &mut Most) {
        let cents = dice.of(&[990, 4900, 9900]);
        let mut payments: Vec<Payment> = (1..=3)
            .take(1 + dice.roll(3))
            .map(|series| Payment {
                series,
                cents: if dice.one_in(2) { cents } else { cents + i64::from(series) },
                next: i64::try_from(dice.roll(10 * 24)).unwrap(),
                refusals: 0,
            })
            .collect();
        totals.payments += payments.len();
        // Time goes forward for all of them together.
        while let Some(index) = (0..payments.len())
            .filter(|index| payments[*index].next < HOURS && payments[*index].refusals < 4)
            .min_by_key(|index| payments[*index].next)
        {
            self.play(&mut payments[index], dice, totals, most);
        }
    }
}

#[test]
fn no_scheme_budget_is_exceeded_by_an_adversary_that_tries_every_hour() {
    let full = std::env::var_os("REGUA_FULL").is_some();
    let payments = if full { 1_000_000 } else { 20_000 };
    let (mut totals, mut most, started) = (Totals::default(), Most::default(), Clock::now());
    let mut customers = 0_u64;
    while totals.payments < payments {
        let mut dice = Dice(customers.wrapping_mul(0x2545_f491_4f6c_dd1d));
        Customer::of(&mut dice, customers.is_multiple_of(50)).run(&mut dice, &mut totals, &mut most);
        customers += 1;
    }
    println!(
        "{} payments of {customers} customers over 60 days: {} attempts, {} refusals, {} questions, {:.1?}",
        totals.payments,
        totals.attempts,
        totals.refusals,
        totals.asks,
        started.elapsed()
    );
    println!("most reached: {:?}", most.0);
    // The budgets are used up, so that the counter had something to count.
    for (what, limit) in [
        ("visa 30 days", 20),
        ("mastercard 24 hours", 10),
        ("mastercard 24 hours in reais", 7),
        ("elo month", 15),
        ("other cards", 8),
        ("ach entries", 3),
        ("sepa collections", 3),
        ("bacs presentments", 4),
        ("becs presentments", 4),
        ("pad presentments", 2),
        ("pix tries", 4),
    ] {
        assert_eq!(most.0.get(what), Some(&limit), "{what}");
    }
}
