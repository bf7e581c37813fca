//! Reactions follow their event: a window of `max_delay`, apart from the ladder's (SPEC §2).

use crate::decide::contacts::{Asked, Finding, local_time};
use crate::decide::voice::{Candidate, Key};
use crate::decide::wait::{Wait, defer, ended};
use crate::decide::{Decisions, Deferred, Outcome, Row, StepRef, Tick};
use crate::facts::{Facts, Stand, Walk};
use crate::policy::program::{Act, Event, Offset, Reaction};
use crate::rulebook::{Class, Rule};
use crate::time::{Instant, LocalTime};
use crate::words::{DeferReason, Mode, SkipReason, Tone};

impl Tick<'_> {
    /// Judges the pending reactions of a receivable.
    pub(super) fn look_at_reactions(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        for index in 0..facts.walks[walk].reactions.len() {
            let receivable = &facts.walks[walk];
            let pending = receivable.reactions[index];
            if !pending.stand.is_open() {
                continue;
            }
            if pending.raw > self.now {
                facts.walks[walk].wake(pending.raw);
                continue;
            }
            let rules = receivable.rules(self.policies);
            let reaction = &rules.reactions[pending.reaction];
            let hour = self.reaction_hour(facts, rules.time, reaction, pending.raw);
            // Its window is `max_delay` from its instant; that of one with an `at` ends at its local hour, as a contact's.
            let ends = if reaction.at.is_some() { hour } else { local_time(facts, pending.raw) };
            let end = facts.zone.at(facts.zone.day_of(pending.raw).plus(rules.max_delay_days), ends);
            if matches!(reaction.act, Act::Task(_)) {
                self.look_at_task(facts, walk, index, (hour, end), out);
                continue;
            }
            match self.judge_reaction(facts, receivable, index, reaction, hour, end) {
                Finding::Skip(reason, rule) => self.skip_reaction(facts, walk, index, reason, rule, out),
                Finding::Wait(wait) => {
                    self.wait_reaction(facts, walk, index, wait, out);
                    let midnight = facts.zone.midnight(self.today.plus(1));
                    let conditional = facts.walks[walk].rules(self.policies).reactions[pending.reaction].condition.is_some();
                    facts.walks[walk].wake(if conditional { end.min(midnight) } else { end });
                }
                Finding::Go(channels, permit) => {
                    let (alone, own) = (is_alone(reaction.on), reaction.on == Event::Renewal);
                    let order = self.reaction_order(receivable, pending.reaction);
                    out.candidates.push(Candidate {
                        walk,
                        key: Key::Reaction(index),
                        channels,
                        tone: reaction.act.contact().map_or(Tone::Friendly, |contact| contact.tone),
                        days_late: self.today.since(receivable.due),
                        order,
                        rank: receivable.rank,
                        hour,
                        end,
                        alone,
                        own,
                        class: if alone || own { Class::Informative } else { self.class(receivable) },
                        mode: facts.mode_of(receivable),
                        permit,
                    });
                }
            }
        }
    }

    /// A task is work for a person and no contact: nobody is written to, and it needs no channel.
    fn look_at_task(self, facts: &mut Facts<'_>, walk: usize, index: usize, (hour, end): (LocalTime, Instant), out: &mut Decisions) {
        let receivable = &facts.walks[walk];
        let pending = receivable.reactions[index];
        let reaction = &receivable.rules(self.policies).reactions[pending.reaction];
        if let Some(reason) = self.refused_reaction(facts, receivable, index, reaction) {
            return self.skip_reaction(facts, walk, index, reason, None, out);
        }
        let verdict = receivable.verdict_of_reaction(pending.reaction, self.policies);
        if receivable.verdicts.rejected.contains(&verdict) {
            return self.skip_reaction(facts, walk, index, SkipReason::Rejected, None, out);
        }
        if end <= self.now {
            return self.skip_reaction(facts, walk, index, ended(pending.deferral), None, out);
        }
        // Work that a customer's own word asks for is not about money owed, as its answer is not.
        let wait = if is_alone(reaction.on) { None } else { self.put_off(facts, pending.deferral, hour) };
        let released = || self.awaits_release(facts, receivable, verdict, false, None).then(|| Wait::new(DeferReason::Approval, end));
        match wait.or_else(released) {
            Some(wait) => {
                let midnight = facts.zone.midnight(self.today.plus(1));
                let conditional = reaction.condition.is_some();
                self.wait_reaction(facts, walk, index, wait, out);
                facts.walks[walk].wake(if conditional { end.min(midnight) } else { end });
            }
            None => self.done_reaction(facts, walk, index, None, None, out),
        }
    }

    /// Why a reaction is finally not carried out, whatever it does.
    fn refused_reaction(self, facts: &Facts<'_>, receivable: &Walk, index: usize, reaction: &Reaction) -> Option<SkipReason> {
        // A renewal is of the subscription: whether what was billed before is paid has no bearing on it.
        let bound = !is_alone(reaction.on) && reaction.on != Event::Renewal;
        if receivable.closed.is_some() && bound {
            return Some(SkipReason::Closed);
        }
        if !receivable.judged.contains(&(receivable.slots.len() + index))
            && let Some(reason) = self.refused_by_condition(facts, receivable, reaction.condition.as_ref())
        {
            return Some(reason);
        }
        (bound && self.is_small(receivable)).then_some(SkipReason::Minimum)
    }

    fn judge_reaction(
        self,
        facts: &Facts<'_>,
        receivable: &Walk,
        index: usize,
        reaction: &Reaction,
        hour: LocalTime,
        end: Instant,
    ) -> Finding {
        let pending = receivable.reactions[index];
        let (alone, renewal) = (is_alone(reaction.on), reaction.on == Event::Renewal);
        if let Some(reason) = self.refused_reaction(facts, receivable, index, reaction) {
            return Finding::Skip(reason, None);
        }
        let contact = reaction.act.contact();
        // What answers the customer is not about money owed: neither freeze nor source nor prescription holds it.
        let found = if alone {
            let class = Class::Informative;
            let channels = self.reach(facts, contact, class);
            if channels.is_empty() {
                Finding::Skip(SkipReason::Unreachable, None)
            } else {
                let shadow = facts.mode_of(receivable) == Mode::Shadow;
                self.put_off(facts, pending.deferral, hour)
                    .map_or_else(|| self.lawful(facts, (receivable, shadow), channels, class, hour), Finding::Wait)
            }
        } else {
            let overdue = !renewal && pending.raw >= receivable.due_ends;
            let class = if renewal { Class::Informative } else { self.class(receivable) };
            let shadow = facts.mode_of(receivable) == Mode::Shadow;
            self.may_contact(facts, receivable, Asked { contact, class, overdue, hour, deferral: pending.deferral, shadow })
        };
        if let Finding::Skip(..) = found {
            return found;
        }
        let verdict = receivable.verdict_of_reaction(pending.reaction, self.policies);
        if receivable.verdicts.rejected.contains(&verdict) {
            return Finding::Skip(SkipReason::Rejected, None);
        }
        if end <= self.now {
            return Finding::Skip(ended(pending.deferral), None);
        }
        if matches!(found, Finding::Go(..)) && self.awaits_release(facts, receivable, verdict, false, None) {
            return Finding::Wait(Wait::new(DeferReason::Approval, end));
        }
        found
    }

    fn reaction_hour(self, facts: &Facts<'_>, default: LocalTime, reaction: &Reaction, raw: Instant) -> LocalTime {
        match reaction.at {
            None => default,
            Some(at) => match at.offset {
                Offset::Days(_) | Offset::OpenDays(_) => at.time,
                Offset::Hours(_) => local_time(facts, raw),
            },
        }
    }

    /// Reactions come after the ladder in file order.
    fn reaction_order(self, receivable: &Walk, reaction: usize) -> u16 {
        u16::try_from(receivable.slots.len().saturating_add(reaction)).unwrap_or(u16::MAX)
    }

    fn reaction_row(
        self,
        facts: &Facts<'_>,
        walk: usize,
        index: usize,
        outcome: Outcome,
        message: Option<usize>,
        rule: Option<&'static Rule>,
    ) -> Row {
        let receivable = &facts.walks[walk];
        let pending = receivable.reactions[index];
        Row {
            walk,
            step: StepRef::Reaction(pending.reaction),
            order: self.reaction_order(receivable, pending.reaction),
            cycle: pending.cycle,
            occurrence: pending.subject,
            mode: facts.mode_of(receivable),
            outcome,
            message,
            rule,
        }
    }

    fn skip_reaction(
        self,
        facts: &mut Facts<'_>,
        walk: usize,
        index: usize,
        reason: SkipReason,
        rule: Option<&'static Rule>,
        out: &mut Decisions,
    ) {
        out.rows.push(self.reaction_row(facts, walk, index, Outcome::Skipped(reason), None, rule));
        facts.walks[walk].reactions[index].stand = Stand::Skipped(reason, self.now);
    }

    /// Enters that a reaction went out, or that it was done without a message.
    pub(super) fn done_reaction(
        self,
        facts: &mut Facts<'_>,
        walk: usize,
        index: usize,
        message: Option<usize>,
        rule: Option<&'static Rule>,
        out: &mut Decisions,
    ) {
        out.rows.push(self.reaction_row(facts, walk, index, Outcome::Done, message, rule));
        facts.walks[walk].reactions[index].stand = Stand::Done(self.now);
    }

    /// Keeps a reaction waiting.
    pub(super) fn wait_reaction(self, facts: &mut Facts<'_>, walk: usize, index: usize, wait: Wait, out: &mut Decisions) {
        let receivable = &mut facts.walks[walk];
        let pending = &mut receivable.reactions[index];
        if defer(&mut pending.deferral, wait, self.now) {
            let (step, occurrence) = (StepRef::Reaction(pending.reaction), pending.subject);
            out.deferrals.push(Deferred { walk, step, occurrence, reason: wait.reason, until: wait.until, rule: wait.rule });
        }
        receivable.wake(wait.until);
    }
}

/// Receipts, answers to a request and restored notices neither count nor wait, and are never merged (SPEC §3.7).
const fn is_alone(event: Event) -> bool {
    match event {
        Event::Paid | Event::PromiseMade | Event::DisputeOpened | Event::AccessRestored => true,
        Event::PaymentFailed | Event::MethodExpiring | Event::PromiseBroken | Event::Renewal => false,
    }
}
