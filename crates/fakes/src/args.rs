//! The arguments of the programs: `--name value` and `--flag`, read by hand.
//!
//! Deliberately absent: what each program does with them.

use std::collections::BTreeMap;

/// What was said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Args {
    values: BTreeMap<String, String>,
    flags: Vec<String>,
}

impl Args {
    /// Reads arguments; `known` are those with a value, `flags` those without.
    ///
    /// # Errors
    /// What cannot be understood, with what can.
    pub fn read(said: impl Iterator<Item = String>, known: &[&str], flags: &[&str]) -> Result<Self, String> {
        let mut read = Self::default();
        let mut said = said;
        while let Some(word) = said.next() {
            let name = word.strip_prefix("--").unwrap_or_default();
            if flags.contains(&name) {
                read.flags.push(name.to_owned());
            } else if known.contains(&name) {
                let value = said.next().ok_or_else(|| format!("--{name} needs a value"))?;
                read.values.insert(name.to_owned(), value);
            } else {
                return Err(format!("`{word}` is not understood; there are: --{}", [known, flags].concat().join(", --")));
            }
        }
        Ok(read)
    }

    /// A value that was said.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A whole number, or what holds when it was not said.
    ///
    /// # Errors
    /// When it is not one.
    pub fn number<N: std::str::FromStr>(&self, name: &str, otherwise: N) -> Result<N, String> {
        self.value(name).map_or(Ok(otherwise), |text| text.parse().map_err(|_bad: N::Err| format!("--{name} is not a number: {text}")))
    }

    /// Whether a flag was said.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_named_with_what_is() {
        let read = |said: &[&str]| Args::read(said.iter().map(|&word| word.to_owned()), &["port"], &["tls"]);
        let args = read(&["--port", "80", "--tls"]).unwrap();
        assert_eq!((args.number::<u16>("port", 0), args.flag("tls"), args.value("none")), (Ok(80), true, None));
        assert!(read(&["--prot"]).unwrap_err().contains("--port, --tls"));
        assert!(read(&["--port"]).unwrap_err().contains("needs a value"));
        assert!(read(&["--port", "x"]).unwrap().number::<u16>("port", 0).is_err());
    }
}
