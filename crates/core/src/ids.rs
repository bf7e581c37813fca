//! Typed, time-ordered ids with a prefix.
