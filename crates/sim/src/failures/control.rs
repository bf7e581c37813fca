//! Attempts in which the moment does not matter: whoever finds a best delay in them fools himself.
//!
//! Reads `psp_card_attempts` of the data folder, fits a timing effect and the effect of the provider, each with its interval.
//! Deliberately absent: the file itself, which is not ours to ship, and floats that are computed with: those are `regua_model`'s.

use std::collections::BTreeMap;

use regua_core::time::{Instant, Zone};
use regua_model::interval::Interval;
use regua_model::logistic::{Group, fit};

/// Seconds in which the same country, amount and card is the same payer, by the note beside the data.
const RETRY_SECS: i64 = 60;
/// Buckets of the delay before a retry, of fifteen seconds each.
const DELAYS: usize = 4;
/// Precision of the prior of each weight: next to nothing, so that the data speak.
const PRECISION: f64 = 0.01;

/// Providers, in the order of their weights.
const PROVIDERS: [&str; 4] = ["UK_Card", "Simplecard", "Moneycard", "Goldcard"];
/// Cards, in the order of their weights.
const CARDS: [&str; 3] = ["Master", "Visa", "Diners"];

/// Places of weights: the base, then three contrasts of providers, 3-D Secure, two of cards, the delay's three, the night.
mod place {
    pub(super) const BASE: usize = 0;
    pub(super) const PROVIDER: usize = 1;
    pub(super) const SECURED: usize = 4;
    pub(super) const CARD: usize = 5;
    pub(super) const DELAY: usize = 7;
    pub(super) const NIGHT: usize = 10;
    pub(super) const COUNT: usize = 11;
}

/// What the attempts say, in log-odds with 95 % intervals.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Effects {
    /// Attempts in the file.
    pub attempts: usize,
    /// Retries among them.
    pub retries: usize,
    /// A retry after 45 to 60 seconds against one within 15.
    pub delay: Interval,
    /// A retry between one and five at night against the day.
    pub night: Interval,
    /// The provider Goldcard against Simplecard.
    pub provider: Interval,
}

/// Why a file is not the one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotTheFile {
    /// A line that cannot be read.
    #[error("line {0} is not an attempt; the file is `attempts_2019-01.csv`, unpacked, with seven columns")]
    Line(usize),
    /// Too little to fit.
    #[error("too few retries to fit anything; give the whole file")]
    TooFew,
}

/// Fits the effects.
///
/// # Errors
/// [`NotTheFile`] with the first line that is no attempt.
pub fn effects(text: &str) -> Result<Effects, NotTheFile> {
    let mut last: BTreeMap<(&str, &str, &str), (i64, bool)> = BTreeMap::new();
    let mut cells: BTreeMap<Vec<usize>, (u32, u32)> = BTreeMap::new();
    let (mut attempts, mut retries) = (0, 0);
    for (index, line) in text.lines().enumerate().skip(1) {
        let bad = || NotTheFile::Line(index + 1);
        let fields: Vec<&str> = line.split(',').collect();
        let [at, country, amount, success, provider, secured, card] = fields[..] else { return Err(bad()) };
        let at = Instant::parse(&format!("{at}Z")).map_err(|_bad| bad())?;
        let success = match success {
            "1" => true,
            "0" => false,
            _ => return Err(bad()),
        };
        attempts += 1;
        let before = last.insert((country, amount, card), (at.secs(), success));
        let Some((earlier, false)) = before else { continue };
        let delay = at.secs() - earlier;
        if delay > RETRY_SECS {
            continue;
        }
        retries += 1;
        let known = |list: &[&str], name: &str| list.iter().position(|known| *known == name).ok_or_else(bad);
        let mut places = vec![place::BASE];
        let mut contrast = |first: usize, rank: usize| places.extend(rank.checked_sub(1).map(|rank| first + rank));
        contrast(place::PROVIDER, known(&PROVIDERS, provider)?);
        contrast(place::CARD, known(&CARDS, card)?);
        contrast(place::DELAY, usize::try_from(delay / 15).unwrap_or(0).min(DELAYS - 1));
        contrast(place::SECURED, usize::from(secured == "1"));
        let hour = Zone::utc().local(at).1 / 3600;
        contrast(place::NIGHT, usize::from((1..5).contains(&hour)));
        let (count, hits) = cells.entry(places).or_default();
        *count += 1;
        *hits += u32::from(success);
    }
    let group = |(places, (count, hits)): (Vec<usize>, (u32, u32))| Group { places, count: f64::from(count), hits: f64::from(hits) };
    let groups: Vec<_> = cells.into_iter().map(group).collect();
    let fitted = fit(&[0.0; place::COUNT], PRECISION, &groups).filter(|_| retries > 100).ok_or(NotTheFile::TooFew)?;
    let say = |sum: &[(usize, f64)]| fitted.contrast(sum).ok_or(NotTheFile::TooFew);
    Ok(Effects {
        attempts,
        retries,
        delay: say(&[(place::DELAY + DELAYS - 2, 1.0)])?,
        night: say(&[(place::NIGHT, 1.0)])?,
        provider: say(&[(place::PROVIDER + 2, 1.0), (place::PROVIDER, -1.0)])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;

    /// A made-up file in which the provider matters, and the delay as much as asked.
    fn file(late_percent: u64) -> String {
        let mut draw = Draw::new(6);
        let mut text = "tmsp,country,amount,success,PSP,3D_secured,card\n".to_owned();
        for pair in 0..8_000_u64 {
            let (day, hour, minute) = (1 + pair % 28, pair / 28 % 24, pair % 50);
            let delay = draw.below(59) + 1;
            let provider = *draw.pick(&["Goldcard", "Simplecard"]).unwrap();
            let odds = if provider == "Goldcard" { 40 } else { 15 } + if delay >= 45 { late_percent } else { 0 };
            let success = u8::from(draw.chance(odds));
            let amount = 1000 + pair;
            text += &format!("2019-01-{day:02}T{hour:02}:{minute:02}:00,Austria,{amount},0,{provider},0,Visa\n");
            text += &format!("2019-01-{day:02}T{hour:02}:{minute:02}:{delay:02},Austria,{amount},{success},{provider},0,Visa\n");
        }
        text
    }

    #[test]
    fn an_effect_is_found_where_there_is_one_and_not_where_there_is_none() {
        let none = effects(&file(0)).unwrap();
        assert!(none.delay.holds(0.0) && none.night.holds(0.0), "{none:?}");
        assert!(none.provider.low > 0.5, "{none:?}");
        assert_eq!((none.attempts, none.retries), (16_000, 8_000));
        let some = effects(&file(20)).unwrap();
        assert!(some.delay.low > 0.3, "{some:?}");
    }

    #[test]
    fn another_file_is_refused_with_its_line() {
        assert_eq!(effects("a\nb"), Err(NotTheFile::Line(2)));
        assert_eq!(effects("a\n2019-01-01T00:00:00,Austria,5,1,Other,0,Visa"), Err(NotTheFile::TooFew));
        assert_eq!(effects(""), Err(NotTheFile::TooFew));
    }
}
