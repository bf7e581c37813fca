//! Pix: codes to pay by, keys, identifiers, and the days of charges.
//!
//! [`BrCode`] is the code, [`PixKey`] what an account is found by, [`Txid`] and its kin the ids of the central bank's API,
//! [`payable`] and [`attempt`] when a charge can be paid and tried. Deliberately absent: the API itself.

mod brcode;
mod crc16;
mod days;
mod ids;
mod key;
mod names;
mod tlv;

pub use brcode::{BadBrCode, BrCode, CODE_MAX, Initiation, Ispb, Merchant, OtherField, Payment};
pub use crc16::crc16;
pub use days::{Attempt, INSTRUCT_DAYS, Payable, RETRIES_MAX, RETRY_DAYS, VALIDITY_DAYS, attempt, payable};
pub use ids::{Amount, BadPixId, EndToEndId, ReceivedTxid, RecurrenceId, RecurrenceRequestId, RefundId, ReturnId, StaticTxid, Txid};
pub use key::{BadPixKey, KEY_MAX, PixKey, PixKeyKind};
pub use names::{BadText, LOCATION_MAX, Location, MerchantCity, MerchantName, Note, PostalCode, Text};
pub use tlv::Tag;
