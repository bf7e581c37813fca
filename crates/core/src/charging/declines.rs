//! What the codes of a failed attempt mean together: the most restrictive of each.
//!
//! The rows stand in `declines.csv` (cards, bank debits, gateways; our own fact sheet) and `declines_brazil.csv` (ABECS, Pix
//! Automático, FEBRABAN 150, Asaas, the sandbox), both with a source per row. Deliberately absent: the budgets of the schemes,
//! which are `rulebook::schemes`, and a guess at what an unknown code means.

use std::cmp::Reverse;
use std::sync::OnceLock;

use super::{Action, Advice, Again, Category, CodeSpace, Reason, Scheme, Signal};
use crate::words::text_enum;

text_enum! {
    /// Who said it, from the most to the least authoritative (facts, international.md §1.1).
    Authority, "authority" {
        /// A scheme's advice about trying again.
        Advice = "advice",
        /// The code of a network or a bank scheme.
        Network = "network",
        /// What a gateway calls it.
        Gateway = "gateway",
        /// Nobody: the row for codes that have none.
        Table = "table",
    }
}

impl Authority {
    /// Of a code space.
    #[must_use]
    pub const fn of(space: CodeSpace) -> Self {
        match space {
            CodeSpace::MastercardMac | CodeSpace::StripeAdvice => Self::Advice,
            CodeSpace::Visa
            | CodeSpace::Mastercard
            | CodeSpace::Amex
            | CodeSpace::Elo
            | CodeSpace::Iso8583
            | CodeSpace::Ach
            | CodeSpace::Sepa
            | CodeSpace::BacsArudd
            | CodeSpace::BacsAddacs
            | CodeSpace::Becs
            | CodeSpace::Pad
            | CodeSpace::VisaVau
            | CodeSpace::MastercardAbu
            | CodeSpace::Abecs
            | CodeSpace::PixAutomatico
            | CodeSpace::Debit150 => Self::Network,
            CodeSpace::Stripe
            | CodeSpace::StripeLpm
            | CodeSpace::StripeOutcome
            | CodeSpace::Adyen
            | CodeSpace::Asaas
            | CodeSpace::Sandbox => Self::Gateway,
        }
    }
}

/// One row of the table of decline codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Whose code; none in the row for unmapped ones.
    pub space: Option<CodeSpace>,
    /// The code as text: leading zeros count. In the space `abecs` the brand stands before it, as in `visa:54`.
    pub code: &'static str,
    /// What it says, for people who work here: not to be shown to the payer.
    pub name: &'static str,
    /// What it means alone.
    pub advice: Advice,
    /// Where the code was read.
    pub source: &'static str,
}

const CARDS_AND_DEBITS: &str = include_str!("declines.csv");
const BRAZIL: &str = include_str!("declines_brazil.csv");

/// Columns of both files.
const COLUMNS: usize = 11;

/// What an unknown code means: slow, few, and shown to a person.
///
/// The row `*` of the table; a test holds them together.
const UNMAPPED: Advice = Advice {
    reason: Reason::Unknown,
    category: Category::Unknown,
    again: Again::Smart,
    wait_hours: 72,
    tries_max: 2,
    tries_days: 14,
    action: Action::ReviewInternal,
    unmapped: true,
};

/// Every row, sorted by space and code.
#[must_use]
pub fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Box<[Row]>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = [CARDS_AND_DEBITS, BRAZIL].into_iter().flat_map(|file| file.lines().skip(1));
        let mut rows: Vec<Row> = lines.filter_map(parse).collect();
        rows.sort_by_key(|row| (row.space, row.code));
        rows.into()
    })
}

