//! What a template may look like, before the far side is asked to approve it.
//!
//! Deliberately absent: asking, and whether the words are allowed, which people at the far side decide.
//!
//! Source: Meta's template guidelines; facts/brazil.md §8.1 (2388293, 2388299).

/// Characters of a body.
pub const BODY_CHARS_MAX: usize = 1_024;
/// Characters of a header or footer.
pub const EDGE_CHARS_MAX: usize = 60;
/// Characters of a button's text.
pub const BUTTON_CHARS_MAX: usize = 25;
/// Characters of a button's address.
pub const URL_CHARS_MAX: usize = 2_000;
/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 512;

/// What is wrong with a template.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Wrong {
    /// Its name.
    #[error("a name has small letters, digits and `_`, at most {NAME_CHARS_MAX}")]
    Name,
    /// No words.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// Too many words.
    #[error("the {0} is longer than {1} characters")]
    Long(&'static str, usize),
    /// A brace without another, or something else than a number between them.
    #[error("a place for a parameter is written {{{{1}}}}, {{{{2}}}} and so on; `{0}` is none")]
    Place(String),
    /// Places that are not counted from 1.
    #[error("places are counted from 1 without a gap; {{{{{0}}}}} is missing")]
    Gap(u32),
    /// 2388299.
    #[error("a place can be neither the first nor the last word of the body (2388299)")]
    Edge,
    /// Two places without a word between them.
    #[error("between {{{{{0}}}}} and the place behind it there is no word")]
    Beside(u32),
    /// 2388293.
    #[error("{places} places are too many for {words} words; write more words, or fewer places (2388293)")]
    Many {
        /// How many places.
        places: usize,
        /// How many words besides.
        words: usize,
    },
    /// A place in a button's address that is not at its end.
    #[error("the address of a button begins with https:// and may have one place, {{{{1}}}}, at its end")]
    Address,
}

/// A template in parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draft<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its text with places.
    pub body: &'a str,
    /// A line below.
    pub footer: Option<&'a str>,
    /// The text and address of its button.
    pub button: Option<(&'a str, &'a str)>,
}

/// How many parameters a body takes, when it can be asked for.
///
/// # Errors
/// The first thing that is wrong, which the far side would refuse too.
///
/// ```
/// use regua_wire::channels::whatsapp::template::{Draft, Wrong, check};
/// let body = "Olá {{1}}, a sua fatura de {{2}} vence em {{3}}. Qualquer dúvida, responda aqui.";
/// let draft = Draft { name: "fatura_vence", body, footer: None, button: Some(("Pagar", "https://r.example/{{1}}")) };
/// assert_eq!(check(&draft), Ok(3));
/// assert_eq!(check(&Draft { body: "Pague até {{1}}", ..draft }), Err(Wrong::Edge));
/// ```
pub fn check(draft: &Draft<'_>) -> Result<usize, Wrong> {
    let name = draft.name;
    let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if name.is_empty() || name.len() > NAME_CHARS_MAX || !letters {
        return Err(Wrong::Name);
    }
    length("body", draft.body, BODY_CHARS_MAX)?;
    if let Some(footer) = draft.footer {
        length("footer", footer, EDGE_CHARS_MAX)?;
        if footer.contains("{{") {
            return Err(Wrong::Place("{{".to_owned()));
        }
    }
    if let Some((text, url)) = draft.button {
        length("text of the button", text, BUTTON_CHARS_MAX)?;
        length("address of the button", url, URL_CHARS_MAX)?;
        let fixed = url.strip_suffix("{{1}}").unwrap_or(url);
        if !fixed.starts_with("https://") || fixed.contains(['{', '}']) || fixed.chars().any(char::is_whitespace) {
            return Err(Wrong::Address);
        }
    }
    places(draft.body)
}

fn length(what: &'static str, text: &str, max: usize) -> Result<(), Wrong> {
    if text.trim().is_empty() {
        Err(Wrong::Empty(what))
    } else if text.chars().count() > max {
        Err(Wrong::Long(what, max))
    } else {
        Ok(())
    }
}

