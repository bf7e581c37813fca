//! Moments and spans as people write them on a command line.

use std::str::FromStr;

use regua_core::time::{Day, Instant, Zone};

/// A date or a time; a date means its 00:00 in the policy's zone, which is not known while arguments are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
    /// `2026-12-10`
    On(Day),
    /// `2026-12-10T18:00:00-03:00`
    At(Instant),
}

impl Moment {
    /// The instant that is meant.
    pub(crate) fn instant(self, zone: Zone) -> Instant {
        match self {
            Self::On(day) => zone.midnight(day),
            Self::At(at) => at,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is neither a date such as 2026-12-31 nor a time such as 2026-12-31T18:00:00-03:00");
        Day::parse(text).map(Self::On).or_else(|_| Instant::parse(text).map(Self::At)).or(Err(bad()))
    }
}

/// From a moment until just before another: `FROM..TO`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    from: Moment,
    to: Moment,
}

impl Span {
    /// Both ends.
    ///
    /// # Errors
    /// When it ends before it begins: surely a slip, though an empty span would be harmless.
    pub(crate) fn instants(self, zone: Zone) -> Result<(Instant, Instant), String> {
        let (from, to) = (self.from.instant(zone), self.to.instant(zone));
        if from < to {
            Ok((from, to))
        } else {
            Err(format!("{}..{} ends before it begins; swap its ends", zone.rfc3339(from), zone.rfc3339(to)))
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) =
            text.split_once("..").ok_or_else(|| format!("`{text}` has no `..`; write FROM..TO, such as 2026-12-10..2026-12-26"))?;
        Ok(Self { from: from.parse()?, to: to.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_mean_midnight_in_the_policys_zone() {
        let zone = Zone::parse("America/Sao_Paulo").expect("a zone");
        let span: Span = "2026-12-10..2026-12-26T18:30:00Z".parse().expect("a span");
        let (from, to) = span.instants(zone).expect("in order");
        assert_eq!((zone.rfc3339(from).as_str(), zone.rfc3339(to).as_str()), ("2026-12-10T00:00:00-03:00", "2026-12-26T15:30:00-03:00"));
    }

    #[test]
    fn what_is_no_span_is_told_with_the_mend() {
        for (text, told) in [
            ("2026-12-10", "`2026-12-10` has no `..`; write FROM..TO, such as 2026-12-10..2026-12-26"),
            ("2026-12-10..tomorrow", "`tomorrow` is neither a date such as 2026-12-31 nor a time such as 2026-12-31T18:00:00-03:00"),
        ] {
            assert_eq!(text.parse::<Span>(), Err(told.to_owned()));
        }
        let back: Span = "2026-12-26..2026-12-10".parse().expect("a span by its form");
        assert!(back.instants(Zone::utc()).is_err_and(|told| told.ends_with("swap its ends")));
    }
}
