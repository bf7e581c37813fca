//! Telling what happened, what waits and why, in sentences with the numbers of the moment: for `explain` and the API alike.
//!
//! Deliberately absent: deciding. Reasons are given; sentences only say what they rest on.

pub mod happened;
pub mod meaning;
pub mod standing;
pub mod story;
pub mod why;
