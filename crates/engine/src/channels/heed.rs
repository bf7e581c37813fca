//! What a message heeds just before it goes: addresses that are left alone, WhatsApp's window and templates, and how many people a
//! number may write to within a day.
//!
//! Everything is read once for a group, and what the group adds is counted while it goes. Deliberately absent: law and consent,
//! which the last look in `core` heeds, and rates within a second, which the courier keeps.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::facts::{Channels, Fact};
use regua_core::ids::{CustomerId, TenantId};
use regua_core::party::Health;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::channels::{self, StateRow};
use regua_store::db::Tx;
use regua_store::seal::MasterKey;
use regua_wire::channels::whatsapp;

use super::mark::{mark, places};
use super::{CLOSED_SECS, STOPPED};
use crate::case::Case;
use crate::error::{Error, Result};
use crate::ports::Parcel;
use crate::tenancy::Tenancy;

/// Before the window closes at the far side it is closed for us: clocks differ, and a message takes its time.
const MARGIN_SECS: i64 = 600;
/// How long a carrier counts a person, in hours.
const DAY_HOURS: i64 = 24;
/// Words by which a carrier says that a template cannot be used.
const UNUSABLE: &[&str] = &["PAUSED", "DISABLED", "REJECTED", "ARCHIVED", "LOCKED", "PENDING_DELETION", "DELETED"];
/// Words by which it says that people do not want what a number sends.
const UNWANTED: &[&str] = &["FLAGGED", "RED"];

/// Whether a message goes as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dressed {
    /// It does.
    Go,
    /// Not over this channel; why.
    Elsewhere(&'static str),
    /// Not before this moment: the number has written to as many people as it may.
    Later(Instant),
}

/// Whom a number wrote to within a day.
#[derive(Debug)]
struct People {
    /// How many it may.
    most: i64,
    /// How many it did.
    count: i64,
    /// When the first of them is counted no more.
    free_at: Instant,
    /// Of the addresses at hand those that are counted already.
    known: BTreeSet<[u8; 16]>,
    /// Those that this group adds.
    new: Vec<[u8; 16]>,
}

/// What a group of messages of one tenant heeds.
#[derive(Debug, Default)]
pub(crate) struct Heed {
    suppressed: BTreeSet<(&'static str, [u8; 16])>,
    /// Addresses that wrote within the day.
    open: BTreeSet<[u8; 16]>,
    /// Channels whose far sides said a moment ago that a person must look.
    stopped: Channels,
    /// Templates that cannot be used, each with its language.
    unusable: BTreeSet<String>,
    /// Whether people do not want what the number sends.
    unwanted: bool,
    people: Option<People>,
}

impl Heed {
    /// Reads what these customers' messages heed.
    ///
    /// * `most` — how many people WhatsApp's number may write to in a day as the settings have it; what the far side told counts
    ///   before it.
    pub(crate) fn read(
        tx: &mut Tx<'_>,
        master: &MasterKey,
        tenant: TenantId,
        carries: Channels,
        cases: &BTreeMap<CustomerId, Result<Case>>,
        most: Option<u32>,
        now: Instant,
    ) -> Result<Self> {
        let mut marks: BTreeMap<&'static str, Vec<[u8; 16]>> = BTreeMap::new();
        for case in cases.values().filter_map(|case| case.as_ref().ok()) {
            for point in case.facts.customer.contacts.iter().filter(|point| carries.meets(Channels::of(point.channel))) {
                marks.entry(point.channel.as_str()).or_default().push(mark(master, tenant, point.address.as_str()));
            }
        }
        let mut heed = Self::default();
        for (channel, marks) in &mut marks {
            marks.sort_unstable();
            marks.dedup();
            let found = channels::suppressed(tx, tenant, channel, marks)?;
            heed.suppressed.extend(found.into_iter().map(|row| (*channel, row.mark)));
        }
        if carries.iter().all(|channel| channel == Channel::Email) {
            return Ok(heed);
        }
        let states = channels::states(tx, tenant)?;
        let since = now.micros().saturating_sub(CLOSED_SECS * 1_000_000);
        let stopped = states.iter().filter(|row| row.kind == "trouble" && row.state == STOPPED && row.at.micros() > since);
        heed.stopped = stopped.filter_map(|row| row.channel.parse().ok()).collect();
        if let Some(marks) = marks.get(Channel::Whatsapp.as_str()) {
            heed.read_whatsapp(tx, tenant, (marks, &states), most, now)?;
        }
        Ok(heed)
    }

