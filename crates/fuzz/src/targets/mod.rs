//! Every target. What does not hold panics: the driver catches that, and saves the input. A decoder that is new gets a row in the file of its kind, or a file of its own and a row here.

mod bank_files;
mod boleto;
mod bounce;
mod channels;
mod core;
mod files;
mod gateways_br;
mod oidc;
mod pix;
mod stripe;

use crate::target::Target;

/// Every target, in the order in which they run.
#[must_use]
pub fn all() -> Vec<Target> {
    [
        boleto::TARGETS,
        pix::TARGETS,
        core::TARGETS,
        files::TARGETS,
        bank_files::TARGETS,
        bounce::TARGETS,
        channels::TARGETS,
        stripe::TARGETS,
        gateways_br::TARGETS,
        oidc::TARGETS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{once, root};

    #[test]
    fn every_target_answers_its_seeds_and_reads_at_least_one() {
        let data = std::env::var_os("REGUA_DATA").map(std::path::PathBuf::from);
        for target in all() {
            let corpus = target.corpus(root(), data.as_deref());
            let kinds: Vec<u64> =
                corpus.iter().map(|seed| once(&target, seed).unwrap_or_else(|error| panic!("{}: {error}", target.name))).collect();
            assert!(kinds.contains(&1), "{}: no seed is read to its end", target.name);
            for file in target.files {
                assert!(root().join(file).is_file(), "{}: {file} is not in the repository", target.name);
            }
        }
    }

    #[test]
    fn names_are_their_own() {
        let mut names: Vec<&str> = all().iter().map(|target| target.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
    }
}
