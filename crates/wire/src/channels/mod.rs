//! What goes over a channel, as bytes: messages out, and what comes back of them.
//!
//! `answer` what every far side says in the same words, `stop` how people say that they want no more. E-mail is `mime`, `shown`
//! and `bounce`; `sms`, `whatsapp`, `push` and `callback` speak for themselves, `news` is what all of them tell. Deliberately absent:
//! sending and fetching, which the engine's adapters do.

pub mod answer;
mod blocks;
pub mod bounce;
pub mod callback;
mod encode;
mod html;
pub mod mime;
pub mod news;
pub mod push;
pub mod shown;
pub mod sms;
pub mod stop;
pub mod whatsapp;

pub use html::Colour;
