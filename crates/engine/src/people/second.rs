//! The second factor: one-time codes, and recovery codes for who has lost what makes them.

use std::fmt;

use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::persons::{self, PersonRow};
use regua_store::people::tokens;
use zeroize::Zeroizing;

use super::caller::Caller;
use super::events::{self, Happened, MACHINE, tell};
use super::once::unchanged;
use super::staff::found;
use super::totp;
use crate::Engine;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::secret::Secret;

/// Recovery codes that somebody gets.
const CODES: usize = 10;
/// Bytes of one: 80 bits, 16 characters.
const CODE: usize = 10;
const PURPOSE: &str = "totp";

/// What an authenticator is given, once.
pub struct Enrolment {
    /// As an address, for a QR code.
    pub uri: Secret,
    /// In base 32, to be typed.
    pub secret: Secret,
}

/// Shows nothing.
impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

impl Engine {
    /// Makes a secret for one's authenticator. It counts once a code has confirmed it; another one takes its place before that.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when there is one that counts: remove it first; whatever the database says.
    pub fn enrol_second_factor(&self, by: &Caller, now: Instant, rng: &mut dyn Rng) -> Result<Enrolment> {
        let (tenant, id) = own(by)?;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let stored = self.locked_tenant(tx, tenant)?;
            self.again(tx, by, now)?;
            let mut row = found(tx, tenant, id)?;
            if row.totp_at.is_some() {
                return Err(Error::refused("second_factor_on", "there is a second factor; remove it first"));
            }
            let secret: Zeroizing<[u8; totp::SECRET]> = Zeroizing::new(rng.bytes());
            let sealed = self.master.seal(PURPOSE, &owner(tenant, id), secret.as_slice());
            row.totp = Some(sealed.map_err(|why| Error::bug("seal", why.to_string()))?);
            row.totp_step = 0;
            persons::set_totp(tx, tenant, &row)?;
            let uri = Zeroizing::new(totp::uri(secret.as_slice(), &stored.name, &row.email));
            Ok(Enrolment { uri: Secret::new(&uri), secret: Secret::new(&Zeroizing::new(totp::base32(secret.as_slice()))) })
        })
    }

    /// Confirms one's authenticator by a code of it: from now on a code is asked for. The recovery codes are shown this once.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `wrong_code`, or nothing was enrolled; whatever the database says.
    pub fn confirm_second_factor(&self, by: &Caller, code: &str, now: Instant, rng: &mut dyn Rng) -> Result<Vec<Secret>> {
        let (tenant, id) = own(by)?;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            self.again(tx, by, now)?;
            let mut row = found(tx, tenant, id)?;
            if row.totp_at.is_some() || row.totp.is_none() {
                return Err(Error::refused("not_enrolled", "there is nothing to confirm; enrol first"));
            }
            let step = totp::matching(&self.totp_secret(tenant, &row)?, code, now);
            let step = step.ok_or_else(|| Error::refused("wrong_code", "this is not the code now; look at the clock of the device"))?;
            (row.totp_at, row.totp_step) = (Some(now), step);
            persons::set_totp(tx, tenant, &row)?;
            tell(tx, &mut stored, now, events::SECOND_FACTOR_ON, &Happened::to(id))?;
            self.new_codes(tx, tenant, id, rng)
        })
    }

    /// Other recovery codes in the place of those that there are.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `wrong_password`, `throttled`, or there is no second factor; whatever the database says.
    pub fn renew_recovery(&self, by: &Caller, password: &str, now: Instant, rng: &mut dyn Rng) -> Result<Vec<Secret>> {
        let (tenant, id) = own(by)?;
        let proved = self.proved(by, password, now)?;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if unchanged(tx, tenant, &proved)?.totp_at.is_none() {
                return Err(Error::refused("not_enrolled", "there is no second factor; enrol first"));
            }
            tell(tx, &mut stored, now, events::RECOVERY_RENEWED, &Happened::to(id))?;
            self.new_codes(tx, tenant, id, rng)
        })
    }

    /// How many of one's recovery codes are left.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn recovery_left(&self, by: &Caller) -> Result<i64> {
        let (tenant, id) = own(by)?;
        self.db.read(Rows::Tenant(tenant), |tx| tokens::codes(tx, tenant, id).map_err(Error::from))
    }

    /// Removes one's own second factor and its recovery codes.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `wrong_password` or `throttled`; whatever the database says.
    pub fn remove_second_factor(&self, by: &Caller, password: &str, now: Instant) -> Result<()> {
        let (tenant, id) = own(by)?;
        let proved = self.proved(by, password, now)?;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let row = unchanged(tx, tenant, &proved)?;
            remove(tx, tenant, row)?;
            tell(tx, &mut stored, now, events::SECOND_FACTOR_OFF, &Happened::to(id))
        })
    }

    /// Removes the second factor of somebody who has lost it, recovery codes too.
    ///
    /// * `by` — who does it; nobody when it is whoever has the machine.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the caller may not change that person; [`crate::Kind::NotFound`] without such a person;
    /// whatever the database says.
    pub fn drop_second_factor(&self, tenant: TenantId, by: Option<&Caller>, id: PersonId, now: Instant) -> Result<()> {
        if by.is_some_and(|by| by.tenant != tenant) {
            return Err(Error::not_found("no_person", format!("there is no {id}")));
        }
        if by.is_some_and(|by| by.person() == Some(id)) {
            return Err(Error::refused("own_standing", "one's own second factor is removed with the password"));
        }
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let (row, who) = match by {
                Some(by) => {
                    let by = self.again(tx, by, now)?;
                    (self.subject(tx, &by, id)?, by.who.to_string())
                }
                None => (found(tx, tenant, id)?, MACHINE.to_owned()),
            };
            remove(tx, tenant, row)?;
            tell(tx, &mut stored, now, events::SECOND_FACTOR_OFF, &Happened::by(id, &who))
        })
    }

    fn new_codes(&self, tx: &mut Tx<'_>, tenant: TenantId, id: PersonId, rng: &mut dyn Rng) -> Result<Vec<Secret>> {
        let codes: Vec<Secret> = (0..CODES)
            .map(|_| {
                let bytes: Zeroizing<[u8; CODE]> = Zeroizing::new(rng.bytes());
                let text = Zeroizing::new(totp::base32(bytes.as_slice()).to_lowercase());
                let parts: Vec<&str> = (0..text.len() / 4).filter_map(|at| text.get(4 * at..4 * at + 4)).collect();
                Secret::new(&Zeroizing::new(parts.join("-")))
            })
            .collect();
        let marks: Vec<[u8; 16]> = codes.iter().map(|code| self.recovery_mark(tenant, id, code.expose())).collect();
        tokens::put_codes(tx, tenant, id, &marks)?;
        Ok(codes)
    }

    /// What is stored of a recovery code, however it is typed.
    pub(super) fn recovery_mark(&self, tenant: TenantId, id: PersonId, typed: &str) -> [u8; 16] {
        let plain: Zeroizing<String> = Zeroizing::new(typed.chars().filter(char::is_ascii_alphanumeric).take(64).collect());
        self.master.mark("recovery", &owner(tenant, id), plain.to_ascii_lowercase().as_bytes())
    }

    pub(super) fn totp_secret(&self, tenant: TenantId, row: &PersonRow) -> Result<Zeroizing<Vec<u8>>> {
        let sealed = row.totp.as_deref().unwrap_or_default();
        let opened = self.master.open(PURPOSE, &owner(tenant, row.person), sealed);
        opened.map(Zeroizing::new).map_err(|why| Error::bug("seal", format!("the secret of {} cannot be opened: {why}", row.person)))
    }
}

fn own(by: &Caller) -> Result<(TenantId, PersonId)> {
    let id = by.person().ok_or_else(|| Error::refused("not_allowed", "a program has no second factor"))?;
    Ok((by.tenant, id))
}

fn remove(tx: &mut Tx<'_>, tenant: TenantId, mut row: PersonRow) -> Result<()> {
    (row.totp, row.totp_at, row.totp_step) = (None, None, 0);
    persons::set_totp(tx, tenant, &row)?;
    tokens::drop_codes(tx, tenant, row.person).map_err(Error::from)
}

/// For whom a secret is sealed and a code marked.
fn owner(tenant: TenantId, id: PersonId) -> [u8; 32] {
    let mut owner = [0; 32];
    let (front, back) = owner.split_at_mut(16);
    front.copy_from_slice(&tenant.to_bytes());
    back.copy_from_slice(&id.to_bytes());
    owner
}
