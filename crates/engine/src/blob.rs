//! Saved state as bytes: a version, then `postcard`. The order of fields in `core::facts::saved` is the format.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The format that is written. Raise it when a saved struct changes, and keep reading the ones before.
const VERSION: u8 = 2;

/// Format 1 lacks the last numbers and lists of each struct, which are empty there: zeros behind it are that.
const FIRST: u8 = 1;

/// To bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(128);
    bytes.push(VERSION);
    postcard::to_extend(value, bytes).map_err(|error| Error::bug("blob_written", format!("saved state cannot be written: {error}")))
}

/// From bytes; `what` names them in the error.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T> {
    let unreadable = |why: String| Error::bug("blob_read", format!("{what} cannot be read: {why}; run: regua verify"));
    match bytes.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|error| unreadable(error.to_string())),
        Some((&FIRST, rest)) => {
            let whole = [rest, &[0; 8]].concat();
            postcard::from_bytes(&whole).map_err(|error| unreadable(error.to_string()))
        }
        Some((version, _)) => Err(unreadable(format!("it is of format {version}, this program reads {VERSION}"))),
        None => Err(unreadable("it is empty".to_owned())),
    }
}
