//! Passwords: which are refused, and their hashes.
//!
//! Argon2id with the cost that OWASP's Password Storage Cheat Sheet names (19 MiB, two passes, one lane), written in the PHC
//! string form, so that a later cost can be told from an earlier one. Hashing is slow on purpose: it never happens inside of a
//! transaction, and no more than a few at a time, so that nobody fills the machine's memory by signing in.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::ports::Rng;

/// Characters of a password at least and at most.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// What is longer is no password of anybody.
const BYTES_MAX: usize = 4 * 128;

/// What a hash costs now.
const NOW: Cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };
/// No stored hash is believed to cost more.
const MOST: Cost = Cost { memory_kib: 1 << 20, passes: 64, lanes: 16 };
const SALT: usize = 16;
const HASH: usize = 32;

/// Hashes that are computed at a time: each takes [`NOW`]'s memory and a core.
const AT_ONCE: usize = 4;
/// How long somebody waits for a place among them.
const WAIT: Duration = Duration::from_secs(10);
static RUNNING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Words of the commonest passwords, one a line.
const COMMON: &str = include_str!("common_passwords.txt");

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What checking a password came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Checked {
    /// It is another one, or there is none.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and its hash costs another effort than now.
    RightButOld,
}

/// Refuses a password that others would guess.
pub(super) fn accept(password: &str, email: &str, name: &str) -> Result<()> {
    let length = password.chars().count();
    if !LENGTH.contains(&length) {
        let (least, most) = (LENGTH.start(), LENGTH.end());
        return Err(Error::refused("password_length", format!("a password has {least} to {most} characters; a sentence is a good one")));
    }
    if password.chars().any(char::is_control) {
        return Err(Error::refused("password_characters", "a password has no control characters"));
    }
    let lower = password.to_lowercase();
    if is_common(&lower) {
        return Err(Error::refused("password_common", "this is one of the commonest passwords; a sentence of your own is a good one"));
    }
    if is_own(&lower, email, name) {
        let why = "this is hardly more than the name or the address; a sentence that says nothing of the person is a good one";
        return Err(Error::refused("password_personal", why));
    }
    Ok(())
}

/// Whether it is one of the commonest with digits and signs around it, or few characters again and again.
fn is_common(lower: &str) -> bool {
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || is_run(lower) {
        return true;
    }
    // `P@ssw0rd2026!!` is `password`, and so is `passwordpassword`: what stands around is taken off before and after reading.
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let read = |text: &str| text.chars().map(plain).collect::<String>();
    let cores = [bare(lower), read(&bare(lower)), bare(&read(lower))];
    COMMON.lines().filter(|word| !word.is_empty()).any(|word| {
        let again = |core: &String| !core.is_empty() && core.replace(word, "").is_empty();
        lower == word || cores.iter().any(again)
    })
}

/// The letter that a digit or sign often stands for.
const fn plain(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether each character follows the one before, up or down, as in `abcdefghijkl` or `98765432109876`.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let along = |step: i64| steps.iter().filter(|found| **found == step || found.abs() == 9).count() == steps.len();
    along(1) || along(-1)
}

/// Whether little is left of it without the words of name and address.
fn is_own(lower: &str, email: &str, name: &str) -> bool {
    let (email, name) = (email.to_lowercase(), name.to_lowercase());
    let mut rest = lower.replace(&email, "");
    let mut words: Vec<&str> = email.split(|c: char| !c.is_alphanumeric()).chain(name.split(|c: char| !c.is_alphanumeric())).collect();
    words.retain(|word| word.chars().count() >= 3);
    // Longer ones first, since they may hold shorter ones.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        rest = rest.replace(word, "");
    }
    rest.len() < lower.len() && rest.chars().filter(|c| c.is_alphanumeric()).count() < 8
}

/// The hash of a password, in PHC form.
pub(super) fn hash(password: &str, rng: &mut dyn Rng) -> Result<String> {
    let salt: [u8; SALT] = rng.bytes();
    let hash = run(password, NOW, &salt, HASH)?;
    let Cost { memory_kib, passes, lanes } = NOW;
    Ok(format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}", BASE64.encode(salt), BASE64.encode(hash.as_slice())))
}

/// Whether a password is the one of a hash. Without one it takes as long, and it is not.
pub(super) fn check(password: &str, stored: Option<&str>) -> Result<Checked> {
    let known = stored.map(|text| read(text).ok_or_else(|| Error::bug("password_hash", "a stored password hash cannot be read")));
    let (cost, salt, hash) = known.transpose()?.unwrap_or((NOW, vec![0; SALT], Vec::new()));
    // Nobody has a password as long as that, and hashing it would only cost.
    let (password, fits) = if password.len() > BYTES_MAX { ("", false) } else { (password, true) };
    let computed = run(password, cost, &salt, if hash.is_empty() { HASH } else { hash.len() })?;
    let same: bool = computed.as_slice().ct_eq(&hash).into();
    Ok(match (same && fits, cost == NOW && hash.len() == HASH) {
        (false, _) => Checked::Wrong,
        (true, true) => Checked::Right,
        (true, false) => Checked::RightButOld,
    })
}

