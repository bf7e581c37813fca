//! When the engine slept: spans in which nothing is seen or decided (`--down FROM..TO`).

use regua_core::time::{Instant, Zone};

/// Spans of sleep, disjoint and ascending; each includes its first moment and not its last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asleep {
    spans: Vec<(Instant, Instant)>,
}

impl Asleep {
    /// From spans in any order; empty ones vanish, those that touch become one.
    pub(crate) fn new(down: &[(Instant, Instant)]) -> Self {
        let mut sorted: Vec<_> = down.iter().copied().filter(|(from, to)| from < to).collect();
        sorted.sort_unstable();
        let mut spans: Vec<(Instant, Instant)> = Vec::with_capacity(sorted.len());
        for (from, to) in sorted {
            match spans.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => spans.push((from, to)),
            }
        }
        Self { spans }
    }

    /// The moment itself when awake, else the end of the sleep it falls into.
    pub(crate) fn awake_at(&self, at: Instant) -> Instant {
        let after = self.spans.partition_point(|(from, _)| *from <= at);
        match after.checked_sub(1).and_then(|place| self.spans.get(place)) {
            Some(&(_, to)) if at < to => to,
            Some(_) | None => at,
        }
    }

    /// The last waking at or before a moment.
    fn last_waking(&self, at: Instant) -> Option<Instant> {
        let after = self.spans.partition_point(|(_, to)| *to <= at);
        after.checked_sub(1).and_then(|place| self.spans.get(place)).map(|&(_, to)| to)
    }

    /// When the sources of payments were last read at a waking moment: at the start, at every local 00:00, on waking
    /// (SPEC §17), but not while they were `silent`. [`Instant::DAWN`] when never.
    pub(crate) fn source_read_at(&self, at: Instant, zone: Zone, start: Instant, silent: &[(Instant, Instant)]) -> Instant {
        let mut at = at;
        loop {
            if at < start {
                return Instant::DAWN;
            }
            // A midnight slept through is earlier than the waking after it, so the later of both was awake.
            let midnight = zone.midnight(zone.day_of(at));
            // Where summer time skips midnight forward, the day's first moment may not have come yet.
            let midnight = if midnight <= at { midnight } else { zone.midnight(zone.day_of(at).plus(-1)) };
            let read = midnight.max(self.last_waking(at).unwrap_or(Instant::DAWN)).max(start);
            let Some(&(from, _)) = silent.iter().find(|(from, until)| *from <= read && read < *until) else {
                return read;
            };
            at = Instant::from_micros(from.micros().saturating_sub(1));
        }
    }

    /// The first reading at or after a moment: the next local 00:00, moved to the waking if asleep then.
    pub(crate) fn next_reading(&self, from: Instant, zone: Zone) -> Instant {
        let today = zone.midnight(zone.day_of(from));
        let midnight = if today >= from { today } else { zone.midnight(zone.day_of(from).plus(1)) };
        let waking = self.spans.iter().map(|&(_, to)| to).find(|&to| to >= from);
        self.awake_at(waking.map_or(midnight, |waking| waking.min(midnight)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(&format!("{text}:00-03:00")).expect("a time")
    }

    fn asleep(spans: &[(&str, &str)]) -> Asleep {
        Asleep::new(&spans.iter().map(|(from, to)| (at(from), at(to))).collect::<Vec<_>>())
    }

    #[test]
    fn sleep_is_half_open_and_spans_that_touch_are_one() {
        let asleep = asleep(&[
            ("2026-12-20T00:00", "2026-12-26T00:00"),
            ("2026-12-10T00:00", "2026-12-20T00:00"),
            ("2026-12-12T00:00", "2026-12-13T00:00"),
            ("2026-12-30T00:00", "2026-12-30T00:00"),
        ]);
        for (moment, awake) in [
            ("2026-12-09T23:59", "2026-12-09T23:59"),
            ("2026-12-10T00:00", "2026-12-26T00:00"),
            ("2026-12-20T00:00", "2026-12-26T00:00"),
            ("2026-12-25T23:59", "2026-12-26T00:00"),
            ("2026-12-26T00:00", "2026-12-26T00:00"),
            ("2026-12-30T00:00", "2026-12-30T00:00"),
        ] {
            assert_eq!(asleep.awake_at(at(moment)), at(awake), "{moment}");
        }
    }

    #[test]
    fn sources_are_read_at_midnight_on_waking_and_at_the_start() {
        let zone = Zone::parse("America/Sao_Paulo").expect("a zone");
        let asleep = asleep(&[("2026-12-10T18:00", "2026-12-12T15:00")]);
        let silent = [(at("2026-12-20T00:00"), at("2026-12-22T06:00"))];
        let start = at("2026-12-01T09:00");
        for (moment, read) in [
            ("2026-12-01T10:00", "2026-12-01T09:00"),
            ("2026-12-02T00:00", "2026-12-02T00:00"),
            ("2026-12-10T17:00", "2026-12-10T00:00"),
            ("2026-12-12T15:00", "2026-12-12T15:00"),
            ("2026-12-12T23:00", "2026-12-12T15:00"),
            ("2026-12-13T09:00", "2026-12-13T00:00"),
            ("2026-12-19T23:00", "2026-12-19T00:00"),
            ("2026-12-20T09:00", "2026-12-19T00:00"),
            ("2026-12-22T09:00", "2026-12-19T00:00"),
            ("2026-12-23T00:00", "2026-12-23T00:00"),
        ] {
            assert_eq!(asleep.source_read_at(at(moment), zone, start, &silent), at(read), "{moment}");
        }
        assert_eq!(asleep.source_read_at(at("2026-12-01T08:00"), zone, start, &silent), Instant::DAWN);
        assert_eq!(asleep.next_reading(at("2026-12-22T06:00"), zone), at("2026-12-23T00:00"));
        assert_eq!(asleep.next_reading(at("2026-12-23T00:00"), zone), at("2026-12-23T00:00"));
        assert_eq!(asleep.next_reading(at("2026-12-11T06:00"), zone), at("2026-12-12T15:00"));
    }
}