/// The row of a code, if the table has one.
///
/// Elo's codes are found with and without a leading zero, since both are written. A code of `abecs` that names no brand has
/// no row: [`read`] then takes the strictest of all brands.
#[must_use]
pub fn row(space: CodeSpace, code: &str) -> Option<&'static Row> {
    let find = |code: &str| {
        let rows = rows();
        rows.binary_search_by(|row| (row.space, row.code).cmp(&(Some(space), code))).ok().and_then(|index| rows.get(index))
    };
    let code = code.trim();
    find(code).or_else(|| if space == CodeSpace::Elo { find(code.trim_start_matches('0')) } else { None })
}

/// The code of the space `abecs` for a brand's code: the brand decides what it means (facts, brazil.md §5.2).
///
/// None for what is no card. Hipercard goes by Mastercard's column; brands without a column by the strictest of all.
#[must_use]
pub fn abecs(scheme: Scheme, code: &str) -> Option<Signal> {
    let brand = match scheme {
        Scheme::Visa => "visa:",
        Scheme::Mastercard | Scheme::Hipercard => "mastercard:",
        Scheme::Elo => "elo:",
        Scheme::Amex => "amex:",
        Scheme::Discover | Scheme::Diners | Scheme::Jcb | Scheme::UnionPay | Scheme::OtherCard => "",
        Scheme::Ach
        | Scheme::Sepa
        | Scheme::SepaB2b
        | Scheme::Bacs
        | Scheme::Becs
        | Scheme::Pad
        | Scheme::PixAutomatico
        | Scheme::Debit150 => return None,
    };
    Some(Signal { space: CodeSpace::Abecs, code: format!("{brand}{}", code.trim()).into() })
}

/// What all signals of a failed attempt mean together: of each field the strictest.
///
/// Whether to try again, and what somebody has to do, are those of the strictest row. The reason is that of the rows which are
/// as strict about trying again: one that is named before a generic one, and of those the scheme's advice before the
/// network's code and that before the gateway's. The wait is the longest, the tries the fewest, counted over the longest of
/// their windows: what each signal alone forbids, all forbid together. Mastercard's advice 24 to 30 counts only beside a lack
/// of funds (code 51). No signal at all is an unknown failure.
///
/// ```
/// # use regua_core::charging::{Again, CodeSpace, Reason, Signal, declines};
/// let signal = |space, code: &str| Signal { space, code: code.into() };
/// let advice = declines::read(&[signal(CodeSpace::Mastercard, "51"), signal(CodeSpace::MastercardMac, "26")]);
/// assert_eq!((advice.reason, advice.wait_hours), (Reason::InsufficientFunds, 48));
/// let advice = declines::read(&[signal(CodeSpace::Stripe, "insufficient_funds"), signal(CodeSpace::MastercardMac, "03")]);
/// assert_eq!(advice.again, Again::Never);
/// assert!(declines::read(&[signal(CodeSpace::Visa, "no such code")]).unmapped);
/// ```
#[must_use]
pub fn read(signals: &[Signal]) -> Advice {
    let mut together = Together::default();
    let mut timed = Vec::new();
    for signal in signals {
        if signal.space == CodeSpace::MastercardMac && is_timed(signal.code.trim()) {
            timed.push(signal);
        } else {
            together.take_signal(signal);
        }
    }
    if together.funds {
        timed.into_iter().for_each(|signal| together.take_signal(signal));
    }
    together.advice()
}

/// Mastercard's advice 24 to 30 names a time, and only beside code 51.
fn is_timed(code: &str) -> bool {
    matches!(code, "24" | "25" | "26" | "27" | "28" | "29" | "30")
}

/// How strict a row is.
type Strict = (Again, u8);

/// How much a row explains: the strictest class first, then a named reason before a generic one, then the more authoritative.
/// The rest only makes the order of signals meaningless.
type Telling = (Again, bool, Reverse<Authority>, u8, Reverse<(Reason, Category)>);

/// What was read so far.
#[derive(Default)]
struct Together {
    strictest: Option<(Strict, Action)>,
    reason: Option<(Telling, Reason, Category)>,
    wait_hours: u16,
    tries: Option<(u16, u16)>,
    unmapped: bool,
    /// Whether a code for a lack of funds is among them.
    funds: bool,
}

