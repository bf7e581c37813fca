//! Ids of events: made of the tenant and the position, so that they need no column and are the same for ever.
//!
//! `evt_` and 26 characters of Crockford's base 32: thirteen that name the tenant, thirteen for the position, so that the ids of
//! a tenant sort as its feed does.

use regua_core::ids::TenantId;
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "evt_";
/// Characters for 64 bits.
const HALF: usize = 13;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The id of the event at a position of a tenant's feed.
///
/// ```
/// # use regua_core::ids::TenantId;
/// # use regua_engine::events::{id_of, position_of};
/// let tenant = TenantId::new(1_700_000_000_000, [7; 10]);
/// let id = id_of(tenant, 42);
/// assert_eq!((id.len(), position_of(tenant, &id)), (30, Some(42)));
/// ```
#[must_use]
pub fn text(tenant: TenantId, position: i64) -> String {
    let mut id = String::with_capacity(PREFIX.len() + 2 * HALF);
    id.push_str(PREFIX);
    write(mark(tenant), &mut id);
    write(position.unsigned_abs(), &mut id);
    id
}

/// The position that an id names in this tenant's feed; nothing for another tenant's, or for what is no id.
#[must_use]
pub fn parse(tenant: TenantId, id: &str) -> Option<i64> {
    let (of, position) = id.strip_prefix(PREFIX)?.split_at_checked(HALF)?;
    (read(of)? == mark(tenant)).then_some(())?;
    i64::try_from(read(position)?).ok().filter(|position| *position > 0)
}

/// What names the tenant in its ids.
fn mark(tenant: TenantId) -> u64 {
    let digest = Sha256::new().chain_update(b"regua event id 1").chain_update(tenant.to_bytes()).finalize();
    digest.iter().take(8).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
}

fn write(bits: u64, out: &mut String) {
    for place in (0..HALF).rev() {
        let digit = usize::try_from((u128::from(bits) >> (5 * place)) & 31).unwrap_or(0);
        out.extend(ALPHABET.get(digit).copied().map(char::from));
    }
}

fn read(text: &str) -> Option<u64> {
    if text.len() != HALF {
        return None;
    }
    let mut bits = 0_u128;
    for byte in text.bytes() {
        bits = (bits << 5) | ALPHABET.iter().zip(0_u128..).find(|(known, _)| **known == byte).map(|(_, digit)| digit)?;
    }
    u64::try_from(bits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_round_trip_sort_as_positions_and_are_one_tenants(a in 1..i64::MAX, b in 1..i64::MAX, x in any::<[u8; 10]>(), y in any::<[u8; 10]>()) {
            let (tenant, other) = (TenantId::new(1, x), TenantId::new(2, y));
            prop_assert_eq!(parse(tenant, &text(tenant, a)), Some(a));
            prop_assert_eq!(parse(other, &text(tenant, a)), None);
            prop_assert_eq!(text(tenant, a).cmp(&text(tenant, b)), a.cmp(&b));
        }

        #[test]
        fn whatever_is_read_is_the_only_spelling(odd in "(evt_)?[0-9a-z]{24,28}|\\PC{0,40}") {
            let tenant = TenantId::new(1, [7; 10]);
            if let Some(position) = parse(tenant, &odd) {
                prop_assert_eq!(text(tenant, position), odd);
            }
        }
    }

    #[test]
    fn an_id_stays_what_it_is() {
        // Computed with another implementation: receivers keep these for ever.
        let tenant = TenantId::new(1_700_000_000_000, [7; 10]);
        assert_eq!(text(tenant, 42), "evt_1t931ffs3y85f000000000001a");
        assert_eq!(parse(tenant, &text(tenant, 42).to_uppercase()), None);
        assert_eq!(parse(tenant, "evt_é"), None);
    }
}
