//! The statements of an MT940 or MT942 file, field by field.
//!
//! Deliberately absent: how a field is cut out (`fields`), and what is in `:61:` (`movement`) and `:86:` (`info`).

use regua_core::bank::{Line, Statement};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::gather::{self, Gathered};
use super::super::text::{clean, joined, word};
use super::super::{amount, day, pix};
use super::fields::Field;
use super::movement::Movement;
use super::{TAGS, info, movement};

/// `:60F:` and its like: mark, day, currency, amount.
struct Balance {
    currency: Currency,
    on: Day,
    minor: i64,
}

fn balance(text: &str) -> Result<Balance, &'static str> {
    let text = text.trim();
    let (mark, rest) = text.split_at_checked(1).ok_or("empty")?;
    let sign = match mark {
        "C" => 1,
        "D" => -1,
        _ => return Err("the mark is neither C nor D"),
    };
    let (on, rest) = rest.split_at_checked(6).ok_or("shorter than its day")?;
    let on = day::yymmdd(on).ok_or("not a day that exists, such as 261130")?;
    let (currency, size) = rest.split_at_checked(3).ok_or("shorter than its currency")?;
    let currency = Currency::parse(currency).ok_or("not a currency of ISO 4217, such as EUR")?;
    let minor = amount::minor(size, currency.digits())?;
    Ok(Balance { currency, on, minor: minor * sign })
}

/// One message while it is read.
#[derive(Default)]
struct Open<'f, 't> {
    place: u32,
    message: u32,
    fields: Vec<&'f Field<'t>>,
}

/// Reads every statement of a list of fields.
pub(super) fn read(fields: &[Field<'_>], gathered: &mut Gathered) {
    let mut open: Option<Open<'_, '_>> = None;
    for field in fields {
        let begins = field.tag == "20" || open.as_ref().is_none_or(|open| open.message != field.message);
        if begins && let Some(before) = open.replace(Open { place: field.place, message: field.message, fields: Vec::new() }) {
            before.finish(gathered);
        }
        if let Some(open) = open.as_mut() {
            open.fields.push(field);
        }
    }
    if let Some(last) = open {
        last.finish(gathered);
    }
}

fn first<'t>(field: &Field<'t>) -> &'t str {
    field.lines.first().copied().unwrap_or("")
}

/// Bank and number of `:25:`: `BANK/NUMBER`, an IBAN, a number, each perhaps with its currency behind.
fn account(text: &str) -> (&str, &str, Option<Currency>) {
    let text = text.trim();
    let cut = text.len().saturating_sub(3);
    let code = text.get(cut..).filter(|_| text.get(..cut).is_some_and(|number| number.ends_with(|letter: char| letter.is_ascii_digit())));
    let currency = code.and_then(Currency::parse);
    let text = if currency.is_some() { text.get(..cut).unwrap_or(text) } else { text };
    let (bank, number) = text.split_once('/').unwrap_or(("", text));
    (bank, number.trim_matches('"'), currency)
}

