//! Statistics. The only room with floats; what leaves it for a decision is an integer.
//!
//! Deliberately absent: I/O, a clock, and draws that a seed does not fix.
