//! One decision in 24 bytes, ordered as `decisions.csv` orders them.

use std::cmp::Ordering;

use regua_core::facts::Channels;
use regua_core::time::Instant;
use regua_core::words::{Channel, SkipReason};

/// A decision, with its receivable by rank and its step by place, so that all comparisons are of integers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Record {
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    /// The place of the receivable's id among all, by bytes.
    pub(crate) rank: u32,
    /// [`NO_MESSAGE`], [`ALONE`], or where its message stands in the arena.
    pub(crate) message: u32,
    /// The place of the step in the policy's file order.
    pub(crate) step: u16,
    pub(crate) cycle: u16,
    pub(crate) occurrence: u16,
    /// 0 is done, else 1 + the place of the skip reason.
    pub(crate) outcome: u8,
    /// A set of channels, one bit each in the order of [`Channel::ALL`].
    pub(crate) channels: u8,
}

/// The decision sent nothing.
pub(crate) const NO_MESSAGE: u32 = u32::MAX;
/// The decision's message is about this decision alone.
pub(crate) const ALONE: u32 = u32::MAX - 1;
/// Bytes of a record in a spilled run.
pub(crate) const RECORD_BYTES: usize = 24;

impl Record {
    /// The first row of a message is the least of its rows.
    pub(crate) const fn key(&self) -> (i64, u32, u16, u16, u16) {
        (self.at, self.rank, self.step, self.cycle, self.occurrence)
    }

    pub(crate) fn to_bytes(self) -> [u8; RECORD_BYTES] {
        let mut bytes = [0; RECORD_BYTES];
        let parts: [&[u8]; 7] = [
            &self.at.to_be_bytes(),
            &self.rank.to_be_bytes(),
            &self.message.to_be_bytes(),
            &self.step.to_be_bytes(),
            &self.cycle.to_be_bytes(),
            &self.occurrence.to_be_bytes(),
            &[self.outcome, self.channels],
        ];
        let mut rest = bytes.as_mut_slice();
        for part in parts {
            let (here, after) = rest.split_at_mut(part.len());
            here.copy_from_slice(part);
            rest = after;
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; RECORD_BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, outcome, channels] = bytes;
        Self {
            at: i64::from_be_bytes([a, b, c, d, e, f, g, h]),
            rank: u32::from_be_bytes([i, j, k, l]),
            message: u32::from_be_bytes([m, n, o, p]),
            step: u16::from_be_bytes([q, r]),
            cycle: u16::from_be_bytes([s, t]),
            occurrence: u16::from_be_bytes([u, v]),
            outcome,
            channels,
        }
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_micros(self.at)
    }
}

impl Ord for Record {
    /// Absolute instant, receivable id, file order, cycle, occurrence; what remains only makes the order total.
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key()).then_with(|| (self.outcome, self.channels).cmp(&(other.outcome, other.channels)))
    }
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The code of an outcome: 0 is done, else 1 + the place of the reason.
pub(crate) fn outcome_code(skipped: Option<SkipReason>) -> u8 {
    let place = skipped.and_then(|reason| SkipReason::ALL.iter().position(|known| *known == reason));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
}

/// The skip reason of a code; nothing when it was done.
pub(crate) fn skip_reason(code: u8) -> Option<SkipReason> {
    usize::from(code).checked_sub(1).and_then(|place| SkipReason::ALL.get(place)).copied()
}

/// A set of channels as bits in the order of [`Channel::ALL`].
pub(crate) fn channel_bits(channels: Channels) -> u8 {
    let bits = Channel::ALL.iter().zip(0_u32..).filter(|(channel, _)| channels.meets(Channels::of(**channel)));
    bits.fold(0, |set, (_, bit)| set | 1_u8.checked_shl(bit).unwrap_or(0))
}

/// The channels of bits.
pub(crate) fn channels_of(bits: u8) -> Channels {
    let set = Channel::ALL.iter().zip(0_u32..).filter(|(_, bit)| bits.checked_shr(*bit).is_some_and(|rest| rest & 1 == 1));
    set.fold(Channels::default(), |set, (channel, _)| set.with(Channels::of(*channel)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_stays_small() {
        assert_eq!(std::mem::size_of::<Record>(), RECORD_BYTES);
    }

    #[test]
    fn codes_give_back_what_they_stand_for() {
        assert_eq!(skip_reason(outcome_code(None)), None);
        for reason in SkipReason::ALL {
            assert_eq!(skip_reason(outcome_code(Some(*reason))), Some(*reason));
        }
        for bits in 0..128 {
            assert_eq!(channel_bits(channels_of(bits)), bits);
        }
    }

    proptest! {
        #[test]
        fn bytes_give_the_record_back(
            (at, rank, message) in (any::<i64>(), any::<u32>(), any::<u32>()),
            (step, cycle, occurrence, outcome, channels) in (any::<u16>(), any::<u16>(), any::<u16>(), any::<u8>(), any::<u8>()),
        ) {
            let record = Record { at, rank, message, step, cycle, occurrence, outcome, channels };
            prop_assert_eq!(Record::from_bytes(record.to_bytes()), record);
        }
    }
}
