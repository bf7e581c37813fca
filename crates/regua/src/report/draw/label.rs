//! Texts in a drawing: how wide they are, what to do when they are too wide, and how to keep them apart.
//!
//! The page uses the reader's own fonts, so widths are estimates, on the wide side of the usual sans-serif fonts.

/// How wide a text is at most, in tenths of a pixel, at a font size in tenths of a pixel.
pub(in super::super) fn width(text: &str, size: i64) -> i64 {
    let thousandths: i64 = text.chars().map(advance).sum();
    // Semi-bold weights and wider fonts: 8 % more.
    thousandths * size / 1_000 * 108 / 100
}

/// The advance of a character in thousandths of the font size, after Arial.
const fn advance(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 222,
        ' ' | '\u{a0}' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '!' | '/' | 'í' | '·' => 278,
        'r' | '-' | '(' | ')' | '[' | ']' | '"' => 333,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' | 'ç' => 500,
        'm' | 'M' => 833,
        'w' | 'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'Ç' | 'Ú' => 722,
        'W' => 944,
        '%' => 889,
        '+' | '<' | '>' | '=' | '−' => 584,
        'G' | 'O' | 'Q' | 'Ó' | 'Õ' | 'Ô' => 778,
        '…' | '@' => 1_000,
        'A' | 'B' | 'E' | 'F' | 'K' | 'L' | 'P' | 'S' | 'T' | 'V' | 'X' | 'Y' | 'Z' | 'Á' | 'Â' | 'Ã' | 'É' | 'Ê' => 667,
        '\u{0}'..='\u{7f}' | 'à'..='ö' | 'ø'..='ÿ' | '–' => 556,
        '\u{80}'..='\u{2fff}' => 750,
        _ => 1_000,
    }
}

/// The text, or its beginning and `…` when it is wider than `room`.
pub(in super::super) fn fit(text: &str, size: i64, room: i64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// The text in at most two lines no wider than `room`; what is still too wide is cut.
pub(in super::super) fn wrap(text: &str, size: i64, room: i64) -> Vec<String> {
    if width(text, size) <= room {
        return vec![text.to_owned()];
    }
    // The last word end that leaves a first line that fits.
    let mut ends = text.match_indices(' ').map(|(end, _)| end);
    let split = ends.rfind(|end| text.get(..*end).is_some_and(|line| width(line, size) <= room));
    match split.and_then(|end| text.split_at_checked(end)) {
        Some((first, rest)) => vec![first.to_owned(), fit(rest.trim_start(), size, room)],
        None => vec![fit(text, size, room)],
    }
}

/// Places near the wished ones (ascending), at least `apart` from each other and within `room`; as near as can be by
/// least squares. Too many for the room: they are as far apart as it allows.
pub(in super::super) fn spread(wished: &[i64], apart: i64, room: (i64, i64)) -> Vec<i64> {
    let count = i64::try_from(wished.len()).unwrap_or(i64::MAX);
    let width = (room.1 - room.0).max(0);
    let apart = if count > 1 { apart.min(width / (count - 1)) } else { 0 };
    // Without the distances the places need only ascend: pool neighbours that do not (isotonic regression).
    let mut pools: Vec<(i64, i64)> = Vec::with_capacity(wished.len());
    for (wish, index) in wished.iter().zip(0..) {
        let mut pool = (wish.clamp(&room.0, &room.1) - index * apart, 1);
        while let Some(last) = pools.last().copied().filter(|last| last.0 * pool.1 > pool.0 * last.1) {
            pools.pop();
            pool = (last.0 + pool.0, last.1 + pool.1);
        }
        pools.push(pool);
    }
    let last = room.1 - (count - 1).max(0) * apart;
    let means = pools.iter().flat_map(|&(sum, size)| (0..size).map(move |_| sum / size));
    means.zip(0..).map(|(mean, index)| mean.clamp(room.0, last.max(room.0)) + index * apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_wrapped_or_cut() {
        assert_eq!(fit("Lembrete", 110, 1_000), "Lembrete");
        assert_eq!(fit("Lembrete de vencimento", 110, 700), "Lembrete…");
        assert_eq!(fit("Lembrete", 110, 0), "…");
        assert_eq!(wrap("Sem horário permitido", 110, 1_000), ["Sem horário", "permitido"]);
        assert_eq!(wrap("Sem horário permitido a tempo", 110, 700), ["Sem horário", "permitido…"]);
        assert_eq!(wrap("Inadimplemento", 110, 300), ["Ina…"]);
        assert_eq!(wrap("", 110, 300), [""]);
    }

    #[test]
    fn labels_move_apart_as_little_as_they_must() {
        for (wished, expected) in [
            (vec![100, 200, 300], vec![100, 200, 300]),
            (vec![100, 100], vec![75, 125]),
            (vec![0, 0], vec![0, 50]),
            (vec![1_000, 1_000, 1_000], vec![900, 950, 1_000]),
            (vec![], vec![]),
        ] {
            assert_eq!(spread(&wished, 50, (0, 1_000)), expected, "{wished:?}");
        }
    }

    #[test]
    fn labels_are_apart_and_in_the_room() {
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((state >> 33) % below).unwrap()
        };
        for round in 0..2_000 {
            let (count, apart) = (draw(20), draw(60));
            let mut wished: Vec<i64> = (0..count).map(|_| draw(2_000) - 500).collect();
            wished.sort_unstable();
            let places = spread(&wished, apart, (0, 1_200));
            assert_eq!(places.len(), wished.len());
            assert!(places.iter().all(|place| (0..=1_200).contains(place)), "round {round}: {places:?}");
            assert!(places.is_sorted_by(|a, b| b - a >= apart), "round {round}: {places:?}");
        }
    }
}
