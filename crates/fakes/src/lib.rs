//! Outside services for tests: gateways that behave as documented, errors and latency included, each also a program.
//!
//! They share no code with what they are asked by: a mistake in `wire` must not be made here too. Deliberately absent:
//! anything that ships.
