//! "Did you mean": the known word nearest to one that is not.

/// The known word that a typing slip away from `word` would be, if one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// The mend for an unknown word: the nearest one, else all of them.
pub(super) fn mend(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none to choose from".to_owned(),
        None => format!("one of {}", known.join(", ")),
    }
}

/// Edits (insert, delete, replace, swap of neighbours) between two words, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    // Words are short; anything longer cannot be near and need not be measured.
    let fold = |text: &str| text.chars().take(64).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (a, b) = (fold(a), fold(b));
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let cell = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cell(&last, j + 1) + 1).min(cell(&row, j) + 1).min(cell(&last, j) + usize::from(x != y));
            if i > 0 && j > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x) {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_a_slip_away() {
        for (word, expected) in [
            ("emial", Some("email")),
            ("Email", Some("email")),
            ("e-mail", Some("email")),
            ("whatsap", Some("whatsapp")),
            ("sns", Some("sms")),
            ("telegram", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, ["email", "sms", "whatsapp"]), expected, "{word}");
        }
    }
}