impl<'t> Open<'_, 't> {
    fn tags<'s>(&'s self, tags: &'s [&str]) -> impl Iterator<Item = &'s Field<'t>> {
        self.fields.iter().copied().filter(move |field| tags.contains(&field.tag))
    }

    /// The currency: of a balance, behind the account, of a floor or a sum.
    fn currency(&self) -> Option<Currency> {
        let balances = self.tags(&["60F", "60M", "62F", "62M", "64"]).filter_map(|field| balance(first(field)).ok());
        let own = self.tags(&["25"]).filter_map(|field| account(first(field)).2);
        let floors = self.tags(&["34F"]).filter_map(|field| Currency::parse(first(field).get(..3)?));
        let sums = self.tags(&["90C", "90D"]).filter_map(|field| {
            let text = first(field).trim_start_matches(|letter: char| letter.is_ascii_digit());
            Currency::parse(text.get(..3)?)
        });
        balances.map(|balance| balance.currency).chain(own).chain(floors).chain(sums).next()
    }

    fn finish(self, gathered: &mut Gathered) {
        if self.tags(&TAGS).next().is_none() {
            return;
        }
        let Some(currency) = self.currency() else {
            let lines = self.tags(&["61"]).count();
            let what = format!("no :60F:, :62F: or :34F: tells the currency of this statement, so its {lines} lines are not read");
            return gathered.refuse(self.place, what);
        };
        let (lines, credits, debits, moved) = self.lines(currency, gathered);
        let until = self.balances(currency, moved, gathered);
        self.sums(currency, credits, debits, gathered);
        let number = self.tags(&["28C", "28"]).find_map(|field| first(field).trim().split('/').next()?.parse().ok());
        let made_on = self.tags(&["13D", "13"]).find_map(|field| day::yymmdd(first(field).trim().get(..6)?));
        let (bank, own, _) = self.tags(&["25"]).next().map_or(("", "", None), |field| account(first(field)));
        let account = gather::account(bank, "", own, Some(currency));
        gathered.statements.push(Statement { account, currency, number, made_on, until, lines });
    }

    /// The movements, with counts and sums of both sides (not of expected ones) and what moved in all.
    fn lines(&self, currency: Currency, gathered: &mut Gathered) -> (Vec<Line>, (i64, i128), (i64, i128), i128) {
        let (mut lines, mut credits, mut debits, mut moved) = (Vec::new(), (0, 0), (0, 0), 0);
        let mut fields = self.fields.iter().copied().peekable();
        while let Some(field) = fields.next() {
            if field.tag != "61" {
                continue;
            }
            let mut infos: Vec<Vec<&str>> = Vec::new();
            while let Some(info) = fields.next_if(|next| matches!(next.tag, "86" | "NS")) {
                infos.push(info.lines.clone());
            }
            let whole = field.lines.concat();
            let read = movement::read(&field.lines, &whole, currency).and_then(|movement| {
                let line = line(field.place, &movement, &infos, currency)?;
                Ok((line, movement.minor, movement.expected))
            });
            match read {
                Ok((line, minor, expected)) => {
                    let side = if minor < 0 { &mut debits } else { &mut credits };
                    *side = (side.0 + 1, side.1 + i128::from(minor.unsigned_abs()));
                    moved += if expected { 0 } else { i128::from(minor) };
                    lines.push(line);
                }
                Err(what) => gathered.refuse(field.place, what),
            }
        }
        (lines, credits, debits, moved)
    }

    /// Checks the balances; the day of the final closing one, until which everything is told.
    fn balances(&self, currency: Currency, moved: i128, gathered: &mut Gathered) -> Option<Day> {
        let mut read = |tags: [&str; 2]| {
            let mut found = None;
            for field in self.tags(&tags) {
                match balance(first(field)) {
                    Ok(balance) if balance.currency == currency => {
                        found.get_or_insert((field.place, balance, field.tag.ends_with('F')));
                    }
                    Ok(_) => gathered.refuse(field.place, format!(":{}: another currency than the rest of the statement", field.tag)),
                    Err(what) => gathered.refuse(field.place, format!(":{}: {what}", field.tag)),
                }
            }
            found
        };
        let (opening, closing) = (read(["60F", "60M"]), read(["62F", "62M"]));
        let (place, closing, last) = closing?;
        if let Some((_, opening, _)) = opening {
            let sum = i128::from(opening.minor) + moved;
            gathered.check(place, "opening balance and movements make the closing balance", i128::from(closing.minor), sum);
        }
        last.then_some(closing.on)
    }

    /// `:90C:` and `:90D:` of MT942: how many, currency, how much.
    fn sums(&self, currency: Currency, credits: (i64, i128), debits: (i64, i128), gathered: &mut Gathered) {
        for (tag, (count, sum), of_count, of_sum) in [
            ("90C", credits, "credits of a statement", "sum of the credits of a statement"),
            ("90D", debits, "debits of a statement", "sum of the debits of a statement"),
        ] {
            for field in self.tags(&[tag]) {
                let text = first(field).trim();
                let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
                let (told, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
                if let Ok(told) = told.parse::<u32>() {
                    gathered.check(field.place, of_count, i128::from(told), i128::from(count));
                }
                let size = rest.strip_prefix(currency.code()).map(|size| amount::minor(size, currency.digits()));
                match size {
                    Some(Ok(told)) => gathered.check(field.place, of_sum, i128::from(told), sum),
                    Some(Err(what)) => gathered.refuse(field.place, format!(":{tag}: {what}")),
                    None => gathered.refuse(field.place, format!(":{tag}: not in the currency of the statement")),
                }
            }
        }
    }
}

/// A movement and what is written beside it as a line.
fn line(place: u32, movement: &Movement<'_>, infos: &[Vec<&str>], currency: Currency) -> Result<Line, String> {
    let info = info::read(infos);
    let event = movement.event(info.returned, info.fee);
    let mut line = gather::line(place, event, movement.minor, currency).map_err(|what| format!(":61: amount: {what}"))?;
    line.posted_on = Some(movement.posted_on);
    line.names.bank_id = word(movement.bank);
    line.names.company_use = info.end_to_end.or_else(|| word(movement.own));
    line.text = clean(&joined([&*info.text, &*clean(&movement.details)], " / "));
    if movement.minor > 0 || info.returned {
        line.payer.name = info.name;
        line.payer.account = info.account;
    } else if let Some(name) = info.name {
        line.text = clean(&joined([&*name, &*line.text], " / "));
    }
    line.codes = word(movement.kind).into_iter().chain(info.codes).collect();
    pix::lift(&line.text, currency, &mut line.names);
    Ok(line)
}
