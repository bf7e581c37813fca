//! SQLite and PostgreSQL behind one thin layer: one SQL text per statement.
//!
//! Deliberately absent: decisions, effects, a clock.