    /// Channels over which nothing goes for a moment: their far sides said so of another message, to whatever process.
    pub(crate) const fn stopped(&self) -> Channels {
        self.stopped
    }

    fn read_whatsapp(
        &mut self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        (marks, states): (&[[u8; 16]], &[StateRow]),
        most: Option<u32>,
        now: Instant,
    ) -> Result<()> {
        let channel = Channel::Whatsapp.as_str();
        let heard = Instant::from_micros(now.micros().saturating_add(MARGIN_SECS * 1_000_000));
        let wrote = channels::conversations_with(tx, tenant, channel, marks)?;
        self.open.extend(wrote.iter().filter(|one| whatsapp::window_open(Some(one.wrote_at), heard)).map(|one| one.mark));
        let of = |kind: &'static str| states.iter().filter(move |row| row.channel == channel && row.kind == kind);
        self.unusable = of("template").filter(|row| UNUSABLE.contains(&row.state.as_str())).map(|row| row.name.clone()).collect();
        self.unwanted = of("number").any(|row| UNWANTED.contains(&row.state.as_str()));
        // What the far side told last counts; a number, or a word for none.
        let told = of("tier").find(|row| row.name == super::LIMIT);
        let most = match told {
            Some(row) => row.state.parse().ok(),
            None => most.map(i64::from),
        };
        let Some(most) = most else { return Ok(()) };
        // One process counts at a time: the row stays locked until what this one adds is written.
        channels::set_state(
            tx,
            tenant,
            &StateRow {
                channel: channel.to_owned(),
                kind: "tier".to_owned(),
                name: "counted".to_owned(),
                state: "counted".to_owned(),
                detail: None,
                at: now,
            },
        )?;
        let since = now.plus_hours(-DAY_HOURS);
        channels::forget_reached(tx, tenant, channel, since)?;
        let (count, first) = channels::reached_since(tx, tenant, channel, since)?;
        let known = channels::reached(tx, tenant, channel, marks, since)?.into_iter().collect();
        let free_at = first.unwrap_or(now).plus_hours(DAY_HOURS);
        self.people = Some(People { most, count, free_at, known, new: Vec::new() });
        Ok(())
    }

    /// Whether an address wrote within the day, so that free text may be sent there.
    #[cfg(test)]
    fn is_open(&self, mark: [u8; 16]) -> bool {
        self.open.contains(&mark)
    }

    /// Enters that a customer's addresses are left alone, of which that was not known: they may have come to the list under
    /// another customer, or before this one was known.
    pub(crate) fn suppress(&self, case: &mut Case, tenancy: &Tenancy, master: &MasterKey, now: Instant) -> Result<()> {
        if self.suppressed.is_empty() || case.key.is_none() {
            return Ok(());
        }
        let tenant = tenancy.stored.tenant;
        for &channel in Channel::ALL {
            let marks: Vec<[u8; 16]> = self.suppressed.iter().filter(|(of, _)| *of == channel.as_str()).map(|(_, mark)| *mark).collect();
            if marks.is_empty() {
                continue;
            }
            for place in places(master, tenant, &case.facts.customer, channel, &marks) {
                let usable = case.facts.customer.contacts.get(usize::from(place)).is_some_and(|point| point.health == Health::Usable);
                if usable {
                    let fact = Fact::Suppressed { channel, point: Some(place) };
                    case.tell(tenancy, None, fact, now).map_err(|bad| Error::bug("suppressed", bad.to_string()))?;
                }
            }
        }
        Ok(())
    }

    /// Makes a parcel what its channel takes now; who is written to for the first time in a day is counted.
    pub(crate) fn dress(&mut self, parcel: &mut Parcel, mark: [u8; 16]) -> Dressed {
        if parcel.channel != Channel::Whatsapp {
            return Dressed::Go;
        }
        if self.open.contains(&mark) {
            parcel.template = None;
            return Dressed::Go;
        }
        // Without templates whoever carries it judges by itself: a folder takes everything.
        let Some(template) = &parcel.template else { return Dressed::Go };
        if self.unwanted {
            return Dressed::Elsewhere("people do not want what the number sends");
        }
        if self.unusable.contains(&super::template_name(&template.name, whatsapp::language(template.language))) {
            return Dressed::Elsewhere("its template cannot be used now");
        }
        let Some(people) = &mut self.people else { return Dressed::Go };
        if people.known.contains(&mark) {
            return Dressed::Go;
        }
        if people.count >= people.most {
            return Dressed::Later(people.free_at);
        }
        people.count = people.count.saturating_add(1);
        people.known.insert(mark);
        people.new.push(mark);
        Dressed::Go
    }

