//! Who a message goes to: the contact points that a step addresses, and who gets a copy.

use regua_core::facts::Facts;
use regua_core::party::ContactPoint;
use regua_core::policy::program::Contact;
use regua_core::words::{Channel, Role};

/// Who a message goes to on one channel.
#[derive(Clone, Default, Debug)]
pub struct Recipients<'a> {
    /// Where it may go, the first to be tried first: when one fails, the next is tried.
    pub to: Vec<&'a ContactPoint>,
    /// Who gets a copy, one for each role of the step's `cc` that somebody holds. Only e-mail has copies.
    pub copies: Vec<&'a ContactPoint>,
}

/// Who a step's message goes to on a channel; `contact` is none for the notice that an adverse step asks for.
#[must_use]
pub fn recipients<'a>(facts: &'a Facts<'_>, channel: Channel, contact: Option<&Contact>) -> Recipients<'a> {
    let (to, cc): (&[Role], &[Role]) = contact.map_or((&[], &[]), |contact| (&contact.to, &contact.cc));
    let to = facts.addressed(channel, to);
    let mut copies: Vec<&ContactPoint> = Vec::new();
    if channel == Channel::Email {
        for &role in cc {
            let known = |point: &ContactPoint| to.iter().chain(&copies).any(|known| known.address == point.address);
            let copy = facts.holders(channel, Some(role)).find(|point| !known(point));
            copies.extend(copy);
        }
    }
    Recipients { to, copies }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use regua_core::party::{Customer, Email, Health};
    use regua_core::time::Zone;
    use regua_core::words::Tone;

    use super::*;

    fn point(name: &str, role: Role) -> ContactPoint {
        ContactPoint::email(Email::parse(&format!("{name}@example.com")).expect("an address")).with_role(role)
    }

    fn names(points: &[&ContactPoint]) -> Vec<String> {
        points.iter().map(|point| point.address.as_str().trim_end_matches("@example.com").to_owned()).collect()
    }

    #[test]
    fn a_copy_goes_once_to_each_role_that_somebody_holds_and_never_to_who_is_written_to() {
        let bounced = ContactPoint { health: Health::Bounced, ..point("old", Role::Accountant) };
        let contacts = vec![
            bounced,
            point("books", Role::Accountant),
            point("books2", Role::Accountant),
            point("bill", Role::Billing),
            point("bill", Role::Owner),
        ];
        let facts = Facts::new(Cow::Owned(Customer { contacts, ..Customer::default() }), Zone::utc());
        let contact = |to: &[Role], cc: &[Role]| Contact {
            template: "overdue".to_owned(),
            tone: Tone::Neutral,
            channels: None,
            send_all: false,
            to: to.to_vec(),
            cc: cc.to_vec(),
        };
        type Row<'a> = (&'a [Role], &'a [Role], &'a [&'a str], &'a [&'a str]);
        let rows: [Row<'_>; 3] = [
            (&[Role::Billing], &[Role::Accountant, Role::Legal, Role::Owner], &["bill"], &["books"]),
            (&[Role::Legal], &[], &["bill"], &[]),
            (&[Role::Accountant, Role::Billing], &[Role::Accountant], &["books", "books2", "bill"], &[]),
        ];
        for (to, cc, expected, copies) in rows {
            let found = recipients(&facts, Channel::Email, Some(&contact(to, cc)));
            assert_eq!(
                (names(&found.to), names(&found.copies)),
                (expected.iter().map(|&name| name.to_owned()).collect(), copies.iter().map(|&name| name.to_owned()).collect())
            );
        }
        assert!(recipients(&facts, Channel::Sms, Some(&contact(&[], &[Role::Accountant]))).copies.is_empty());
    }
}
