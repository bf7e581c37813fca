//! Lines and slips as rows and events.

use regua_core::bank::Line;
use regua_core::bank::matching::identity;
use regua_core::ids::TenantId;
use regua_core::time::Day;
use regua_store::bank::SlipRow;
use regua_store::seal::MasterKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::log::Act;

/// What lines are sealed for.
const PURPOSE: &str = "bank line";

/// The payload of an event of kind `slip`: one is issued, or where it stands now.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct SlipNote {
    /// On which account.
    pub(crate) account: String,
    /// Its number.
    pub(crate) number: String,
    /// Where it stands.
    pub(crate) status: String,
    /// What it is, when it is issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issued: Option<IssuedNote>,
    /// The file to the bank that it goes out in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<i64>,
    /// Who did it and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Act>,
}

/// What a slip is.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct IssuedNote {
    /// For which receivable.
    pub(crate) receivable: String,
    /// Minor units of BRL.
    pub(crate) amount: i64,
    /// When it is due.
    pub(crate) due_on: Day,
}

/// The event of a slip that stands otherwise now.
pub(crate) fn slip_noted(slip: &SlipRow, status: &str, file: Option<i64>) -> SlipNote {
    let (account, number) = (slip.account.clone(), slip.number.clone());
    SlipNote { account, number, status: status.to_owned(), issued: None, file, act: None }
}

/// The id of the `nth` line of a file that is the same as others in what makes a line itself.
pub(super) fn line_id(account: &str, line: &Line, nth: u32) -> [u8; 16] {
    let digest = Sha256::digest(format!("{}#{nth}", identity(account, line)).as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// What a payment that a line told of is called by its source.
pub(super) fn payment_id(line: &[u8; 16]) -> String {
    let hex: String = line.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("bank:{hex}")
}

/// A line sealed for the tenant.
pub(super) fn seal(master: &MasterKey, tenant: TenantId, id: &[u8; 16], line: &Line) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(line).map_err(|why| Error::bug("line_written", format!("a bank line cannot be written: {why}")))?;
    master.seal(PURPOSE, &aad(tenant, id), &plain).map_err(|why| Error::bug("sealed", format!("a bank line cannot be sealed: {why}")))
}

/// A line as it was read.
pub(crate) fn open(master: &MasterKey, tenant: TenantId, id: &[u8; 16], sealed: &[u8]) -> Result<Line> {
    let plain = master.open(PURPOSE, &aad(tenant, id), sealed);
    let plain = plain.map_err(|why| Error::bug("sealed", format!("a bank line cannot be opened: {why}; is this the right key file?")))?;
    serde_json::from_slice(&plain).map_err(|why| Error::bug("line_read", format!("a bank line cannot be read: {why}")))
}

fn aad(tenant: TenantId, id: &[u8; 16]) -> [u8; 32] {
    let mut aad = [0; 32];
    aad[..16].copy_from_slice(&tenant.to_bytes());
    aad[16..].copy_from_slice(id);
    aad
}
