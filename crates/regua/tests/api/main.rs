//! The server as a whole: the built binary with an installation behind it, asked over HTTP.

mod house;
mod real_schemathesis;
mod stranger;