/// Cost, salt and hash of a PHC string of ours.
fn read(text: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut costs = parts.next()?.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse().ok();
    let cost = Cost { memory_kib: cost("m=")?, passes: cost("t=")?, lanes: cost("p=")? };
    let (salt, hash) = (BASE64.decode(parts.next()?).ok()?, BASE64.decode(parts.next()?).ok()?);
    let sane = cost.memory_kib <= MOST.memory_kib && cost.passes <= MOST.passes && cost.lanes <= MOST.lanes;
    (sane && (16..=64).contains(&hash.len()) && parts.next().is_none()).then_some((cost, salt, hash))
}

fn run(password: &str, cost: Cost, salt: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let _place = Place::take()?;
    let bad = |why: argon2::Error| Error::bug("password_hash", format!("a password cannot be hashed: {why}"));
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(length)).map_err(bad)?;
    let mut out = Zeroizing::new(vec![0; length]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(password.as_bytes(), salt, &mut out).map_err(bad)?;
    Ok(out)
}

/// A place among those who hash.
struct Place;

impl Place {
    fn take() -> Result<Self> {
        let (running, freed) = &RUNNING;
        let guard = running.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut guard, _) = freed.wait_timeout_while(guard, WAIT, |running| *running >= AT_ONCE).unwrap_or_else(PoisonError::into_inner);
        if *guard >= AT_ONCE {
            return Err(Error::busy("sign_in_busy", "too many people sign in at once; try again in a few seconds"));
        }
        *guard += 1;
        Ok(Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (running, freed) = &RUNNING;
        let mut guard = running.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = guard.saturating_sub(1);
        freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Rng for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_password_is_told_from_others() {
        let stored = hash("a sentence of my own", &mut Fixed(7)).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{stored}");
        assert_eq!(check("a sentence of my own", Some(&stored)).unwrap(), Checked::Right);
        assert_eq!(check("a sentence of my owN", Some(&stored)).unwrap(), Checked::Wrong);
        assert_eq!(check("a sentence of my own", None).unwrap(), Checked::Wrong);
        assert_eq!(check("", None).unwrap(), Checked::Wrong);
        assert_eq!(check(&"x".repeat(1 << 20), Some(&stored)).unwrap(), Checked::Wrong);
        assert!(check("a sentence of my own", Some("$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA")).is_err());
    }

    #[test]
    fn hashes_of_others_are_read_and_known_to_be_old() {
        // Made by argon2-cffi 23.1, the binding of the reference implementation, as its documentation shows it.
        let stored = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg";
        assert_eq!(check("correct horse battery staple", Some(stored)).unwrap(), Checked::RightButOld);
        assert_eq!(check("correct horse battery stable", Some(stored)).unwrap(), Checked::Wrong);
    }

    #[test]
    fn what_others_would_guess_is_refused() {
        let code = |password: &str| accept(password, "ana.souza@nuvem.example", "Ana Souza").err().map(|error| error.code);
        for (password, expected) in [
            ("short", Some("password_length")),
            (&"x".repeat(129), Some("password_length")),
            ("ééééééééééé", Some("password_length")),
            ("a sentence\nof mine", Some("password_characters")),
            ("passwordpassword", Some("password_common")),
            ("P@ssw0rd2026!!!!", Some("password_common")),
            ("Senha1234567", Some("password_common")),
            ("123456789012", Some("password_common")),
            ("210987654321", Some("password_common")),
            ("abcdefghijkl", Some("password_common")),
            ("qwertyuiop123", Some("password_common")),
            ("aaaaaaaaaaaab", Some("password_common")),
            ("flamengo@2026", Some("password_common")),
            ("ana.souza@nuvem.example", Some("password_personal")),
            ("AnaSouza2026!", Some("password_personal")),
            ("souza-souza-1984", Some("password_personal")),
            ("nuvem nuvem nuvem", Some("password_personal")),
            ("correct horse battery staple", None),
            ("ana come pão de queijo", None),
            ("xT9$kd02mmQpz", None),
        ] {
            assert_eq!(code(password), expected, "{password}");
        }
    }

    #[test]
    fn the_shipped_list_is_in_lower_case_and_without_doubles() {
        let words: Vec<&str> = COMMON.lines().collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(words, sorted);
        assert!(words.len() > 100 && words.iter().all(|word| word.chars().count() >= 4 && *word == word.to_lowercase()));
    }

    #[test]
    fn no_more_hash_at_once_than_there_are_places() {
        let places: Vec<Place> = (0..AT_ONCE).map_while(|_| Place::take().ok()).collect();
        drop(places);
        let most = Mutex::new(0);
        std::thread::scope(|scope| {
            for _ in 0..3 * AT_ONCE {
                scope.spawn(|| {
                    let _place = Place::take().unwrap();
                    let running = *RUNNING.0.lock().unwrap();
                    let mut most = most.lock().unwrap();
                    *most = running.max(*most);
                });
            }
        });
        assert!((1..=AT_ONCE).contains(&most.into_inner().unwrap()));
    }
}
