//! What happens to inputs: bits, bytes, digits, lines, lengths and words, none of it guided by what the code does.
//!
//! Formats of banks are made of digits at fixed places, lines of one length, and lengths before values, so most mutations know
//! these. Deliberately absent: grammars; a target that checks sums brings its own repair.

use crate::random::Random;

/// Bytes that parsers trip over.
const AWKWARD: &[u8] = b"\0\t\n\r \"'(),-./0189:;<=>@AZ[]_az{|}~\x7f\x80\xc3\xff";
/// Texts that readers of any format should have an answer to.
const WORDS: &[&str] = &[
    "",
    "0",
    "-1",
    "00000000000000000000",
    "99999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "1e999",
    "NaN",
    "\u{feff}",
    "\r\n",
    "\n\n\n",
    "é",
    "日本",
    "\u{301}",
    "\u{202e}",
    "\u{2028}",
    "null",
    "true",
    "31/02/2026",
    "2026-02-30",
    "1900-01-01",
    "2199-12-31",
    "R$ 1.234,56",
    "1,234.56",
    "{}",
    "[]",
    "<a>",
    "</a>",
    "%00",
    "\\",
    "\"\"",
    "+55",
    "***",
];

/// Spoils an input in one to four ways. It never has more than `len_max` bytes afterwards.
pub fn mutate(input: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], len_max: usize, random: &mut Random) {
    for _ in 0..=random.below(4) {
        once(input, others, words, random);
        input.truncate(len_max);
    }
}

fn once(input: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], random: &mut Random) {
    match random.below(20) {
        0 => on_byte(input, random, |byte, random| byte ^ (1 << random.below(8))),
        1 => on_byte(input, random, |_, random| random.byte()),
        2 => on_byte(input, random, |_, random| *random.pick(AWKWARD).unwrap_or(&0)),
        3..=5 => bump_digit(input, random),
        6 => insert(input, random, 1),
        7 => delete(input, random),
        8 => duplicate(input, random),
        9 | 10 => splice(input, others, random),
        11..=13 => lines(input, random),
        14 => input.truncate(random.below(input.len() + 1)),
        15 => length(input, random),
        16 | 17 => word(input, words, random),
        18 => swap(input, random),
        _ => digits(input, random),
    }
}

fn on_byte(input: &mut [u8], random: &mut Random, change: impl Fn(u8, &mut Random) -> u8) {
    let place = random.below(input.len());
    if let Some(byte) = input.get_mut(place) {
        *byte = change(*byte, random);
    }
}

/// The place of a byte that fits, looked for from somewhere on and round.
fn find(input: &[u8], random: &mut Random, fits: impl Fn(u8) -> bool) -> Option<usize> {
    let from = random.below(input.len());
    let after = input.iter().enumerate().skip(from).find(|(_, byte)| fits(**byte));
    after.or_else(|| input.iter().enumerate().take(from).find(|(_, byte)| fits(**byte))).map(|(place, _)| place)
}

