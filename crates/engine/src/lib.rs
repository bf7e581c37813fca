//! The one writer: commands, the tick, the outbox, and the ports where the world comes in.
//!
//! Deliberately absent: SQL, HTTP server types, a clock of its own.