impl Together {
    fn take_signal(&mut self, signal: &Signal) {
        let authority = Authority::of(signal.space);
        if signal.space != CodeSpace::Abecs {
            return match row(signal.space, &signal.code) {
                Some(row) => self.take(authority, row.advice),
                None => self.take(Authority::Table, UNMAPPED),
            };
        }
        let code = signal.code.trim();
        let mut found = false;
        for brand in BRANDS.iter().filter(|brand| fits(brand.0, code)) {
            let number = code.strip_prefix(brand.0).unwrap_or(code);
            // The stricter of ABECS and the brand's own row.
            let own = row(brand.1, number);
            let agreed = abecs_row(brand.0, number);
            found |= agreed.is_some() || (own.is_some() && code != number);
            if agreed.is_some() || code != number {
                [own, agreed].into_iter().flatten().for_each(|row| self.take(authority, row.advice));
            }
        }
        if !found {
            self.take(Authority::Table, UNMAPPED);
        }
    }

    fn take(&mut self, authority: Authority, advice: Advice) {
        let (severity, why) = (severity(advice.action), (advice.reason, advice.category));
        if self.strictest.is_none_or(|(strictest, _)| strictest < (advice.again, severity)) {
            self.strictest = Some(((advice.again, severity), advice.action));
        }
        let named = !matches!(advice.reason, Reason::Generic | Reason::Unknown);
        let telling = (advice.again, named, Reverse(authority), severity, Reverse(why));
        if self.reason.is_none_or(|(most, ..)| most < telling) {
            self.reason = Some((telling, advice.reason, advice.category));
        }
        self.wait_hours = self.wait_hours.max(advice.wait_hours);
        if advice.tries_max > 0 {
            let (max, days) = self.tries.unwrap_or((u16::MAX, 0));
            self.tries = Some((max.min(advice.tries_max), days.max(advice.tries_days)));
        }
        self.unmapped |= advice.unmapped;
        self.funds |= advice.reason == Reason::InsufficientFunds;
    }

    fn advice(self) -> Advice {
        let (Some(((again, _), action)), Some((_, reason, category))) = (self.strictest, self.reason) else { return UNMAPPED };
        let (tries_max, tries_days) = self.tries.unwrap_or((0, 0));
        Advice { reason, category, again, wait_hours: self.wait_hours, tries_max, tries_days, action, unmapped: self.unmapped }
    }
}

/// The columns of ABECS and the brand's own space.
const BRANDS: [(&str, CodeSpace); 4] =
    [("visa:", CodeSpace::Visa), ("mastercard:", CodeSpace::Mastercard), ("elo:", CodeSpace::Elo), ("amex:", CodeSpace::Amex)];

/// Whether a code of `abecs` is of this brand, or of none.
fn fits(brand: &str, code: &str) -> bool {
    code.starts_with(brand) || !code.contains(':')
}

/// The row of a brand's code in ABECS.
fn abecs_row(brand: &str, number: &str) -> Option<&'static Row> {
    let rows = rows();
    let whole = |row: &Row| row.code.strip_prefix(brand).map_or_else(|| row.code.cmp(brand), |rest| rest.cmp(number));
    let place = rows.binary_search_by(|row| row.space.cmp(&Some(CodeSpace::Abecs)).then_with(|| whole(row)));
    place.ok().and_then(|index| rows.get(index))
}