/// Where a row of digits begins and ends.
fn row_of_digits(input: &[u8], random: &mut Random) -> Option<(usize, usize)> {
    let place = find(input, random, |byte| byte.is_ascii_digit())?;
    let before = input[..place].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let after = input[place..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some((place - before, place + after))
}

fn bump_digit(input: &mut [u8], random: &mut Random) {
    if let Some(place) = find(input, random, |byte| byte.is_ascii_digit()) {
        input[place] = b'0' + (input[place] - b'0' + 1 + random.byte() % 9) % 10;
    }
}

/// A row of digits becomes zeros, nines, longer or shorter.
fn digits(input: &mut Vec<u8>, random: &mut Random) {
    let Some((from, to)) = row_of_digits(input, random) else { return };
    match random.below(4) {
        0 => input[from..to].fill(b'0'),
        1 => input[from..to].fill(b'9'),
        2 => input.splice(from..from, std::iter::repeat_n(b'9', 1 + random.below(20))).for_each(drop),
        _ => input.drain(from..from + random.below(to - from + 1)).for_each(drop),
    }
}

/// Two digits become another two: a length, a day, a code.
fn length(input: &mut [u8], random: &mut Random) {
    let Some((from, to)) = row_of_digits(input, random) else { return };
    let place = from + random.below(to - from);
    let value = [b'0' + random.byte() % 10, b'0' + random.byte() % 10];
    for (byte, value) in input.iter_mut().skip(place).zip(value) {
        *byte = value;
    }
}

/// A range of at most 64 bytes.
fn range(input: &[u8], random: &mut Random) -> (usize, usize) {
    let from = random.below(input.len() + 1);
    (from, (from + 1 + random.below(64)).min(input.len()).max(from))
}

fn insert(input: &mut Vec<u8>, random: &mut Random, count: usize) {
    let place = random.below(input.len() + 1);
    let bytes: Vec<u8> = (0..count + random.below(4)).map(|_| *random.pick(AWKWARD).unwrap_or(&0)).collect();
    input.splice(place..place, bytes).for_each(drop);
}

fn delete(input: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = range(input, random);
    input.drain(from..to).for_each(drop);
}

fn duplicate(input: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = range(input, random);
    let times = if random.one_in(8) { 64 } else { 1 };
    let copies = input[from..to].repeat(times);
    let place = random.below(input.len() + 1);
    input.splice(place..place, copies).for_each(drop);
}

fn swap(input: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = range(input, random);
    let cut: Vec<u8> = input.drain(from..to).collect();
    let place = random.below(input.len() + 1);
    input.splice(place..place, cut).for_each(drop);
}

/// The front of this and the back of another, or a piece of another in the middle.
fn splice(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let Some(other) = random.pick(others) else { return };
    if random.one_in(2) {
        input.truncate(random.below(input.len() + 1));
        input.extend(other.iter().skip(random.below(other.len() + 1)));
    } else {
        let (from, to) = range(other, random);
        let place = random.below(input.len() + 1);
        input.splice(place..place, other[from..to].iter().copied()).for_each(drop);
    }
}

fn word(input: &mut Vec<u8>, words: &[&str], random: &mut Random) {
    let words = if random.one_in(4) { WORDS } else { words };
    let word = random.pick(words).copied().unwrap_or_default().as_bytes();
    let place = random.below(input.len() + 1);
    // Over what was there, or between.
    let end = if random.one_in(2) { (place + word.len()).min(input.len()) } else { place };
    input.splice(place..end, word.iter().copied()).for_each(drop);
}

/// A line goes, comes twice, trades its place with another, loses its end or its ending.
fn lines(input: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    if lines.is_empty() {
        return;
    }
    match random.below(6) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a].clone()),
        2 => lines.swap(a, b),
        3 => {
            let keep = random.below(lines[a].len() + 1);
            lines[a].truncate(keep);
        }
        4 => {
            let ending: &[u8] = if random.one_in(2) { b"\r\n" } else { b"" };
            let bare = lines[a].trim_ascii_end().to_vec();
            lines[a] = [&bare, ending].concat();
        }
        _ => lines.truncate(a + 1),
    }
    *input = lines.concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutations_keep_the_limit_and_never_fail() {
        let mut random = Random::new(1);
        let seeds: Vec<Vec<u8>> = ["", "a", "00020126\r\n330014\n", "é1", "999"].iter().map(|seed| seed.as_bytes().to_vec()).collect();
        let mut input = Vec::new();
        for round in 0..200_000 {
            if round % 50 == 0 {
                input = random.pick(&seeds).cloned().unwrap_or_default();
            }
            mutate(&mut input, &seeds, &["x", "br.gov.bcb.pix"], 500, &mut random);
            assert!(input.len() <= 500);
        }
    }

    #[test]
    fn a_seed_gives_the_same_inputs() {
        let run = |seed| {
            let mut random = Random::branch(seed, "a", 1);
            let mut input = b"23791165600000219901234091234567890100123450".to_vec();
            (0..100).for_each(|_| mutate(&mut input, &[], &["x"], 500, &mut random));
            input
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }
}
