//! What goes over a channel, as bytes: mails out, and what comes back of them.
//!
//! Deliberately absent: sending and fetching, which the engine's adapters do.

mod blocks;
pub mod bounce;
mod encode;
mod html;
pub mod mime;
pub mod shown;

pub use html::Colour;
