//! Bytes to types and back. Deliberately absent: sockets, files, state.

pub mod billing;
pub mod boleto;
pub mod channels;
pub mod cnab;
pub mod debit150;
pub mod files;
pub mod fixed;
pub mod gateways;
pub mod messages;
pub mod oidc;
pub mod pix;
pub mod statements;
pub mod webhooks_out;