    /// Writes down who was counted.
    pub(crate) fn write(&self, tx: &mut Tx<'_>, tenant: TenantId, now: Instant) -> Result<()> {
        for mark in self.people.iter().flat_map(|people| &people.new) {
            channels::reach(tx, tenant, Channel::Whatsapp.as_str(), *mark, now)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{EffectKey, Filled};
    use proptest::prelude::*;
    use regua_core::words::Language;

    fn parcel() -> Parcel {
        let template = Filled { name: "fatura".to_owned(), language: Language::PtBr, parameters: vec![], button: None };
        let (key, to) = (EffectKey("msg_1".to_owned()), "+5511987654321".to_owned());
        let (channel, template) = (Channel::Whatsapp, Some(template));
        Parcel { key, channel, to, subject: None, text: "Oi".to_owned(), mail: None, template, whose: None }
    }

    fn people(most: i64, count: i64) -> People {
        People { most, count, free_at: Instant::from_secs(9), known: BTreeSet::new(), new: Vec::new() }
    }

    #[test]
    fn free_text_goes_to_who_wrote_and_a_template_to_everybody_else() {
        let mut heed = Heed { open: BTreeSet::from([[1; 16]]), ..Heed::default() };
        assert!(heed.is_open([1; 16]) && !heed.is_open([2; 16]));
        let mut one = parcel();
        assert_eq!(heed.dress(&mut one, [1; 16]), Dressed::Go);
        assert!(one.template.is_none(), "inside the window what we write is free");
        let mut other = parcel();
        assert_eq!(heed.dress(&mut other, [2; 16]), Dressed::Go);
        assert!(other.template.is_some());
        let mut bare = Parcel { template: None, ..parcel() };
        assert_eq!(heed.dress(&mut bare, [2; 16]), Dressed::Go, "where no templates are set, its carrier judges");
        let mut sms = Parcel { channel: Channel::Sms, template: None, ..parcel() };
        assert_eq!(heed.dress(&mut sms, [2; 16]), Dressed::Go);
    }

    #[test]
    fn a_paused_template_and_a_flagged_number_stop_what_is_outside_the_window_alone() {
        let paused = BTreeSet::from(["fatura pt_BR".to_owned()]);
        for mut heed in [Heed { unusable: paused, ..Heed::default() }, Heed { unwanted: true, ..Heed::default() }] {
            heed.open.insert([1; 16]);
            assert!(matches!(heed.dress(&mut parcel(), [2; 16]), Dressed::Elsewhere(_)));
            assert_eq!(heed.dress(&mut parcel(), [1; 16]), Dressed::Go);
        }
        let mut heed = Heed { unusable: BTreeSet::from(["fatura en".to_owned()]), ..Heed::default() };
        assert_eq!(heed.dress(&mut parcel(), [2; 16]), Dressed::Go, "another language is another template");
    }

    proptest! {
        #[test]
        fn no_more_people_than_the_tier_are_written_to(most in 0_i64..40, before in 0_i64..40, who in prop::collection::vec(0_u8..60, 0..200)) {
            let before = before.min(most);
            let mut heed = Heed { people: Some(people(most, before)), ..Heed::default() };
            let mut reached = BTreeSet::new();
            for person in who {
                match heed.dress(&mut parcel(), [person; 16]) {
                    Dressed::Go => {
                        reached.insert(person);
                    }
                    Dressed::Later(at) => prop_assert_eq!(at, Instant::from_secs(9)),
                    Dressed::Elsewhere(why) => prop_assert!(false, "{}", why),
                }
            }
            prop_assert!(before + i64::try_from(reached.len()).unwrap() <= most);
            let counted = heed.people.map(|people| people.new.len());
            prop_assert_eq!(counted, Some(reached.len()), "each is counted once");
        }
    }
}
