//! Small cases, one row each.