fn places(body: &str) -> Result<usize, Wrong> {
    let (mut numbers, mut between) = (Vec::new(), Vec::new());
    let mut rest = body;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (number, after) = behind.split_once("}}").ok_or_else(|| wrong_place(behind))?;
        let counted = number.len() <= 3 && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
        let place: u32 = number.parse().ok().filter(|_| counted).ok_or_else(|| wrong_place(number))?;
        numbers.push(place);
        between.push(before);
        rest = after;
    }
    if between.iter().chain([&rest]).any(|text| text.contains(['{', '}'])) {
        return Err(wrong_place("{"));
    }
    let Some(first) = between.first() else { return Ok(0) };
    let has_word = |text: &str| text.chars().any(char::is_alphanumeric);
    if !has_word(first) || !has_word(rest) {
        return Err(Wrong::Edge);
    }
    let beside = numbers.iter().zip(between.iter().skip(1)).find(|(_, text)| !has_word(text));
    if let Some((number, _)) = beside {
        return Err(Wrong::Beside(*number));
    }
    let highest = numbers.iter().copied().max().unwrap_or(0);
    if let Some(missing) = (1..=highest).find(|place| !numbers.contains(place)) {
        return Err(Wrong::Gap(missing));
    }
    let words: usize = between.iter().chain([&rest]).map(|text| text.split_whitespace().filter(|word| has_word(word)).count()).sum();
    // The far side does not publish its rule; providers agree on more than twice as many words as places.
    if words <= 2 * numbers.len() {
        return Err(Wrong::Many { places: numbers.len(), words });
    }
    Ok(usize::try_from(highest).unwrap_or(usize::MAX))
}

fn wrong_place(text: &str) -> Wrong {
    Wrong::Place(text.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_rule_has_a_template_that_breaks_it() {
        let good = Draft { name: "a_1", body: "Olá {{1}}, tudo bem por aí?", footer: Some("Acme"), button: None };
        let body = |body| Draft { body, ..good };
        let long = "a".repeat(BODY_CHARS_MAX + 1);
        for (draft, expected) in [
            (good, Ok(1)),
            (body("Sem lugares"), Ok(0)),
            (body("Oi {{1}}, hoje vence a sua conta, {{1}}, de {{2}}, avisamos com carinho."), Ok(2)),
            (Draft { name: "A", ..good }, Err(Wrong::Name)),
            (Draft { name: "", ..good }, Err(Wrong::Name)),
            (body(" "), Err(Wrong::Empty("body"))),
            (body(&long), Err(Wrong::Long("body", BODY_CHARS_MAX))),
            (body("Olá {{nome}} tudo bem por aí"), Err(Wrong::Place("nome".to_owned()))),
            (body("Olá {{1 tudo bem por aí"), Err(Wrong::Place("1 tudo bem p".to_owned()))),
            (body("Olá {{0}} tudo bem por aí"), Err(Wrong::Place("0".to_owned()))),
            (body("Olá {{+1}} tudo bem por aí"), Err(Wrong::Place("+1".to_owned()))),
            (body("Olá } tudo {{1}} bem por aí"), Err(Wrong::Place("{".to_owned()))),
            (body("Olá {{2}} tudo bem por aí"), Err(Wrong::Gap(1))),
            (body("{{1}} tudo bem por aí"), Err(Wrong::Edge)),
            (body("Olá, tudo bem por aí {{1}}."), Err(Wrong::Edge)),
            (body("Olá {{1}} {{2}} tudo bem por aí"), Err(Wrong::Beside(1))),
            (body("Olá {{1}} oi"), Err(Wrong::Many { places: 1, words: 2 })),
            (Draft { footer: Some("{{1}}"), ..good }, Err(Wrong::Place("{{".to_owned()))),
            (Draft { button: Some(("Pagar", "http://r.example")), ..good }, Err(Wrong::Address)),
            (Draft { button: Some(("Pagar", "https://r.example/{{1}}/x")), ..good }, Err(Wrong::Address)),
            (
                Draft { button: Some(("Pagar agora mesmo a fatura", "https://r.example")), ..good },
                Err(Wrong::Long("text of the button", 25)),
            ),
        ] {
            assert_eq!(check(&draft), expected, "{draft:?}");
        }
        assert_eq!(Wrong::Gap(1).to_string(), "places are counted from 1 without a gap; {{1}} is missing");
        assert!(Wrong::Place("x".to_owned()).to_string().contains("written {{1}}, {{2}}"));
    }

    proptest! {
        #[test]
        fn any_text_is_judged(body in "[a-z {}0-9]{0,60}") {
            if let Ok(count) = check(&Draft { name: "a", body: &body, footer: None, button: None }) {
                let all = (1..=count).all(|place| body.contains(&format!("{{{{{place}}}}}")));
                prop_assert!(all, "every place is there");
            }
        }
    }
}
