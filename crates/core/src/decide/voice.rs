//! Caps and one voice: contacts that are open together become one message (SPEC §3.7, §3.8).

use std::cmp::Reverse;

use crate::decide::contacts::Finding;
use crate::decide::wait::Wait;
use crate::decide::{Announced, Decisions, Message, Tick};
use crate::facts::{Announcement, Channels, Contacted, Facts, SlotKind};
use crate::policy::program::Caps;
use crate::rulebook::{Class, Permit};
use crate::time::{Day, Instant, LocalTime};
use crate::words::{Channel, DeferReason, Mode, Tone};

/// A contact that nothing but the caps stands against.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) walk: usize,
    pub(super) key: Key,
    pub(super) channels: Channels,
    pub(super) tone: Tone,
    pub(super) days_late: i32,
    pub(super) order: u16,
    pub(super) rank: u32,
    pub(super) hour: LocalTime,
    pub(super) end: Instant,
    /// Receipts, answers and restored notices: neither counted nor merged.
    pub(super) alone: bool,
    /// Counted, but a message of its own: it is not about an amount due.
    pub(super) own: bool,
    pub(super) class: Class,
    /// How real it is.
    pub(super) mode: Mode,
    /// What the rulebook gave for it.
    pub(super) permit: Permit,
}

/// What a candidate stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key {
    /// A slot of the ladder: contact or notice.
    Slot(usize),
    /// A pending reaction.
    Reaction(usize),
}

impl Candidate {
    /// The more severe first: tone, days past due, file order, id.
    fn severity(&self) -> (Reverse<Tone>, Reverse<i32>, u16, u32) {
        (Reverse(self.tone), Reverse(self.days_late), self.order, self.rank)
    }
}

/// Days that the longest cap looks back and, so, within which a day is free again.
const CAP_DAYS: i32 = 30;

