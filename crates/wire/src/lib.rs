//! Bytes to types and back. Deliberately absent: sockets, files, state.

pub mod billing;
pub mod boleto;
pub mod channels;
pub mod files;
pub mod messages;
pub mod pix;
