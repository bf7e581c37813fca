//! What came in and how fast, of the movements of all ledgers: curves, DSO and CEI by month, what was overdue on a day.
//!
//! Pure: whoever reads the book gives its movements, already summed by due date and day. Amounts are sums in minor units, ratios
//! whole numbers. Lateness is counted from the due date as written. Deliberately absent: what would have come in anyway.

use std::collections::BTreeMap;

use regua_core::time::Day;
use regua_store::collected::Movement;

/// Days after the due date at which a month's collection is told.
pub const HORIZONS: [i32; 8] = [0, 3, 7, 15, 30, 45, 60, 90];
/// Days over which DSO counts what was billed.
const DSO_DAYS: i32 = 90;
/// Days late that each band of what is overdue ends with; beyond them is the last.
pub const BANDS: [i32; 5] = [30, 60, 90, 180, 360];

/// A month, counted from that of the year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Month(i32);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        let date = day.civil();
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Day {
        let next = self.0 + 1;
        let first = i16::try_from(next.div_euclid(12)).ok().zip(i8::try_from(next.rem_euclid(12) + 1).ok());
        first.and_then(|(year, month)| Day::new(year, month, 1)).map_or(Day::MAX, |day| day.plus(-1))
    }

    /// `2026-03`
    #[must_use]
    pub fn text(self) -> String {
        format!("{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// How much of what fell due in a month was paid, and how soon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cohort {
    /// When it fell due.
    pub month: Month,
    /// ISO 4217.
    pub currency: String,
    /// What was billed.
    pub billed: i128,
    /// Per horizon the share of it that was paid by then, in basis points; nothing while the horizon is not over for all.
    pub paid_bp: [Option<u32>; HORIZONS.len()],
}

/// A month in one currency, as finance tells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ratios {
    /// Which.
    pub month: Month,
    /// ISO 4217.
    pub currency: String,
    /// Open when it began.
    pub open_before: i128,
    /// Billed in it.
    pub billed: i128,
    /// Given up in it.
    pub written_off: i128,
    /// Open when it ended, or now.
    pub open_after: i128,
    /// Of it, what is not late: what is due on that day still can be paid in time.
    pub current_after: i128,
    /// Collection effectiveness index in basis points: of what could have been collected, what was. What was given up was not.
    pub cei_bp: Option<u32>,
    /// Days sales outstanding, in tenths of a day: what is open, as days of what was billed in the 90 days before.
    pub dso_tenths: Option<u32>,
}

/// What was overdue at the end of a day, by how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overdue {
    /// The day.
    pub on: Day,
    /// ISO 4217.
    pub currency: String,
    /// Per band of [`BANDS`], and beyond them, what was open.
    pub bands: [i128; BANDS.len() + 1],
}

/// What was paid on a day, by the payers' days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Paid {
    /// On or before the due date.
    pub on_time: i128,
    /// After it.
    pub late: i128,
}

/// Whether a movement is money that moved: payments, less what was too much or went back.
fn is_money(kind: &str) -> bool {
    matches!(kind, "payment" | "application" | "overpayment" | "refund" | "chargeback")
}

/// How soon what fell due from a month to another was paid, by month and currency.
#[must_use]
pub fn cohorts(movements: &[Movement], (from, until): (Month, Month), today: Day) -> Vec<Cohort> {
    let mut found: BTreeMap<(Month, &str), (i128, [i128; HORIZONS.len()], Day)> = BTreeMap::new();
    for one in movements {
        let month = Month::of(one.due_on);
        if month < from || month > until {
            continue;
        }
        let (billed, paid, last) = found.entry((month, &one.currency)).or_insert((0, [0; HORIZONS.len()], Day::MIN));
        *last = one.due_on.max(*last);
        if one.kind == "charge" {
            *billed += i128::from(one.amount);
        } else if is_money(&one.kind) {
            for (sum, horizon) in paid.iter_mut().zip(HORIZONS) {
                if one.counts_on.since(one.due_on) <= horizon {
                    *sum -= i128::from(one.amount);
                }
            }
        }
    }
    let shown = found.into_iter().map(|((month, currency), (billed, paid, last))| {
        let mut paid_bp = [None; HORIZONS.len()];
        for ((share, sum), horizon) in paid_bp.iter_mut().zip(paid).zip(HORIZONS) {
            if last.plus(horizon) < today {
                *share = share_bp(sum, billed);
            }
        }
        Cohort { month, currency: currency.to_owned(), billed, paid_bp }
    });
    shown.collect()
}

