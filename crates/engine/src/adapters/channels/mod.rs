//! Carriers of channels over HTTP, and the switchboard that joins them with e-mail: each channel at its own rate, side by side.
//!
//! Messages of a channel go in the order in which they come, which is the engine's: the most valuable of a group first. What a
//! channel cannot carry within a moment waits outside, so that a slow channel holds up no other. Deliberately absent: which message
//! goes over which channel, people's wishes, and tiers that count people, which the engine keeps in its database.

mod callback;
mod pace;
mod push;
mod sms;
mod whatsapp;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Clock};

use regua_core::facts::Channels;
use regua_core::words::Channel;

use crate::channels::{CLOSED_SECS, Says};
use crate::ports::{Courier, Parcel, Sent};

pub use callback::{Callback, CallbackSettings};
pub use pace::Pace;
pub use push::{Push, PushSettings};
pub use sms::{Sms, SmsSender, SmsSettings};
pub use whatsapp::{Whatsapp, WhatsappSettings};

/// Seconds of work that a channel takes on at a time; what is behind them waits in the outbox.
const GROUP_SECS: u32 = 2;
/// For how long a channel is closed after its far side said that a person must look.
const CLOSED: Duration = Duration::from_secs(CLOSED_SECS.unsigned_abs());

/// Carries the messages of a channel, one at a time.
pub trait Carries: Send {
    /// Sends a message, once, and says what became of it.
    fn send(&mut self, parcel: &Parcel) -> Sent;

    /// Whether its settings can be used, without sending anything: what `regua doctor` says of it.
    ///
    /// # Errors
    /// Why not, and the mend.
    fn check(&mut self) -> Result<String, String>;
}

/// A channel's way out: carriers that work side by side, at one rate.
pub struct Line {
    channels: Channels,
    carriers: Vec<Box<dyn Carries>>,
    pace: Mutex<Pace>,
    /// Until when nothing goes, and why.
    closed: Mutex<Option<(Clock, String)>>,
    began: Clock,
}

impl Line {
    /// Of these channels, over these carriers, so many messages a second; 0 for any number.
    #[must_use]
    pub fn new(channels: Channels, carriers: Vec<Box<dyn Carries>>, per_second: u32) -> Self {
        Self { channels, carriers, pace: Mutex::new(Pace::new(per_second)), closed: Mutex::new(None), began: Clock::now() }
    }

    /// The channels that it carries.
    #[must_use]
    pub const fn channels(&self) -> Channels {
        self.channels
    }

    /// As [`Carries::check`], of the first of its carriers.
    ///
    /// # Errors
    /// Why it cannot be used, and the mend.
    pub fn check(&mut self) -> Result<String, String> {
        match self.carriers.first_mut() {
            Some(carrier) => carrier.check(),
            None => Err("nothing carries this channel; see `regua config --manual`".to_owned()),
        }
    }

    /// Why it is closed, while it is.
    fn closed(&self) -> Option<String> {
        let closed = locked(&self.closed);
        closed.as_ref().filter(|(until, _)| Clock::now() < *until).map(|(_, why)| why.clone())
    }

    /// Sends parcels, the first first, and says of each what became of it, in their order.
    fn carry(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        if let Some(why) = self.closed() {
            return parcels.iter().map(|_| Sent::of_closed(&why)).collect();
        }
        let pace = *locked(&self.pace);
        let now = pace.within(GROUP_SECS, parcels.len());
        let (first, rest) = parcels.split_at_checked(now).unwrap_or((parcels, &[]));
        let mut sent = self.side_by_side(first);
        sent.extend(rest.iter().enumerate().map(|(place, _)| Sent::of_rate(pace.turn_secs(place))));
        sent
    }