/// How much an action holds back, from nothing to every contact.
const fn severity(action: Action) -> u8 {
    match action {
        Action::Nothing => 0,
        Action::Wait => 1,
        Action::AddFunds => 2,
        Action::ContactIssuer => 3,
        Action::ContactBank => 4,
        Action::ContactCustomer => 5,
        Action::CorrectData => 6,
        Action::UpdateCard => 7,
        Action::ActivateCard => 8,
        Action::Authenticate => 9,
        Action::NewMethod => 10,
        Action::NewMandate => 11,
        Action::FixAccount => 12,
        Action::FixRequest => 13,
        Action::FixRequestOrContactIssuer => 14,
        Action::CheckDuplicate => 15,
        Action::ReviewInternal => 16,
        Action::ResolveDispute => 17,
        Action::StopAndConfirm => 18,
        Action::StopContact => 19,
    }
}

/// One line of a file: none when it is no row.
fn parse(line: &'static str) -> Option<Row> {
    let cells: [&'static str; COLUMNS] = cells(line).try_into().ok()?;
    let [space, code, name, category, again, wait, max, days, action, reason, source] = cells;
    let space = if space == "*" { None } else { Some(space.parse().ok()?) };
    let advice = Advice {
        reason: reason.parse().ok()?,
        category: category.parse().ok()?,
        again: again.parse().ok()?,
        wait_hours: wait.parse().ok()?,
        tries_max: max.parse().ok()?,
        tries_days: days.parse().ok()?,
        action: action.parse().ok()?,
        unmapped: space.is_none(),
    };
    Some(Row { space, code, name, advice, source })
}

/// The cells of a line; a cell with a comma stands in quotes, and none holds a quote.
fn cells(line: &'static str) -> Vec<&'static str> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((cell, after)) => (cell, after.strip_prefix(',')),
            None => rest.split_once(',').map_or((rest, None), |(cell, after)| (cell, Some(after))),
        };
        cells.push(cell);
        let Some(after) = after else { return cells };
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_files_is_read_and_none_twice() {
        for (file, expected) in [(CARDS_AND_DEBITS, 533), (BRAZIL, 207)] {
            let lines: Vec<&str> = file.lines().skip(1).collect();
            assert_eq!(lines.len(), expected);
            for line in lines {
                assert!(parse(line).is_some(), "{line}");
            }
        }
        assert_eq!(rows().len(), 533 + 207);
        for pair in rows().windows(2) {
            assert!((pair[0].space, pair[0].code) < (pair[1].space, pair[1].code), "{:?}", pair[1]);
        }
        for row in rows() {
            assert!(!row.source.is_empty() && !row.name.is_empty(), "{row:?}");
            assert!(row.advice.tries_max == 0 || row.advice.tries_days > 0, "tries without days: {row:?}");
            if let Some(space) = row.space {
                assert_eq!(super::row(space, row.code), Some(row));
            }
        }
    }

    #[test]
    fn an_advice_that_names_nothing_leaves_the_reason_to_the_codes_beside_it() {
        let signal = |space, code: &str| Signal { space, code: code.into() };
        for (code, network, reason) in [
            ("expired_card", "54", Reason::Expired),
            ("incorrect_number", "14", Reason::WrongNumber),
            ("incorrect_cvc", "N7", Reason::Security),
        ] {
            let advised = signal(CodeSpace::StripeAdvice, "confirm_card_data");
            let together = read(&[signal(CodeSpace::Stripe, code), advised, signal(CodeSpace::Visa, network)]);
            assert_eq!(together.reason, reason, "{code}");
        }
    }

    #[test]
    fn the_row_for_unknown_codes_is_the_constant() {
        let star = rows().iter().find(|row| row.space.is_none()).unwrap();
        assert_eq!((star.code, star.advice), ("*", UNMAPPED));
    }

    #[test]
    fn each_reason_has_a_magic_value_of_the_sandbox() {
        for reason in Reason::ALL {
            assert_eq!(row(CodeSpace::Sandbox, reason.as_str()).unwrap().advice.reason, *reason);
        }
    }

    #[test]
    fn severities_are_distinct() {
        let mut ranks: Vec<u8> = Action::ALL.iter().map(|action| severity(*action)).collect();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!(ranks.len(), Action::ALL.len());
    }
}