/// What one currency moved in a month.
#[derive(Clone, Copy, Default)]
struct Moved {
    open: i128,
    current: i128,
    billed: i128,
    written_off: i128,
}

/// The months of a span, each currency by itself; the last may be under way.
#[must_use]
pub fn ratios(movements: &[Movement], (from, until): (Month, Month), today: Day) -> Vec<Ratios> {
    let mut moved: BTreeMap<(&str, Month), Moved> = BTreeMap::new();
    let mut billed_on: BTreeMap<(&str, Day), i128> = BTreeMap::new();
    for one in movements {
        let (amount, month, due) = (i128::from(one.amount), Month::of(one.counts_on), Month::of(one.due_on));
        let row = moved.entry((&one.currency, month)).or_default();
        row.open += amount;
        match one.kind.as_str() {
            "charge" => {
                row.billed += amount;
                *billed_on.entry((&one.currency, one.counts_on)).or_default() += amount;
            }
            "write_off" => row.written_off -= amount,
            _ => {}
        }
        // Not late at the ends of the months before that of its due date. A month under way ends today.
        let ends = |month: Month| month.last_day().min(today);
        if one.due_on >= ends(month) {
            row.current += amount;
            let passed = if one.due_on >= ends(due) { due.next() } else { due };
            moved.entry((&one.currency, passed)).or_default().current -= amount;
        }
    }
    let mut currencies: Vec<&str> = moved.keys().map(|(currency, _)| *currency).collect();
    currencies.dedup();
    let mut shown = Vec::new();
    for currency in currencies {
        let mut sum = Moved::default();
        for (_, row) in moved.range((currency, Month(i32::MIN))..(currency, from)) {
            sum.open += row.open;
            sum.current += row.current;
        }
        let mut month = from;
        while month <= until {
            let row = moved.get(&(currency, month)).copied().unwrap_or_default();
            let before = sum.open;
            sum.open += row.open;
            sum.current += row.current;
            let ends = month.last_day().min(today);
            let recent: i128 = billed_on.range((currency, ends.plus(1 - DSO_DAYS))..=(currency, ends)).map(|(_, amount)| amount).sum();
            let whole = before + row.billed - row.written_off;
            shown.push(Ratios {
                month,
                currency: currency.to_owned(),
                open_before: before,
                billed: row.billed,
                written_off: row.written_off,
                open_after: sum.open,
                current_after: sum.current,
                cei_bp: share_bp(whole - sum.open, whole - sum.current),
                dso_tenths: part_of(sum.open, i128::from(DSO_DAYS) * 10, recent),
            });
            month = month.next();
        }
    }
    shown
}

/// What was overdue at the ends of some days.
#[must_use]
pub fn overdue(movements: &[Movement], days: &[Day]) -> Vec<Overdue> {
    let mut found: BTreeMap<(Day, &str), [i128; BANDS.len() + 1]> = BTreeMap::new();
    for one in movements {
        for &on in days {
            let late = on.since(one.due_on);
            if late <= 0 || one.counts_on > on {
                continue;
            }
            let bands = found.entry((on, &one.currency)).or_default();
            let band = BANDS.iter().position(|&most| late <= most).unwrap_or(BANDS.len());
            if let Some(sum) = bands.get_mut(band) {
                *sum += i128::from(one.amount);
            }
        }
    }
    // What was late and is paid by then comes to nothing: such a day of a currency is not told.
    let some = found.into_iter().filter(|(_, bands)| bands.iter().any(|sum| *sum != 0));
    some.map(|((on, currency), bands)| Overdue { on, currency: currency.to_owned(), bands }).collect()
}

