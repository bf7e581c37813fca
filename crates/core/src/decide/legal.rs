//! Where a contact may go and when the rulebook lets it: channels, consent, hours, frequency (SPEC §3.6, §3.9).

use crate::decide::Tick;
use crate::decide::contacts::Finding;
use crate::decide::wait::Wait;
use crate::facts::{Channels, Facts, Walk};
use crate::party::{Consent, ContactPoint, Health};
use crate::policy::program::{ChannelChoice, Contact};
use crate::rulebook::{Answer, Ask, Class, Permit, Rule};
use crate::time::{Instant, LocalTime};
use crate::words::{Channel, DeferReason, Role, SkipReason};

impl Tick<'_> {
    /// The first channel in the step's order with a usable, consented contact point; all of them with `send: all`.
    ///
    /// Without channels of its own: what the customer chose, then the newest policy's order, in which WhatsApp gives way
    /// to e-mail once the amount is overdue (SPEC §4: its own policy restricts debt collection).
    pub(super) fn reach(self, facts: &Facts<'_>, contact: Option<&Contact>, class: Class) -> Channels {
        let (to, all) = contact.map_or((&[][..], false), |contact| (contact.to.as_slice(), contact.send_all));
        let mut found = Channels::default();
        // A notice is there to name a step and its date, which a push preview may not carry.
        let carries = |channel: Channel| channel != Channel::InApp && (channel != Channel::Push || contact.is_some());
        let mut take = |channel: Channel| {
            if carries(channel) && facts.reaches(channel, to) {
                found = found.with(Channels::of(channel));
            }
            !all && !found.is_empty()
        };
        if let Some(choices) = contact.and_then(|contact| contact.channels.as_deref()) {
            for choice in choices {
                let channel = match choice {
                    ChannelChoice::Preferred => facts.customer.preferred,
                    ChannelChoice::This(channel) => Some(*channel),
                };
                if channel.is_some_and(&mut take) {
                    break;
                }
            }
            return found;
        }
        let order = &self.policies.newest().contact.channels;
        let mail_first = class == Class::Collection && order.contains(&Channel::Email);
        let _ = facts.customer.preferred.is_some_and(&mut take)
            || (mail_first && take(Channel::Email))
            || order.iter().any(|&channel| take(channel));
        found
    }

    /// What the rulebook says of a contact over these channels now: one that is allowed is enough.
    pub(super) fn lawful(
        self,
        facts: &Facts<'_>,
        (receivable, shadow): (&Walk, bool),
        channels: Channels,
        class: Class,
        hour: LocalTime,
    ) -> Finding {
        let (mut open, mut leave): (Channels, Option<Permit>) = (Channels::default(), None);
        let mut soonest: Option<(Instant, &'static Rule)> = None;
        let mut forbidden = None;
        for channel in channels.iter() {
            let ask = Ask { class, channel, state: facts.customer.state.as_deref(), zone: facts.zone, due: receivable.due, now: self.now };
            let mut answer = self.policies.rulebook().contact(ask);
            if let Answer::Allowed(_) = answer
                && let Some((until, rule)) = self.too_often(facts, channel, shadow)
            {
                answer = Answer::Until(until, rule);
            }
            match answer {
                Answer::Allowed(permit) => {
                    open = open.with(Channels::of(channel));
                    leave = leave.filter(|known| known.rule().is_some()).or(Some(permit));
                }
                Answer::Until(at, rule) => {
                    let at = self.permitted_at(facts, ask, at, hour);
                    if soonest.is_none_or(|(known, _)| at < known) {
                        soonest = Some((at, rule));
                    }
                }
                Answer::Forbidden(rule) => forbidden = Some(rule),
            }
        }
        match (leave, soonest) {
            (Some(permit), _) => Finding::Go(open, permit),
            (None, Some((at, rule))) => Finding::Wait(Wait::new(DeferReason::NoLegalMoment, at).by(rule)),
            (None, None) => Finding::Skip(SkipReason::Forbidden, forbidden),
        }
    }

    /// The step's local hour of the day on which the rulebook opens, or the opening itself where that hour is closed:
    /// else a step with such an hour would be put off for ever.
    pub(super) fn permitted_at(self, facts: &Facts<'_>, ask: Ask<'_>, opens: Instant, hour: LocalTime) -> Instant {
        let at = self.at_hour(facts, opens, hour);
        match self.policies.rulebook().contact(Ask { now: at, ..ask }) {
            Answer::Allowed(_) => at,
            Answer::Until(..) | Answer::Forbidden(_) => opens,
        }
    }

    /// Until when the rulebook's own frequency keeps a channel closed.
    fn too_often(self, facts: &Facts<'_>, channel: Channel, shadow: bool) -> Option<(Instant, &'static Rule)> {
        let state = facts.customer.state.as_deref();
        let binding = self.policies.rulebook().frequencies.iter();
        binding
            .filter(|row| row.channels.contains(&channel) && (row.state.is_none() || row.state == state))
            .filter_map(|row| {
                let set = row.channels.iter().fold(Channels::default(), |set, &channel| set.with(Channels::of(channel)));
                let counted = |day| {
                    let within =
                        |known: &&crate::facts::Contacted| known.channels.meets(set) && (0..row.days).contains(&day_gap(day, known.day));
                    facts.contacts.iter().filter(|known| shadow || !known.shadow).filter(within).count()
                };
                if counted(self.today) < row.max {
                    return None;
                }
                let free = (1..=row.days).map(|ahead| self.today.plus(ahead)).find(|&day| counted(day) < row.max)?;
                Some((facts.zone.midnight(free), row.rule))
            })
            .max_by_key(|found| found.0)
    }
}

