//! The rule itself: days relative to the due date along a line, wide where most happens, its ticks and their numbers.

use super::canvas::px;
use super::scale::Scale;

/// Days that are drawn at full width; those before and after are compressed, as on a slide rule.
const FULL: (i64, i64) = (-10, 30);
/// How wide a compressed day is, in hundredths of a full one.
const COMPRESSED: i64 = 26;
/// A rule always shows at least these days, and never more than [`DAYS_MOST`].
const DAYS_LEAST: (i64, i64) = (-10, 90);
const DAYS_MOST: (i64, i64) = (-365, 730);

/// Days along a line.
#[derive(Clone, Debug)]
pub(in super::super) struct Rule {
    pieces: [Piece; 3],
}

/// Days of one width.
#[derive(Clone, Copy, Debug)]
struct Piece {
    days: (i64, i64),
    places: (i64, i64),
}

/// A mark of the rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Tick {
    /// Relative to the due date.
    pub(in super::super) day: i64,
    /// Along the line.
    pub(in super::super) place: i64,
    /// Tens are 2, fives 1, all others 0.
    pub(in super::super) weight: usize,
    /// Whether its number is written beside it.
    pub(in super::super) numbered: bool,
}

impl Rule {
    /// A rule over the given days, between two places.
    pub(in super::super) fn new(days: impl Iterator<Item = i32>, places: (i64, i64)) -> Self {
        let (from, to) = days.map(i64::from).fold(DAYS_LEAST, |(from, to), day| (from.min(day), to.max(day)));
        let (from, to) = (from.max(DAYS_MOST.0), to.min(DAYS_MOST.1));
        let weights = [(FULL.0 - from) * COMPRESSED, (FULL.1 - FULL.0) * 100, (to - FULL.1) * COMPRESSED];
        let scale = Scale::new((0, weights.iter().sum()), places);
        let [a, b, _] = weights;
        let (first, second) = (scale.at(a), scale.at(a + b));
        Self {
            pieces: [
                Piece { days: (from, FULL.0), places: (places.0, first) },
                Piece { days: FULL, places: (first, second) },
                Piece { days: (FULL.1, to), places: (second, places.1) },
            ],
        }
    }

    /// Where a day is; days beyond the rule stay at its ends.
    pub(in super::super) fn at(&self, day: i32) -> i64 {
        self.place(i64::from(day))
    }

    fn place(&self, day: i64) -> i64 {
        let [first, middle, last] = self.pieces;
        let piece = if day < middle.days.0 {
            first
        } else if day <= middle.days.1 {
            middle
        } else {
            last
        };
        Scale::new(piece.days, piece.places).at(day)
    }

    /// Its marks, ascending, at least 4 pixels apart; numbers at least `apart` from each other.
    pub(in super::super) fn ticks(&self, apart: i64) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for piece in self.pieces {
            let days = piece.days.1 - piece.days.0;
            if days <= 0 {
                continue;
            }
            let room = piece.places.1 - piece.places.0;
            let every = |gap: i64, units: &[i64]| units.iter().copied().find(|unit| unit * room >= gap * days).unwrap_or(90);
            let (unit, number) = (every(px(4), &[1, 5, 10, 30]), every(apart, &[5, 10, 30]));
            let first = piece.days.0 + (-piece.days.0).rem_euclid(unit);
            let marks = (0..).map(|index| first + index * unit).take_while(|day| *day <= piece.days.1);
            let fresh = marks.filter(|day| ticks.last().is_none_or(|last| last.day < *day)).map(|day| Tick {
                day,
                place: self.place(day),
                weight: usize::from(day % 10 == 0) + usize::from(day % 5 == 0),
                numbered: day % number == 0,
            });
            let fresh: Vec<Tick> = fresh.collect();
            ticks.extend(fresh);
        }
        // Where two pieces meet, numbers of both may come too close.
        let mut free_from = i64::MIN;
        for tick in &mut ticks {
            tick.numbered &= tick.place >= free_from;
            if tick.numbered {
                free_from = tick.place + apart;
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_ascend_and_the_ends_are_the_ends() {
        for days in [vec![], vec![-30, 0, 45], vec![-1_000, 5_000]] {
            let rule = Rule::new(days.iter().copied(), (0, 10_000));
            let (from, to) = (rule.pieces[0].days.0, rule.pieces[2].days.1);
            assert!(from <= -10 && to >= 90, "{days:?}");
            assert_eq!((rule.place(from), rule.place(to), rule.place(9_999)), (0, 10_000, 10_000));
            let places: Vec<i64> = (from..=to).map(|day| rule.place(day)).collect();
            assert!(places.is_sorted(), "{days:?}");
        }
    }

    #[test]
    fn ticks_are_readable_at_any_length() {
        for (days, room) in [(vec![], 10_400), (vec![-365, 730], 10_400), (vec![], 6_200), (vec![-30, 120], 3_000)] {
            let ticks = Rule::new(days.into_iter(), (0, room)).ticks(px(28));
            assert!(ticks.is_sorted_by(|a, b| a.day < b.day && a.place <= b.place));
            let numbered: Vec<_> = ticks.iter().filter(|tick| tick.numbered).collect();
            assert!(numbered.is_sorted_by(|a, b| b.place - a.place >= px(28)), "{numbered:?}");
            assert!(numbered.len() > 4, "{numbered:?}");
        }
    }
}
