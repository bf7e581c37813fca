//! Every shipped message in every language, tone and channel, and what a bad template or a strange name does.

#[path = "messages/all.rs"]
mod all;

#[path = "messages/intl.rs"]
mod intl;

#[path = "messages/lint.rs"]
mod lint;

#[path = "messages/shown.rs"]
mod shown;