fn day_gap(later: crate::time::Day, earlier: crate::time::Day) -> i32 {
    later.since(earlier)
}

impl Facts<'_> {
    /// Whether some usable, consented contact point of the roles is on a channel.
    ///
    /// A role that nobody holds falls back to billing, then owner, then any contact point without a role (SPEC §2).
    fn reaches(&self, channel: Channel, to: &[Role]) -> bool {
        let usable = |role: Option<Role>| {
            let fits = |point: &&ContactPoint| point.channel == channel && point.role == role;
            self.customer.contacts.iter().filter(fits).any(is_usable)
        };
        let held = |role: Role| self.customer.contacts.iter().any(|point| point.role == Some(role));
        let addressed: &[Role] = if to.is_empty() { &[Role::Owner, Role::Billing] } else { to };
        addressed.iter().any(|&role| held(role) && usable(Some(role)))
            || (addressed.iter().any(|&role| !held(role))
                && if held(Role::Billing) {
                    usable(Some(Role::Billing))
                } else if held(Role::Owner) {
                    usable(Some(Role::Owner))
                } else {
                    usable(None)
                })
    }
}

impl Facts<'_> {
    /// The usable, consented contact points of the roles on a channel, the first to be tried first.
    ///
    /// Those of the roles in the step's order; then, for a role that nobody holds, those of billing, else owner, else of
    /// people without a role (SPEC §2). Empty exactly when the channel does not count as reaching the customer.
    #[must_use]
    pub fn addressed(&self, channel: Channel, to: &[Role]) -> Vec<&ContactPoint> {
        let held = |role: Role| self.customer.has_role(role);
        let addressed: &[Role] = if to.is_empty() { &[Role::Owner, Role::Billing] } else { to };
        let mut roles: Vec<Option<Role>> = addressed.iter().copied().filter(|&role| held(role)).map(Some).collect();
        if roles.len() < addressed.len() {
            let instead = [Role::Billing, Role::Owner].into_iter().find(|&role| held(role));
            if !roles.contains(&instead) {
                roles.push(instead);
            }
        }
        roles.into_iter().flat_map(|role| self.holders(channel, role)).collect()
    }

    /// The usable, consented contact points of a role (or, with `None`, of people without one) on a channel.
    pub fn holders(&self, channel: Channel, role: Option<Role>) -> impl Iterator<Item = &ContactPoint> {
        self.customer.holders(channel, role).filter(|point| is_usable(point))
    }
}

/// Whether a contact point may be used: e-mail and letters for the contract, handsets and devices only opted in.
fn is_usable(point: &ContactPoint) -> bool {
    let consented = match (point.channel, point.consent) {
        (_, Consent::OptedIn) | (Channel::Email | Channel::Letter | Channel::InApp | Channel::Voice | Channel::Sms, Consent::Contract) => {
            true
        }
        (_, Consent::Contract | Consent::OptedOut | Consent::None) => false,
    };
    consented && point.health == Health::Usable
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::party::{Customer, Email};
    use crate::time::Zone;

    fn point(name: &str, role: Option<Role>) -> ContactPoint {
        let email = Email::parse(&format!("{name}@example.com")).expect("an address");
        ContactPoint { role, ..ContactPoint::email(email) }
    }

    fn addressed(contacts: Vec<ContactPoint>, to: &[Role]) -> Vec<String> {
        let customer = Customer { contacts, ..Customer::default() };
        let facts = Facts::new(Cow::Owned(customer), Zone::utc());
        let found = facts.addressed(Channel::Email, to);
        assert_eq!(facts.reaches(Channel::Email, to), !found.is_empty(), "reached where somebody is addressed, and only there");
        found.iter().map(|point| point.address.as_str().trim_end_matches("@example.com").to_owned()).collect()
    }

    #[test]
    fn a_role_that_nobody_holds_falls_back_to_billing_then_owner_then_people_without_a_role() {
        use Role::{Accountant, Billing, Legal, Owner};
        let held = |roles: &[(&str, Option<Role>)]| roles.iter().map(|(name, role)| point(name, *role)).collect::<Vec<_>>();
        let everyone = [("none", None), ("bill", Some(Billing)), ("boss", Some(Owner)), ("books", Some(Accountant))];
        type Row<'a> = (&'a [(&'a str, Option<Role>)], &'a [Role], &'a [&'a str]);
        let rows: [Row<'_>; 9] = [
            (&everyone, &[], &["boss", "bill"]),
            (&everyone, &[Accountant, Billing], &["books", "bill"]),
            (&everyone, &[Legal], &["bill"]),
            (&everyone, &[Legal, Billing], &["bill"]),
            (&everyone[..1], &[], &["none"]),
            (&everyone[..1], &[Accountant], &["none"]),
            (&[("none", None), ("boss", Some(Owner))], &[Accountant], &["boss"]),
            (&[("none", None), ("boss", Some(Owner))], &[], &["boss"]),
            (&[("boss", Some(Owner)), ("boss2", Some(Owner))], &[Owner], &["boss", "boss2"]),
        ];
        for (contacts, to, expected) in rows {
            assert_eq!(addressed(held(contacts), to), expected, "{to:?}");
        }
    }

    #[test]
    fn a_role_held_by_nobody_reachable_is_not_replaced() {
        let bounced = ContactPoint { health: Health::Bounced, ..point("boss", Some(Role::Owner)) };
        assert_eq!(addressed(vec![bounced.clone(), point("none", None)], &[Role::Owner]), [""; 0]);
        assert_eq!(addressed(vec![bounced, point("bill", Some(Role::Billing))], &[Role::Owner, Role::Legal]), ["bill"]);
    }
}