/// What was paid on the days of a span, by day and currency. `rolled` moves a due date to the open day on which it is kept: whoever
/// pays on Monday what was due on Saturday is on time.
#[must_use]
pub fn paid(movements: &[Movement], from: Day, until: Day, rolled: impl Fn(Day) -> Day) -> BTreeMap<(Day, String), Paid> {
    let mut found: BTreeMap<(Day, String), Paid> = BTreeMap::new();
    for one in movements.iter().filter(|one| is_money(&one.kind) && one.counts_on >= from && one.counts_on <= until) {
        let sums = found.entry((one.counts_on, one.currency.clone())).or_default();
        let sum = if one.counts_on <= rolled(one.due_on) { &mut sums.on_time } else { &mut sums.late };
        *sum -= i128::from(one.amount);
    }
    found
}

/// A share in basis points, from nothing to all; none of nothing.
fn share_bp(part: i128, whole: i128) -> Option<u32> {
    part_of(part.min(whole), 10_000, whole)
}

/// `part` × `scale` / `whole`, rounded down; none of nothing.
fn part_of(part: i128, scale: i128, whole: i128) -> Option<u32> {
    let times = part.max(0).saturating_mul(scale);
    if whole > 0 { u32::try_from(times / whole).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn movement(due_on: &str, counts_on: &str, kind: &str, amount: i64) -> Movement {
        Movement { currency: "BRL".to_owned(), due_on: day(due_on), counts_on: day(counts_on), kind: kind.to_owned(), amount, count: 1 }
    }

    /// 1000 due in January: 600 paid on time, 300 after ten days, 100 given up in March; 500 due in February, unpaid.
    fn book() -> Vec<Movement> {
        vec![
            movement("2026-01-20", "2026-01-05", "charge", 1000),
            movement("2026-01-20", "2026-01-19", "payment", -600),
            movement("2026-01-20", "2026-01-30", "payment", -300),
            movement("2026-01-20", "2026-03-10", "write_off", -100),
            movement("2026-02-10", "2026-01-25", "charge", 500),
        ]
    }

    #[test]
    fn months_end_where_they_do() {
        let month = Month::of(day("2026-12-05"));
        assert_eq!((month.text().as_str(), month.last_day()), ("2026-12", day("2026-12-31")));
        assert_eq!((month.next().text().as_str(), Month::of(day("2028-02-01")).last_day()), ("2027-01", day("2028-02-29")));
    }

    #[test]
    fn curves_end_today() {
        let (jan, feb) = (Month::of(day("2026-01-01")), Month::of(day("2026-02-01")));
        let found = cohorts(&book(), (jan, feb), day("2026-02-20"));
        assert_eq!(found[0].paid_bp, [Some(6000), Some(6000), Some(6000), Some(9000), Some(9000), None, None, None]);
        assert_eq!((found[0].billed, found[1].billed), (1000, 500));
        assert_eq!(found[1].paid_bp[..4], [Some(0), Some(0), Some(0), None]);
    }

    #[test]
    fn ratios_of_a_book_by_hand() {
        let (jan, mar) = (Month::of(day("2026-01-01")), Month::of(day("2026-03-01")));
        let found = ratios(&book(), (jan, mar), day("2026-03-31"));
        let told: Vec<_> =
            found.iter().map(|one| (one.open_before, one.billed, one.written_off, one.open_after, one.current_after)).collect();
        assert_eq!(told, [(0, 1500, 0, 600, 500), (600, 0, 0, 600, 0), (600, 0, 100, 500, 0)]);
        // January: of 1000 that could be collected, 900 were. March: nothing of 500.
        assert_eq!(found.iter().map(|one| one.cei_bp).collect::<Vec<_>>(), [Some(9000), Some(0), Some(0)]);
        // 600 of 1500 billed in 90 days are 36 days.
        assert_eq!(found[0].dso_tenths, Some(360));
    }

    #[test]
    fn what_is_overdue_moves_from_band_to_band() {
        let found = overdue(&book(), &[day("2026-01-20"), day("2026-01-31"), day("2026-03-01"), day("2026-03-31")]);
        let told: Vec<_> = found.iter().map(|one| (one.on, one.bands[0], one.bands[1], one.bands[2])).collect();
        assert_eq!(told, [(day("2026-01-31"), 100, 0, 0), (day("2026-03-01"), 500, 100, 0), (day("2026-03-31"), 0, 500, 0)]);
    }

    fn movements() -> impl Strategy<Value = Vec<Movement>> {
        let one = (0..200_i32, 0..260_i32, 0..4_usize, 1..100_000_i64).prop_map(|(due, counts, kind, amount)| {
            let start = day("2026-01-01");
            let (kind, sign) = [("charge", 1), ("payment", -1), ("write_off", -1), ("interest", 1)][kind];
            Movement {
                currency: if due % 3 == 0 { "USD" } else { "BRL" }.to_owned(),
                due_on: start.plus(due),
                counts_on: start.plus(counts),
                kind: kind.to_owned(),
                amount: sign * amount,
                count: 1,
            }
        });
        proptest::collection::vec(one, 0..60)
    }

    proptest! {
        #[test]
        fn ratios_are_what_counting_each_month_anew_finds(book in movements(), today in 0..300_i32) {
            let today = day("2026-01-01").plus(today);
            let span = (Month::of(day("2026-01-01")), Month::of(today));
            for one in ratios(&book, span, today) {
                let ends = one.month.last_day().min(today);
                let known = |until: Day| -> Vec<&Movement> {
                    book.iter().filter(|row| row.currency == one.currency && row.counts_on <= until).collect()
                };
                let begins = Month(one.month.0 - 1).last_day();
                prop_assert_eq!(one.open_before, known(begins).iter().map(|row| i128::from(row.amount)).sum::<i128>());
                // What counts later in a month under way is known already.
                let month_ends = one.month.last_day();
                prop_assert_eq!(one.open_after, known(month_ends).iter().map(|row| i128::from(row.amount)).sum::<i128>());
                let current = known(month_ends).iter().filter(|row| row.due_on >= ends).map(|row| i128::from(row.amount)).sum::<i128>();
                prop_assert_eq!(one.current_after, current);
            }
        }

        #[test]
        fn what_is_overdue_is_what_counting_each_day_anew_finds(book in movements(), on in 0..300_i32) {
            let on = day("2026-01-01").plus(on);
            let told = overdue(&book, &[on]);
            for currency in ["BRL", "USD"] {
                let late = book.iter().filter(|row| row.currency == currency && row.due_on < on && row.counts_on <= on);
                let sum: i128 = late.map(|row| i128::from(row.amount)).sum();
                let found = told.iter().find(|one| one.currency == currency);
                prop_assert_eq!(found.map_or(0, |one| one.bands.iter().sum()), sum);
            }
            prop_assert!(told.iter().all(|one| one.bands.iter().any(|sum| *sum != 0)));
        }

        #[test]
        fn what_is_paid_by_day_is_paid_in_all(book in movements()) {
            let all = paid(&book, Day::MIN, Day::MAX, |day| day);
            let sum: i128 = all.values().map(|one| one.on_time + one.late).sum();
            let paid: i128 = book.iter().filter(|row| row.kind == "payment").map(|row| -i128::from(row.amount)).sum();
            prop_assert_eq!(sum, paid);
        }

        #[test]
        fn curves_never_fall(book in movements()) {
            let span = (Month::of(day("2026-01-01")), Month::of(day("2026-12-01")));
            for one in cohorts(&book, span, day("2028-01-01")) {
                let shares: Vec<u32> = one.paid_bp.iter().flatten().copied().collect();
                prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", shares);
            }
        }
    }
}
