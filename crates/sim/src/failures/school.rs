//! Weights learnt on the go in one world, to be judged in another.
//!
//! Month after month payments fail, are tried by the weights so far with a share of drawn moments, and the weights are learnt
//! anew from everything logged. Deliberately absent: hidden causes, and the seeds of the judgement.

use regua_core::charging::timing::Timing;
use regua_model::timing::{CannotLearn, Outcome as Logged, Weigh, learn};

use super::plans::Plan;
use super::tally::Tally;
use super::walk::{Chooser, Law, World, run};

/// What was learnt, and how it went meanwhile.
#[derive(Clone, Debug)]
pub struct Taught {
    /// Weights after the last month.
    pub timing: Timing,
    /// Each month's outcomes.
    pub months: Vec<Tally>,
    /// Everything that was logged.
    pub log: Vec<Logged>,
}

/// Learns for so many months of `world.payments` each, with `floor_bp` of the choices drawn.
///
/// # Errors
/// [`CannotLearn`] when no weights fit.
pub fn teach(world: &World, plan: &Plan, months: u64, floor_bp: u16) -> Result<Taught, CannotLearn> {
    let mut taught = Taught { timing: Timing::shipped().clone(), months: Vec::new(), log: Vec::new() };
    for month in 0..months {
        // Other payments each month: the seed moves, far from the small seeds that judge.
        let world = World { seed: world.seed ^ (month + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15), ..*world };
        let chooser = Chooser { timing: &taught.timing, floor_bp };
        let (outcomes, log) = run(&world, plan, Law::Rulebook, chooser);
        taught.months.push(Tally::of(&outcomes));
        taught.log.extend(log);
        taught.timing = learn(Timing::shipped(), &taught.log, Weigh::Even)?.timing;
    }
    Ok(taught)
}
