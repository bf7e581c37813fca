//! What each bank's occurrence codes mean to a ledger.
//!
//! A code that is not here, or only informs, is [`Event::Other`] with its code kept: it reaches a person and not a crash. A
//! refused *entry* is `Rejected`; a refused instruction leaves the slip as it was and is `Other`. A cheque or a transfer that
//! may still come back is `Pending`. Sources: `tests/cnab/SOURCE.md` of this crate.

use regua_core::bank::Event;

/// Codes of one meaning, the usual one first.
pub(super) type Occurrences = &'static [(Event, &'static [&'static str])];

/// What a code means.
pub(super) fn event(of: Occurrences, code: &str) -> Event {
    of.iter().find(|(_, codes)| codes.contains(&code)).map_or(Event::Other, |(event, _)| *event)
}

/// The usual code of an event, if the bank has one.
pub(super) fn code(of: Occurrences, event: Event) -> Option<&'static str> {
    of.iter().find(|(known, _)| *known == event).and_then(|(_, codes)| codes.first()).copied()
}

/// CNAB 240 as FEBRABAN lists it (domain C044); banks add to it and rarely contradict.
pub(super) const FEBRABAN: Occurrences = &[
    (Event::Paid, &["06", "45"]),
    (Event::PaidClosed, &["17"]),
    (Event::Pending, &["50"]),
    (Event::Returned, &["44"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "25"]),
    (
        Event::Changed,
        &[
            "14", "04", "05", "07", "08", "12", "13", "19", "20", "23", "24", "27", "33", "34", "35", "38", "39", "40", "41", "42", "43",
            "46", "47", "48", "49", "54", "55", "56", "57", "58", "59", "60", "61", "62", "73",
        ],
    ),
    (Event::Fee, &["28"]),
];

/// Caixa, CNAB 240: 46 is settled at once and 47 takes that back; 44 takes back a settlement or a closing.
pub(super) const CAIXA_240: Occurrences = &[
    (Event::Paid, &["06"]),
    (Event::PaidClosed, &["17"]),
    (Event::Pending, &["46"]),
    (Event::Returned, &["44", "47"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "25"]),
    (Event::Changed, &["14", "04", "05", "07", "08", "12", "13", "19", "20", "23", "24", "27", "45", "61", "62"]),
    (Event::Fee, &["28"]),
];

/// Banrisul, CNAB 240: AA was settled earlier and is given back, AB is money in transit.
pub(super) const BANRISUL_240: Occurrences = &[
    (Event::Paid, &["06"]),
    (Event::PaidClosed, &["17"]),
    (Event::Pending, &["AB"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "25", "AA"]),
    (Event::Changed, &["14", "04", "05", "12", "13", "15", "19", "20", "23", "27"]),
    (Event::Fee, &["28"]),
];

/// Itaú, both formats: its own list. 17 is a refused change here; 59 and 72 are money that came past the slip.
pub(super) const ITAU: Occurrences = &[
    (Event::Paid, &["06", "07", "08", "76"]),
    (Event::PaidClosed, &["59", "72"]),
    (Event::Pending, &["65"]),
    (Event::Returned, &["69"]),
    (Event::Registered, &["02", "64", "71", "73"]),
    (Event::Rejected, &["03", "60"]),
    (Event::Closed, &["09", "10", "32", "47"]),
    (Event::Changed, &["14", "04", "05", "12", "13", "19", "20", "21", "23", "63", "75", "77", "78", "80", "82", "83", "94"]),
    (
        Event::Fee,
        &[
            "28", "26", "27", "29", "30", "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "48", "51",
            "52", "53", "54", "55", "56", "61", "62", "85", "86", "87", "88", "89", "90", "91", "92", "93",
        ],
    ),
];

/// Bradesco, CNAB 400.
pub(super) const BRADESCO_400: Occurrences = &[
    (Event::Paid, &["06", "15"]),
    (Event::PaidClosed, &["17"]),
    (Event::Pending, &["16"]),
    (Event::Returned, &["40", "22"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03", "24"]),
    (Event::Closed, &["09", "10"]),
    (Event::Changed, &["14", "12", "13", "19", "20", "21", "23", "33", "34", "55"]),
    (Event::Fee, &["28"]),
];

/// Banco do Brasil, CNAB 400 (CBR643): 05 settles what was never registered.
pub(super) const BRASIL_400: Occurrences = &[
    (Event::Paid, &["06", "07", "08", "15"]),
    (Event::PaidClosed, &["05"]),
    (Event::Pending, &["46"]),
    (Event::Returned, &["44"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "10"]),
    (
        Event::Changed,
        &[
            "14", "12", "13", "16", "19", "21", "22", "23", "24", "25", "26", "31", "32", "33", "34", "35", "36", "37", "38", "39", "41",
            "42", "72",
        ],
    ),
    (Event::Fee, &["28", "96", "97", "98"]),
];

/// Santander, CNAB 400: 17 is settled at a notary's here.
pub(super) const SANTANDER_400: Occurrences = &[
    (Event::Paid, &["06", "07", "08", "17"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "10"]),
    (Event::Changed, &["14", "12", "13", "15", "21", "22", "25", "26"]),
    (Event::Fee, &["24"]),
];

/// Caixa, CNAB 400: a list unlike any other's.
pub(super) const CAIXA_400: Occurrences = &[
    (Event::Paid, &["21", "22"]),
    (Event::Returned, &["33"]),
    (Event::Registered, &["01"]),
    (Event::Rejected, &["99"]),
    (Event::Closed, &["02", "23", "24", "25"]),
    (Event::Changed, &["05", "03", "04", "06", "07", "08", "09", "10", "11", "12", "26", "27", "28", "29", "30", "34", "35"]),
    (Event::Fee, &["31", "32"]),
];

/// Banco do Nordeste, CNAB 400.
pub(super) const NORDESTE_400: Occurrences = &[
    (Event::Paid, &["06", "07", "08"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["51"]),
    (Event::Closed, &["09", "10", "15"]),
    (Event::Changed, &["14", "04", "12", "13", "18", "19", "20", "21", "22"]),
];

/// Banrisul, CNAB 400: 30 and 31 are money in transit.
pub(super) const BANRISUL_400: Occurrences = &[
    (Event::Paid, &["06", "07", "08", "15"]),
    (Event::Pending, &["30", "31"]),
    (Event::Registered, &["02", "47"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "04", "10", "25", "40"]),
    (Event::Changed, &["14", "12", "13", "16", "18", "19", "20", "21", "22", "23", "26", "42", "45"]),
    (Event::Fee, &["41", "44"]),
];

/// Sicredi, CNAB 400.
pub(super) const SICREDI_400: Occurrences = &[
    (Event::Paid, &["06", "15"]),
    (Event::PaidClosed, &["17"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03", "24"]),
    (Event::Closed, &["09", "10"]),
    (Event::Changed, &["14", "12", "13", "19", "20", "23", "33", "34"]),
    (Event::Fee, &["28"]),
];

/// Sicoob, CNAB 400: 05 settles what was never registered.
pub(super) const SICOOB_400: Occurrences = &[
    (Event::Paid, &["06", "15"]),
    (Event::PaidClosed, &["05"]),
    (Event::Registered, &["02"]),
    (Event::Rejected, &["03"]),
    (Event::Closed, &["09", "10"]),
    (Event::Changed, &["14", "23", "27", "48"]),
];

/// BRB, CNAB 400: its manual is not public; 05 stands in a real file beside a paid amount and a credit day.
pub(super) const BRB_400: Occurrences = &[(Event::Paid, &["05"])];
