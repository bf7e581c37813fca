//! Mailboxes to which bounces return: a Maildir folder, or a server that speaks POP3.
//!
//! Deliberately absent: IMAP (its folders and flags are nothing that a queue of bounces needs), and reading what letters say,
//! which `wire::channels::bounce` does.

mod maildir;
mod pop3;

pub use maildir::Maildir;
pub use pop3::{BadSettings, Pop3, Settings};

/// Bytes that are read of a letter; bounces say what matters at their beginning.
pub const LETTER_BYTES_MAX: usize = 1_000_000;