    fn side_by_side(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let (next, shut) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (pace, closed, began) = (&self.pace, &self.closed, self.began);
        let turns = |carrier: &mut dyn Carries| {
            let mut done = Vec::new();
            loop {
                // One that takes its turn holds the others up: they would only wait behind it.
                let mut turn = locked(pace);
                let place = next.fetch_add(1, Ordering::SeqCst);
                let Some(parcel) = parcels.get(place) else { return done };
                if shut.load(Ordering::SeqCst) {
                    done.push((place, Sent::of_closed("the carrier refused another message")));
                    continue;
                }
                pause(Duration::from_micros(turn.wait(micros(began))));
                turn.went(micros(began));
                drop(turn);
                let sent = carrier.send(parcel);
                if sent.says() == Says::Alert
                    && let Sent::Later { reply, .. } = &sent
                {
                    shut.store(true, Ordering::SeqCst);
                    *locked(closed) = Some((Clock::now() + CLOSED, reply.clone()));
                }
                done.push((place, sent));
            }
        };
        let mut sent: Vec<Option<Sent>> = vec![None; parcels.len()];
        std::thread::scope(|scope| {
            let turns = &turns;
            let carriers = self.carriers.iter_mut().take(parcels.len());
            let work: Vec<_> = carriers.map(|carrier| scope.spawn(move || turns(carrier.as_mut()))).collect();
            for (place, what) in work.into_iter().filter_map(|work| work.join().ok()).flatten() {
                if let Some(slot) = sent.get_mut(place) {
                    *slot = Some(what);
                }
            }
        });
        // A carrier that panicked may have sent what it had, and what it said of others is lost: nobody knows.
        let lost = || Sent::Unknown { why: "the carrier's thread ended; this is a bug".to_owned() };
        sent.into_iter().map(|sent| sent.unwrap_or_else(lost)).collect()
    }
}

/// E-mail and the other channels behind one courier.
#[derive(Default)]
pub struct Switchboard {
    mail: Option<Box<dyn Courier>>,
    lines: Vec<Line>,
}

impl Switchboard {
    /// What carries e-mail, and a line for each other channel; of two lines of one channel the first counts.
    #[must_use]
    pub fn new(mail: Option<Box<dyn Courier>>, lines: Vec<Line>) -> Self {
        Self { mail, lines }
    }

    /// The lines, to be looked at.
    pub fn lines_mut(&mut self) -> &mut [Line] {
        &mut self.lines
    }

    /// Who carries a channel: a line by its place, or e-mail.
    fn way(&self, channel: Channel) -> Option<usize> {
        self.lines.iter().position(|line| line.channels.meets(Channels::of(channel)))
    }
}

impl Courier for Switchboard {
    fn carries(&self) -> Channels {
        let mail = self.mail.as_ref().map(|mail| mail.carries()).unwrap_or_default();
        let open = self.lines.iter().filter(|line| line.closed().is_none() && !line.carriers.is_empty());
        open.fold(mail, |all, line| all.with(line.channels))
    }

    fn closed(&self) -> Channels {
        let shut = self.lines.iter().filter(|line| line.closed().is_some() && !line.carriers.is_empty());
        shut.fold(Channels::default(), |all, line| all.with(line.channels))
    }

    fn at_a_time(&self) -> usize {
        self.mail.as_ref().map_or(usize::MAX, |mail| mail.at_a_time())
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        // Each line gets its own, in order; what no line has goes by mail.
        let ways: Vec<Option<usize>> = parcels.iter().map(|parcel| self.way(parcel.channel)).collect();
        let of = |way: Option<usize>| -> Vec<&Parcel> {
            ways.iter().zip(parcels).filter(|(known, _)| **known == way).map(|(_, parcel)| *parcel).collect()
        };
        let mut answers: Vec<std::vec::IntoIter<Sent>> = Vec::with_capacity(self.lines.len());
        let mut by_mail = Vec::new().into_iter();
        std::thread::scope(|scope| {
            let lines: Vec<_> = self
                .lines
                .iter_mut()
                .enumerate()
                .map(|(place, line)| {
                    let own = of(Some(place));
                    scope.spawn(move || if own.is_empty() { Vec::new() } else { line.carry(&own) })
                })
                .collect();
            let own = of(None);
            let sent = match &mut self.mail {
                _ if own.is_empty() => Vec::new(),
                Some(mail) => mail.send(&own),
                None => own.iter().map(|_| nothing()).collect(),
            };
            by_mail = sent.into_iter();
            answers.extend(lines.into_iter().map(|line| line.join().unwrap_or_default().into_iter()));
        });
        let lost = || Sent::Unknown { why: "the channel's thread ended; this is a bug".to_owned() };
        ways.iter()
            .map(|way| {
                let answer = match way {
                    Some(place) => answers.get_mut(*place).and_then(Iterator::next),
                    None => by_mail.next(),
                };
                answer.unwrap_or_else(lost)
            })
            .collect()
    }
}

fn nothing() -> Sent {
    Sent::Refused { code: None, reply: "nothing carries this channel here".to_owned() }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn micros(began: Clock) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a carrier's rate is kept by waiting")]
fn pause(length: Duration) {
    if !length.is_zero() {
        std::thread::sleep(length);
    }
}

#[cfg(test)]
mod tests;
