//! Who a customer is, sealed: name, contact points, attributes and what the source calls it, under a key of its own.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::party::Customer;
use regua_store::seal::{CustomerKey, MasterKey};
use serde::{Deserialize, Serialize};

use crate::blob;
use crate::error::{Error, Result};

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    /// What the source calls the customer: it may be a tax id or an e-mail address.
    pub(crate) external_id: String,
    /// The person or company.
    pub(crate) customer: Customer,
}

#[derive(Serialize)]
struct Borrowed<'a> {
    external_id: &'a str,
    customer: &'a Customer,
}

/// What a profile is sealed for.
const PURPOSE: &str = "profile";
/// What a message is sealed for.
const MESSAGE: &str = "message";
/// What a gateway's names and what a payer pays by are sealed for.
const METHOD: &str = "method";

/// Seals a profile.
pub(crate) fn seal(key: &CustomerKey, tenant: TenantId, customer: CustomerId, external_id: &str, profile: &Customer) -> Result<Vec<u8>> {
    let plain = blob::encode(&Borrowed { external_id, customer: profile })?;
    key.seal(PURPOSE, &aad(tenant, customer), &plain).map_err(sealed)
}

/// Opens a profile.
pub(crate) fn open(key: &CustomerKey, tenant: TenantId, customer: CustomerId, sealed_bytes: &[u8]) -> Result<Profile> {
    let plain = key.open(PURPOSE, &aad(tenant, customer), sealed_bytes).map_err(sealed)?;
    blob::decode(&plain, "the profile of a customer")
}

/// Seals a message as it was sent.
pub(crate) fn seal_message(key: &CustomerKey, tenant: TenantId, customer: CustomerId, plain: &[u8]) -> Result<Vec<u8>> {
    key.seal(MESSAGE, &aad(tenant, customer), plain).map_err(sealed)
}

/// Opens a message as it was sent.
pub(crate) fn open_message(key: &CustomerKey, tenant: TenantId, customer: CustomerId, sealed_bytes: &[u8]) -> Result<Vec<u8>> {
    key.open(MESSAGE, &aad(tenant, customer), sealed_bytes).map_err(sealed)
}

/// Seals what a gateway calls a customer or a method, or what something is paid by.
pub(crate) fn seal_method(key: &CustomerKey, tenant: TenantId, customer: CustomerId, plain: &[u8]) -> Result<Vec<u8>> {
    key.seal(METHOD, &aad(tenant, customer), plain).map_err(sealed)
}

/// Opens what [`seal_method`] sealed.
pub(crate) fn open_method(key: &CustomerKey, tenant: TenantId, customer: CustomerId, sealed_bytes: &[u8]) -> Result<Vec<u8>> {
    key.open(METHOD, &aad(tenant, customer), sealed_bytes).map_err(sealed)
}

/// Unwraps a customer's key.
pub(crate) fn unwrap(master: &MasterKey, tenant: TenantId, customer: CustomerId, wrapped: &[u8]) -> Result<CustomerKey> {
    master.unwrap(&aad(tenant, customer), wrapped).map_err(sealed)
}

/// Wraps a customer's key.
pub(crate) fn wrap(master: &MasterKey, tenant: TenantId, customer: CustomerId, key: &CustomerKey) -> Result<Vec<u8>> {
    master.wrap(&aad(tenant, customer), key).map_err(sealed)
}

/// What binds sealed bytes to one customer, so that rows cannot be swapped.
fn aad(tenant: TenantId, customer: CustomerId) -> [u8; 32] {
    let mut aad = [0; 32];
    aad[..16].copy_from_slice(&tenant.to_bytes());
    aad[16..].copy_from_slice(&customer.to_bytes());
    aad
}

fn sealed(error: regua_store::seal::SealError) -> Error {
    Error::bug("sealed", format!("personal data cannot be opened or sealed: {error}; is this the key file of this database?"))
}
