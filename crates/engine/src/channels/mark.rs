//! Addresses as marks: by which one is found again, and which nobody reads who has not the installation's key.
//!
//! Deliberately absent: which channel an address is on; a telephone is one address, whatever goes over it.

use regua_core::ids::TenantId;
use regua_core::party::{Address, ContactPoint, Customer};
use regua_core::words::Channel;
use regua_store::seal::MasterKey;

/// What addresses are marked for.
const PURPOSE: &str = "address";
/// The country whose older mobiles have a digit less: behind it come two of the area, and nine.
const BR: &str = "55";

/// The mark of an address in its normal form.
pub(crate) fn mark(master: &MasterKey, tenant: TenantId, address: &str) -> [u8; 16] {
    let address = address.trim();
    let plain = if address.contains('@') { address.to_ascii_lowercase() } else { address.to_owned() };
    master.mark(PURPOSE, &tenant.to_bytes(), plain.as_bytes())
}

/// The mark of an address that wrote to us, as its carrier names it.
pub(crate) fn of_sender(master: &MasterKey, tenant: TenantId, from: &str) -> [u8; 16] {
    mark(master, tenant, &as_stored(from))
}

/// An address in the form in which customers' are stored: carriers name a telephone without its `+`, and WhatsApp knows older
/// Brazilian mobiles without their ninth digit, without which none is stored. Eight digits that begin with 2 to 5 are a landline.
fn as_stored(from: &str) -> String {
    let from = from.trim();
    let digits = from.strip_prefix('+').unwrap_or(from);
    if digits.len() < 7 || digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return from.to_owned();
    }
    let older = digits.strip_prefix(BR).and_then(|rest| rest.split_at_checked(2));
    match older.filter(|(_, number)| number.len() == 8 && number.starts_with(['6', '7', '8', '9'])) {
        Some((area, number)) => format!("+{BR}{area}9{number}"),
        None => format!("+{digits}"),
    }
}

/// The marks by which a customer is found when somebody calls or writes: those of its telephones.
pub(crate) fn marks(master: &MasterKey, tenant: TenantId, customer: &Customer) -> Vec<[u8; 16]> {
    let phones = customer.contacts.iter().filter_map(|point| match &point.address {
        Address::Phone(phone) => Some(phone.as_str()),
        Address::Email(_) | Address::Token(_) => None,
    });
    let mut marks: Vec<[u8; 16]> = phones.map(|phone| mark(master, tenant, phone)).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// The customer's contact points of a channel whose address has one of these marks, as places among all.
pub(crate) fn places(master: &MasterKey, tenant: TenantId, customer: &Customer, channel: Channel, wanted: &[[u8; 16]]) -> Vec<u16> {
    let meant = |point: &ContactPoint| point.channel == channel && wanted.contains(&mark(master, tenant, point.address.as_str()));
    let found = customer.contacts.iter().enumerate().filter(|(_, point)| meant(point));
    found.filter_map(|(place, _)| u16::try_from(place).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_found_however_a_carrier_spells_it() {
        for (from, expected) in [
            ("+5511987654321", "+5511987654321"),
            ("5511987654321", "+5511987654321"),
            ("551187654321", "+5511987654321"),
            ("5511387654321", "+5511387654321"),
            // A landline is not the mobile of somebody else.
            ("551133224455", "+551133224455"),
            ("+15005550006", "+15005550006"),
            ("BR.1234567", "BR.1234567"),
            (" ana@x.example ", "ana@x.example"),
        ] {
            assert_eq!(as_stored(from), expected, "{from}");
        }
    }

    #[test]
    fn a_mark_is_one_tenant_s_and_tells_nothing() {
        let (master, other) = (MasterKey::new([7; 32]), MasterKey::new([8; 32]));
        let (own, foreign) = (TenantId::new(1, [1; 10]), TenantId::new(1, [2; 10]));
        let one = mark(&master, own, "Ana@X.example");
        assert_eq!(one, mark(&master, own, "ana@x.example"));
        assert!(one != mark(&master, foreign, "ana@x.example") && one != mark(&other, own, "ana@x.example"));
        assert_eq!(of_sender(&master, own, "551187654321"), mark(&master, own, "+5511987654321"));
    }
}
