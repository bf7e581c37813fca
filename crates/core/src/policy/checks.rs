//! What cannot be right although every value is: refusals that need more than one place of the file.

use super::program::Policy;
use super::read::{Fields, Reader};
use super::steps::LadderDraft;

/// Checks a policy whose ladders are still drafts.
pub(super) fn check(_reader: &mut Reader<'_>, _fields: Fields<'_>, _policy: &Policy, _ladders: &[LadderDraft<'_>]) {}
