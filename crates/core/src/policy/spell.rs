//! How compiled values are written in a file: for differences, explanations and findings.

use std::fmt;

use super::Verb;
use super::program::{Act, Anchor, At, Caps, Delay, Every, Ladder, Offset};

/// When a step happens, as the file writes it: `D+5bd 10:00`, `charge+2d 09:00`. The ladder names the steps that others follow.
#[must_use]
pub fn moment(at: At, ladder: &Ladder) -> String {
    let anchor = match at.anchor {
        Anchor::After(step) => ladder.steps.get(step).map_or("?", |step| step.id.as_str()),
        Anchor::Issue => "I",
        Anchor::Due => "D",
        Anchor::Failed => "F",
        Anchor::Promise => "P",
        Anchor::Expiry => "X",
        Anchor::Renewal => "R",
    };
    match at.offset {
        Offset::Hours(_) => format!("{anchor}{}", at.offset),
        Offset::Days(_) | Offset::OpenDays(_) => format!("{anchor}{} {}", at.offset, at.time),
    }
}

/// How a step repeats, as the file writes it: `every 7d until D+60`.
#[must_use]
pub fn every(every: Every, ladder: &Ladder) -> String {
    let gap = every.step.to_string();
    let until = moment(every.until, ladder);
    // Only the date of the end counts.
    format!("every {} until {}", gap.trim_start_matches('+'), until.split(' ').next().unwrap_or_default())
}

impl fmt::Display for Offset {
    /// `+5d`, `-5bd`, `+6h`; nothing for no days.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(0) => Ok(()),
            Self::Days(days) => write!(f, "{days:+}d"),
            Self::OpenDays(days) => write!(f, "{days:+}bd"),
            Self::Hours(hours) => write!(f, "{hours:+}h"),
        }
    }
}

impl fmt::Display for Delay {
    /// `3d`, `3bd`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days}d"),
            Self::OpenDays(days) => write!(f, "{days}bd"),
        }
    }
}

impl fmt::Display for Caps {
    /// `1/day, 3/week`, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caps = [(self.per_day, "day"), (self.per_week, "week"), (self.per_month, "month")];
        let shown: Vec<String> = caps.iter().filter_map(|(cap, period)| cap.map(|cap| format!("{cap}/{period}"))).collect();
        f.write_str(if shown.is_empty() { "none" } else { "" })?;
        f.write_str(&shown.join(", "))
    }
}

impl Act {
    /// The word for it in the file.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Notify(_) => Verb::Notify,
            Self::Offer(..) => Verb::Offer,
            Self::Charge => Verb::Charge,
            Self::Access(_) => Verb::Access,
            Self::Fee(_) => Verb::Fee,
            Self::Report(_) => Verb::Report,
            Self::Assign(_) => Verb::Assign,
            Self::Task(_) => Verb::Task,
            Self::WriteOff => Verb::WriteOff,
        }
    }
}
