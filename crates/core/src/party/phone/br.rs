//! Brazilian numbers, by Anatel's numbering plan.
//!
//! Area code (DDD) of two digits, then eight digits from 2 to 5 for a landline or nine for a mobile: 9 first, and since
//! Resolução Anatel 749/2022 also 7 or 8, which libphonenumber still refuses. Numbers without an area code that
//! everyone dials alike (0800, 0300, 4004, 3003) are non-geographic.

use super::{BadPhone, Phone, PhoneKind};

/// Area codes and their states: the 67 that Anatel has assigned.
const STATES: [(&str, &[u8]); 27] = [
    ("AC", &[68]),
    ("AL", &[82]),
    ("AM", &[92, 97]),
    ("AP", &[96]),
    ("BA", &[71, 73, 74, 75, 77]),
    ("CE", &[85, 88]),
    ("DF", &[61]),
    ("ES", &[27, 28]),
    ("GO", &[62, 64]),
    ("MA", &[98, 99]),
    ("MG", &[31, 32, 33, 34, 35, 37, 38]),
    ("MS", &[67]),
    ("MT", &[65, 66]),
    ("PA", &[91, 93, 94]),
    ("PB", &[83]),
    ("PE", &[81, 87]),
    ("PI", &[86, 89]),
    ("PR", &[41, 42, 43, 44, 45, 46]),
    ("RJ", &[21, 22, 24]),
    ("RN", &[84]),
    ("RO", &[69]),
    ("RR", &[95]),
    ("RS", &[51, 53, 54, 55]),
    ("SC", &[47, 48, 49]),
    ("SE", &[79]),
    ("SP", &[11, 12, 13, 14, 15, 16, 17, 18, 19]),
    ("TO", &[63]),
];

/// The state of an area code's two digits.
pub(super) fn state(area: &str) -> Option<&'static str> {
    let area: u8 = area.parse().ok()?;
    STATES.iter().find(|(_, areas)| areas.contains(&area)).map(|(state, _)| *state)
}

/// The national number without country code, trunk prefix 0 and carrier code.
///
/// 55 is a country code and an area code: only the length tells which, 12 digits and more begin with the country's.
pub(super) fn without_prefixes(digits: &str) -> &str {
    let national = match digits.strip_prefix("0055").or_else(|| digits.strip_prefix("55")) {
        Some(rest) if matches!(rest.len(), 10 | 11) => rest,
        _ => digits,
    };
    match national.strip_prefix('0') {
        Some(_) if is_service(national) => national,
        Some(rest) if matches!(rest.len(), 10 | 11) => rest,
        // 0, two digits of the carrier, area code and number.
        Some(rest) if matches!(rest.len(), 12 | 13) => rest.get(2..).unwrap_or(rest),
        _ => national,
    }
}

/// Whether it is dialled with 0 and a service code: 0300, 0500, 0800, 0900.
fn is_service(national: &str) -> bool {
    let code = national.get(..4).unwrap_or_default();
    matches!(code, "0300" | "0303" | "0500" | "0800" | "0900") && matches!(national.len(), 10 | 11)
}

/// Reads a number without country code and prefixes.
pub(super) fn read(national: &str) -> Result<Phone, BadPhone> {
    let valid = |kind| Ok(Phone::new(format!("+55{}", national.trim_start_matches('0')), kind));
    // E.164 drops the service code's leading zero.
    if is_service(national) || is_service(&format!("0{national}")) {
        return valid(PhoneKind::NonGeographic);
    }
    match national.len() {
        8 if national.starts_with("400") || national.starts_with("300") => return valid(PhoneKind::NonGeographic),
        8 | 9 => return Err(BadPhone::AreaCode),
        10 | 11 => {}
        _ => return Err(BadPhone::Number),
    }
    let (area, subscriber) = national.split_at(2);
    if state(area).is_none() {
        return Err(area.parse().map_or(BadPhone::Number, BadPhone::NoSuchAreaCode));
    }
    match (subscriber.len(), subscriber.as_bytes().first()) {
        (9, Some(b'7'..=b'9')) => valid(PhoneKind::Mobile),
        (8, Some(b'2'..=b'5')) => valid(PhoneKind::Landline),
        (8, Some(b'6'..=b'9')) => Err(BadPhone::NinthDigit),
        _ => Err(BadPhone::Number),
    }
}

#[cfg(test)]
pub(super) fn area_codes() -> impl Iterator<Item = u8> {
    STATES.iter().flat_map(|(_, areas)| areas.iter().copied())
}
