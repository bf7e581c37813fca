//! Which crate may use which: the rooms of `ARCHITECTURE.md`, read from `cargo metadata`.

use super::Finding;
use crate::metadata::Package;

/// A room of the house: what it may use of ours, and which kinds of foreign crates it forbids.
struct Room {
    name: &'static str,
    folder: &'static str,
    ours: &'static [&'static str],
    forbids: &'static [&'static Kind],
}

/// Crates that bring the same thing, and why a room does without it.
struct Kind {
    why: &'static str,
    /// A name here also stands for every name that begins with it and a `-` or `_`.
    crates: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room {
        name: "regua-core",
        folder: "crates/core",
        ours: &[],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, FILES, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-wire",
        folder: "crates/wire",
        ours: &["regua-core", "regua-fakes"],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-paper",
        folder: "crates/paper",
        ours: &["regua-core", "regua-wire"],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, FILES, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-store",
        folder: "crates/store",
        ours: &["regua-core", "regua-testkit"],
        forbids: &[ASYNC, NETWORK, RANDOMNESS, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-engine",
        folder: "crates/engine",
        ours: &["regua-core", "regua-wire", "regua-store", "regua-testkit", "regua-fakes"],
        forbids: &[ASYNC, DATABASE, RANDOMNESS, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-sim",
        folder: "crates/sim",
        ours: &["regua-core", "regua-wire", "regua-store", "regua-engine", "regua-model", "regua-testkit"],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua",
        folder: "crates/regua",
        ours: &[
            "regua-core",
            "regua-wire",
            "regua-store",
            "regua-engine",
            "regua-paper",
            "regua-sim",
            "regua-model",
            "regua-web",
            "regua-fakes",
            "regua-testkit",
        ],
        forbids: &[DATABASE, CLOCKS],
    },
    Room {
        name: "regua-bench",
        folder: "crates/bench",
        ours: &[
            "regua-core",
            "regua-wire",
            "regua-store",
            "regua-engine",
            "regua-model",
            "regua-sim",
            "regua-web",
            "regua-testkit",
            "regua-fakes",
        ],
        forbids: &[ASYNC, CLOCKS],
    },
    Room {
        name: "regua-fuzz",
        folder: "crates/fuzz",
        ours: &["regua-core", "regua-wire"],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, FILES, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-model",
        folder: "crates/model",
        ours: &["regua-core"],
        forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, FILES, TERMINAL, CLOCKS],
    },
    Room {
        name: "regua-web",
        folder: "crates/web",
        ours: &["regua-core", "regua-wire", "regua-store", "regua-engine", "regua-testkit", "regua-fakes"],
        forbids: &[DATABASE, RANDOMNESS, TERMINAL, CLOCKS],
    },
    Room { name: "regua-fakes", folder: "crates/fakes", ours: &[], forbids: &[DATABASE, TERMINAL, CLOCKS] },
    Room { name: "regua-testkit", folder: "crates/testkit", ours: &[], forbids: &[ASYNC, TERMINAL, CLOCKS] },
    Room { name: "xtask", folder: "xtask", ours: &[], forbids: &[ASYNC, NETWORK, DATABASE, RANDOMNESS, FILES, CLOCKS] },
];

const ASYNC: &Kind = &Kind {
    why: "waits for the world; what is decided here is a value",
    crates: &["tokio", "async", "futures", "smol", "mio", "tower", "axum"],
};
const NETWORK: &Kind = &Kind {
    why: "opens sockets; bytes come and go through the binary's adapters",
    crates: &["reqwest", "hyper", "ureq", "lettre", "rustls", "native-tls", "openssl", "socket2", "curl"],
};
const DATABASE: &Kind = &Kind {
    why: "is a database driver; those belong to `store` alone",
    crates: &["rusqlite", "libsqlite3", "postgres", "tokio-postgres", "sqlx", "diesel", "sea", "redis"],
};
const RANDOMNESS: &Kind = &Kind {
    why: "draws numbers that differ from run to run or from version to version; a seed is an argument",
    crates: &["rand", "fastrand", "getrandom", "oorandom", "nanorand"],
};
const FILES: &Kind = &Kind {
    why: "reads or writes files and their formats; that is `wire`'s and the binary's",
    crates: &["csv", "calamine", "flate2", "parquet", "zip", "tempfile", "memmap2", "walkdir", "glob"],
};
const TERMINAL: &Kind = &Kind {
    why: "speaks to a terminal or reads arguments; only the binary does",
    crates: &["clap", "indicatif", "comfy-table", "console", "crossterm", "anstream"],
};
const CLOCKS: &Kind = &Kind { why: "is a second library of dates beside jiff", crates: &["chrono", "time"] };

/// Our crates use each other in one direction only, and none uses what its room forbids. What only tests use is free,
/// but for our own crates: an arrow is an arrow.
#[must_use]
pub fn arrows(packages: &[Package]) -> Vec<Finding> {
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut findings = Vec::new();
    for package in packages {
        let Some(room) = ROOMS.iter().find(|room| room.name == package.name) else {
            let what = format!("{} has no room; add it to ROOMS in xtask/src/tidy/arrows.rs and to ARCHITECTURE.md", package.name);
            findings.push(Finding { path: "Cargo.toml".to_owned(), line: 1, what });
            continue;
        };
        let mut add = |what: String| findings.push(Finding { path: format!("{}/Cargo.toml", room.folder), line: 1, what });
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if ours(name) && !room.ours.contains(&name) {
                add(format!("{} may not use {name}; move what it needs to a crate below both, or turn the arrow round", room.name));
            }
            let kind = room.forbids.iter().find(|kind| kind.crates.iter().any(|family| belongs(name, family)));
            if let Some(kind) = kind.filter(|_| !dependency.only_tests) {
                add(format!("{} may not use {name}: it {}", room.name, kind.why));
            }
        }
    }
    findings
}

fn belongs(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn package(name: &str, uses: &[&str], tests_use: &[&str]) -> Package {
        let dependency = |only_tests| move |name: &&str| Dependency { name: (*name).to_owned(), only_tests };
        let dependencies = uses.iter().map(dependency(false)).chain(tests_use.iter().map(dependency(true))).collect();
        Package { name: name.to_owned(), version: "0.1.0".to_owned(), licence: None, dependencies }
    }

    #[test]
    fn an_arrow_against_the_rooms_is_found() {
        let found = arrows(&[
            package("regua-core", &["jiff", "regua-wire"], &["proptest"]),
            package("regua-wire", &["regua-core", "tokio-util", "calamine"], &["rand"]),
            package("regua-sim", &["regua-core", "regua-wire", "rayon", "clap"], &[]),
            package("regua", &["regua-core", "regua-wire", "regua-sim", "clap"], &[]),
            package("xtask", &["anyhow"], &["regua-core"]),
            package("regua-robot", &[], &[]),
        ]);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let expected = [
            "crates/core/Cargo.toml:1: regua-core may not use regua-wire; move",
            "crates/wire/Cargo.toml:1: regua-wire may not use tokio-util: it waits for the world",
            "crates/sim/Cargo.toml:1: regua-sim may not use clap: it speaks to a terminal",
            "xtask/Cargo.toml:1: xtask may not use regua-core; move",
            "Cargo.toml:1: regua-robot has no room; add it",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "`{found}` should begin with `{expected}`");
        }
    }

    #[test]
    fn a_family_is_not_a_prefix() {
        assert!(belongs("rand", "rand") && belongs("rand_core", "rand") && !belongs("random", "rand"));
        assert!(belongs("time", "time") && !belongs("timeago", "time"));
    }
}
