//! Statistics. The only room with floats; what leaves it for a decision is an integer.
//!
//! `timing` learns the weights that `regua_core::charging` chooses moments by, `logistic` is how, `calibration` says whether estimates come
//! true, `interval` how sure a share or a difference is, `uplift` what another way of choosing would have brought, from logged
//! propensities. `number` is the border between integers and floats, `matrix` the one linear system. Deliberately absent: I/O,
//! a clock, and draws that a seed does not fix.
#![expect(clippy::float_arithmetic, reason = "statistics; each float ends here as a rounded integer or as text for people")]

pub mod calibration;
pub mod interval;
pub mod logistic;
mod matrix;
mod number;
pub mod timing;
pub mod uplift;
