//! Other people's programs that tests ask as witnesses, where `scripts/setup` put them.
//!
//! Deliberately absent: installing them. A gate that runs without them says so test by test; one that is told of a witness
//! that is not there fails in that witness's tests.

use std::path::{Path, PathBuf};

/// What tests look for, and where it is in the target folder.
const WITNESSES: [(&str, &str); 4] = [
    ("REGUA_PYTHON", "python/bin/python"),
    ("REGUA_PRISM", "node/node_modules/.bin/prism"),
    ("REGUA_JSDOM", "node/node_modules/jsdom/package.json"),
    ("REGUA_BROWSER_DRIVER", "node/node_modules/playwright-core/package.json"),
];

/// The browser that tests drive, where Debian puts it.
const BROWSER: (&str, &str) = ("REGUA_BROWSER", "/usr/bin/chromium");

/// The variables that name witnesses to tests, with absolute paths: those that somebody set stand as they are.
#[must_use]
pub fn found() -> Vec<(&'static str, String)> {
    let own = std::env::current_exe().unwrap_or_default();
    let target = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_path_buf);
    let placed = WITNESSES.into_iter().map(|(name, place)| (name, target.as_ref().map(|target| target.join(place))));
    placed
        .chain([(BROWSER.0, Some(PathBuf::from(BROWSER.1)))])
        .filter_map(|(name, place)| {
            let said = std::env::var_os(name).map(PathBuf::from);
            let path = said.or_else(|| place.filter(|path| path.exists()))?;
            Some((name, path.to_str()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_to_tests_is_an_absolute_path() {
        // Which are there depends on the machine; wherever one is, it is found from any folder.
        let found = found();
        assert!(found.len() <= WITNESSES.len() + 1);
        for (name, path) in found {
            assert!(Path::new(&path).is_absolute() || std::env::var_os(name).is_some(), "{name}={path}");
        }
    }
}