impl Tick<'_> {
    /// Sends what the caps allow and defers the rest.
    pub(super) fn speak(self, facts: &mut Facts<'_>, out: &mut Decisions) {
        let mut waiting = std::mem::take(&mut out.candidates);
        if waiting.is_empty() {
            out.candidates = waiting;
            return;
        }
        waiting.sort_by_key(Candidate::severity);
        let mut counted = 0;
        for index in 0..waiting.len() {
            if waiting[index].alone {
                self.send(facts, &waiting[index..=index], out);
            } else {
                waiting.swap(counted, index); // stable: only `alone` ones are overtaken
                counted += 1;
            }
        }
        waiting[..counted].sort_by_key(Candidate::severity);
        let caps = self.caps(facts);
        waiting.truncate(counted);
        // What is in shadow sees the messages that are not, and is not seen by them (SPEC §3.13).
        if waiting.iter().any(|item| item.mode == Mode::Shadow) {
            let (shadow, real): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|item| item.mode == Mode::Shadow);
            self.speak_in(facts, real, (caps, false), out);
            waiting = self.speak_in(facts, shadow, (caps, true), out);
        } else {
            waiting = self.speak_in(facts, waiting, (caps, false), out);
        }
        out.candidates = waiting;
    }

    /// Sends what the caps of one world allow and defers the rest; gives the list back empty.
    fn speak_in(
        self,
        facts: &mut Facts<'_>,
        mut waiting: Vec<Candidate>,
        (caps, shadow): (Caps, bool),
        out: &mut Decisions,
    ) -> Vec<Candidate> {
        let together = self.policies.newest().contact.consolidate;
        while !waiting.is_empty() && caps.has_room(&facts.contacts, self.today, shadow) {
            // The most severe leads; who may not be spoken of over its channels now waits for a message of its own.
            let (channels, redirected) = (waiting[0].channels, waiting[0].mode == Mode::Redirect);
            let joins = |item: &Candidate| {
                !item.own
                    && (item.mode == Mode::Redirect) == redirected
                    && (item.channels == channels || self.may_join(facts, item, channels))
            };
            let later = if !together || waiting[0].own {
                waiting.split_off(1)
            } else if waiting.iter().all(joins) {
                Vec::new()
            } else {
                let (now, later) = waiting.into_iter().partition(joins);
                waiting = now;
                later
            };
            self.send(facts, &waiting, out);
            let aged = |known: &Contacted| self.today.since(known.day) >= CAP_DAYS;
            let old = facts.contacts.iter().take_while(|known| aged(known)).count();
            facts.contacts.drain(..old);
            facts.contacts.push(Contacted { day: self.today, channels, shadow });
            waiting = later;
        }
        for candidate in &waiting {
            let free = caps.next_free(&facts.contacts, self.today, shadow);
            let until = free.map_or(Instant::NEVER, |day| facts.zone.at(day, candidate.hour));
            self.defer_candidate(facts, candidate, Wait::new(DeferReason::Capped, until), out);
        }
        waiting.clear();
        waiting
    }

    /// Whether the rulebook lets a contact go over all of a message's channels now (SPEC §3.6, §18.4).
    fn may_join(self, facts: &Facts<'_>, item: &Candidate, channels: Channels) -> bool {
        let receivable = &facts.walks[item.walk];
        let law = self.lawful(facts, (receivable, item.mode == Mode::Shadow), channels, item.class, item.hour);
        matches!(law, Finding::Go(open, _) if open == channels)
    }

    fn defer_candidate(self, facts: &mut Facts<'_>, candidate: &Candidate, wait: Wait, out: &mut Decisions) {
        match candidate.key {
            Key::Slot(index) => {
                self.wait(facts, candidate.walk, index, wait, out);
                let slot = self.slot(&facts.walks[candidate.walk], index);
                self.wake_for_condition(facts, candidate.walk, slot);
            }
            Key::Reaction(index) => self.wait_reaction(facts, candidate.walk, index, wait, out),
        }
        facts.walks[candidate.walk].wake(candidate.end);
    }

    /// Makes one message of candidates, the most severe first.
    fn send(self, facts: &mut Facts<'_>, items: &[Candidate], out: &mut Decisions) {
        let Some(lead) = items.first() else { return };
        let message = out.messages.len();
        let first = out.rows.len();
        out.messages.push(Message {
            channels: lead.channels,
            lead: first,
            mode: lead.mode,
            tone: lead.tone,
            class: if items.iter().any(|item| item.class == Class::Collection) { Class::Collection } else { Class::Informative },
            permit: lead.permit,
            announces: Vec::new(),
            rows: (first..first + items.len()).collect(),
        });
        for item in items {
            match item.key {
                Key::Slot(index) => self.done(facts, item.walk, index, Some(message), item.permit.rule(), out),
                Key::Reaction(index) => self.done_reaction(facts, item.walk, index, Some(message), item.permit.rule(), out),
            }
        }
        // A push preview names nothing (SPEC §4), so a message that is only that announces nothing.
        if lead.channels != Channels::of(Channel::Push) {
            self.announce(facts, items, message, out);
        }
    }

    /// Records which adverse steps a delivered message named, and for when; decided ones are left out (SPEC §3.4).
    ///
    /// All are taken in before the dates are computed, since the date of one depends on that of those before it.
    fn announce(self, facts: &mut Facts<'_>, items: &[Candidate], message: usize, out: &mut Decisions) {
        let mut told: Vec<(usize, Instant, usize)> = Vec::new();
        for item in items {
            let Key::Slot(index) = item.key else { continue };
            let receivable = &facts.walks[item.walk];
            let slot = self.slot(receivable, index);
            let own = [slot.step];
            let named = match slot.kind {
                SlotKind::Notice => &own[..],
                SlotKind::Contact => receivable.step(self.policies, slot).announces.as_slice(),
                SlotKind::Adverse | SlotKind::Task | SlotKind::WriteOff | SlotKind::Charge => &[],
            };
            for &step in named {
                if let Some(target) = self.next_of(receivable, step) {
                    told.push((item.walk, receivable.slots[target].raw, target));
                }
            }
        }
        told.sort_unstable();
        told.dedup();
        let in_shadow = out.messages[message].mode == Mode::Shadow;
        let unseen =
            |facts: &Facts<'_>, walk: usize, slot: usize| self.is_shadow(facts, &facts.walks[walk], self.slot(&facts.walks[walk], slot));
        for &(walk, _, slot) in &told {
            let shadow = in_shadow || unseen(facts, walk, slot);
            facts.walks[walk].announcements.push(Announcement { slot, at: self.now, named: Day::MIN, shadow });
        }
        for &(walk, _, slot) in &told {
            // A message that is sent does not speak of a step in shadow.
            let silent = !in_shadow && unseen(facts, walk, slot);
            let day = self.adverse_day(facts, walk, slot, self.today);
            let receivable = &mut facts.walks[walk];
            let step = self.slot(receivable, slot).step;
            for known in receivable.announcements.iter_mut().filter(|known| known.slot == slot && known.at == self.now) {
                known.named = day;
            }
            receivable.touch(); // the step now waits for that day
            if !silent {
                out.messages[message].announces.push(Announced { walk, step, named: day });
            }
        }
    }

    /// The strictest caps of the newest policy and of the segments of the customer's open receivables.
    pub(super) fn caps(self, facts: &Facts<'_>) -> Caps {
        let open = facts.walks.iter().filter(|walk| walk.closed.is_none());
        let own = open.filter_map(|walk| walk.rules(self.policies).segments[walk.segment].caps);
        let newest = self.policies.newest();
        // A segment's caps replace the policy's for its receivables; of several caps of one customer the strictest holds.
        let mut caps: Option<Caps> = None;
        for found in own {
            caps = Some(caps.map_or(found, |known| known.strictest(found)));
        }
        let some_without =
            facts.walks.iter().any(|walk| walk.closed.is_none() && walk.rules(self.policies).segments[walk.segment].caps.is_none());
        match caps {
            Some(caps) if !some_without => caps,
            Some(caps) => caps.strictest(newest.contact.caps),
            None => newest.contact.caps,
        }
    }
}

impl Caps {
    fn strictest(self, other: Self) -> Self {
        let least = |a: Option<u16>, b: Option<u16>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            per_day: least(self.per_day, other.per_day),
            per_week: least(self.per_week, other.per_week),
            per_month: least(self.per_month, other.per_month),
        }
    }

    pub(super) fn has_room(self, contacts: &[Contacted], day: Day, shadow: bool) -> bool {
        let room = |cap: Option<u16>, days: i32| {
            cap.is_none_or(|cap| {
                let recent = contacts.iter().rev().take_while(|known| day.since(known.day) < days);
                let known = recent.filter(|known| shadow || !known.shadow).count();
                known < usize::from(cap)
            })
        };
        room(self.per_day, 1) && room(self.per_week, 7) && room(self.per_month, CAP_DAYS)
    }

    pub(super) fn next_free(self, contacts: &[Contacted], today: Day, shadow: bool) -> Option<Day> {
        (1..=CAP_DAYS).map(|ahead| today.plus(ahead)).find(|&day| self.has_room(contacts, day, shadow))
    }
}
