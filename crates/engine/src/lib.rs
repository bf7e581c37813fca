//! The one writer: commands, the tick, the outbox, and the ports where the world comes in.
//!
//! Every change goes the same way: lock the customer's row, load what is known, change it through `core`, write rows and
//! one event of the customer's chain, all in one transaction. Deliberately absent: SQL, HTTP server types, and a clock
//! of its own: now is an argument.

pub mod adapters;
pub mod bank;
pub mod billing;
mod blob;
pub mod brands;
mod case;
pub mod channels;
pub mod charging;
pub mod collected;
pub mod commands;
mod dispatch;
pub mod endpoints;
mod error;
pub mod events;
pub mod found;
pub mod hooks;
pub mod in_app;
mod inbox;
pub mod letters;
pub mod links;
mod log;
mod look;
mod named;
mod names;
mod order;
pub mod outbox;
pub mod overlay;
mod pass;
pub mod people;
pub mod ports;
mod profile;
pub mod replay;
pub mod requests;
pub mod saved;
pub mod secret;
pub mod stationery;
pub mod telling;
mod tenancy;
pub mod texts;
mod tick;
pub mod views;
pub mod work;

use regua_store::db::Db;
use regua_store::seal::MasterKey;

pub use error::{Error, Kind, Result};
pub use inbox::Received;
pub use log::Act;
pub use pass::Passed;
pub use tick::{Limits, Scratch, Ticked};

use tenancy::Tenancies;

/// The engine over one database: shared by threads, each transaction takes a connection of its own.
pub struct Engine {
    pub(crate) db: Db,
    pub(crate) master: MasterKey,
    pub(crate) limits: Limits,
    pub(crate) tenancies: Tenancies,
    pub(crate) shelf: texts::Shelf,
}

impl Engine {
    /// Over a migrated database, with the key that wraps its customers' keys.
    #[must_use]
    pub fn new(db: Db, master: MasterKey) -> Self {
        let tenancies = Tenancies::new(master.clone());
        Self { db, master, limits: Limits::default(), tenancies, shelf: texts::Shelf::default() }
    }

    /// The same, with other batches.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, releasing at once what asks for approval: for simulations, as a backtest does.
    #[must_use]
    pub fn approving_at_once(mut self) -> Self {
        self.tenancies.approve_at_once();
        self
    }

    /// The database, to read from.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }
}
