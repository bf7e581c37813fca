//! What the tenant's chain says of people and keys: by id only, since names and addresses are of persons.

use regua_core::ids::{KeyId, PersonId, SessionId};
use regua_core::time::Instant;
use regua_store::db::Tx;
use regua_store::tenants::StoredTenant;
use serde::{Deserialize, Serialize};

use crate::commands::tenant::note;
use crate::error::Result;
use crate::log;

/// Somebody was set up or invited.
pub(crate) const ADDED: &str = "person_added";
/// Their name, role or limit is another.
pub(crate) const CHANGED: &str = "person_changed";
/// They may not sign in any more.
pub(crate) const DISABLED: &str = "person_disabled";
/// They may again.
pub(crate) const ENABLED: &str = "person_enabled";
/// A key was made.
pub(crate) const KEY_MADE: &str = "key_made";
/// A key was ended.
pub(crate) const KEY_REVOKED: &str = "key_revoked";
/// A key has another secret.
pub(crate) const KEY_ROTATED: &str = "key_rotated";

/// Events of people of which no row follows that a replay makes: they are there to be read.
pub(crate) const TOLD: &[&str] = &[
    INVITED,
    RESET_ISSUED,
    PASSWORD_SET,
    SECOND_FACTOR_ON,
    SECOND_FACTOR_OFF,
    RECOVERY_RENEWED,
    LINKED,
    UNLINKED,
    SIGNED_IN,
    SIGNED_OUT,
    SESSIONS_ENDED,
];
pub(super) const INVITED: &str = "person_invited";
pub(super) const RESET_ISSUED: &str = "person_reset_issued";
pub(super) const PASSWORD_SET: &str = "person_password_set";
pub(super) const SECOND_FACTOR_ON: &str = "person_second_factor_on";
pub(super) const SECOND_FACTOR_OFF: &str = "person_second_factor_off";
pub(super) const RECOVERY_RENEWED: &str = "person_recovery_renewed";
pub(super) const LINKED: &str = "person_linked";
pub(super) const UNLINKED: &str = "person_unlinked";
pub(super) const SIGNED_IN: &str = "person_signed_in";
pub(super) const SIGNED_OUT: &str = "person_signed_out";
pub(super) const SESSIONS_ENDED: &str = "person_sessions_ended";

/// Who did something when nobody who signed in did: whoever has the machine.
pub(super) const MACHINE: &str = "machine";

/// The payload of [`ADDED`] and [`CHANGED`]: how somebody stands from now on.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stands {
    pub(crate) person: PersonId,
    pub(crate) role: String,
    /// In minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<i64>,
    /// Whether it is the first one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) founder: bool,
    /// Whether the name is another, which one is not said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) renamed: bool,
    pub(crate) by: String,
}

/// The payload of what happened to one person.
#[derive(Serialize, Deserialize)]
pub(crate) struct Happened {
    pub(crate) person: PersonId,
    /// Who did it, where it was not the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    /// With what, or where: `recovery_code`, an issuer's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) with: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<SessionId>,
}

impl Happened {
    /// By the person.
    pub(super) const fn to(person: PersonId) -> Self {
        Self { person, by: None, with: None, session: None }
    }

    /// By somebody, who may be the person.
    pub(super) fn by(person: PersonId, by: &str) -> Self {
        Self { by: Some(by.to_owned()).filter(|by| *by != person.to_string()), ..Self::to(person) }
    }
}

/// The payload of [`KEY_MADE`].
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyMade {
    pub(crate) key: KeyId,
    pub(crate) scopes: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Instant>,
    pub(crate) by: PersonId,
}

/// The payload of [`KEY_REVOKED`] and [`KEY_ROTATED`].
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyChanged {
    pub(crate) key: KeyId,
    pub(crate) by: String,
    /// Who answers for it from now on, where it was rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonId>,
    /// Until when the secret before still counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) old_until: Option<Instant>,
}

/// Enters an event of the tenant's own chain.
pub(super) fn tell<T: Serialize>(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, kind: &'static str, payload: &T) -> Result<()> {
    note(tx, stored, now, kind, log::json(payload)?)
}
