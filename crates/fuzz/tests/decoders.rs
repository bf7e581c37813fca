//! Every decoder on spoilt input: briefly with the other tests, and for as long as `REGUA_FUZZ_SECONDS` says. A test, so that it
//! is built as all others are and the gate builds nothing for it alone.

use std::path::PathBuf;
use std::time::Duration;

use regua_fuzz::driver::{self, Budget, Plan};
use regua_fuzz::targets;

/// Executions of all targets together where nobody asks for more.
const EXECUTIONS: u64 = 40_000;

#[test]
fn no_decoder_fails_on_spoilt_input() {
    let seconds = std::env::var_os("REGUA_FUZZ_SECONDS");
    let seconds = seconds.map(|text| text.to_str().and_then(|text| text.parse().ok()).expect("REGUA_FUZZ_SECONDS is a whole number"));
    let plan = Plan {
        budget: seconds.map_or(Budget::Executions(EXECUTIONS), |seconds| Budget::Time(Duration::from_secs(seconds))),
        threads: if seconds.is_some() { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 },
        // Alone and brief it is the same from run to run; who asks for time asks for new inputs.
        seed: if seconds.is_some() { driver::drawn_seed() } else { 1 },
        save: driver::root().join("target/fuzz"),
    };
    let data = std::env::var_os("REGUA_DATA").map(PathBuf::from);
    driver::quiet_panics();
    let mut table = Vec::new();
    let clean = driver::all(&targets::all(), &plan, data.as_deref(), &mut table).expect("inputs can be saved");
    println!("{}", String::from_utf8_lossy(&table));
    assert!(clean, "an input is saved for each fault; see above");
}
