//! Words by which people say on a phone that they want no more messages, or want them again, in six languages.
//!
//! Deliberately absent: meaning beyond a few words. A longer text is a reply that a person reads.
//!
//! Source: facts/international.md §5.1 (stop, quit, end, revoke, opt out, cancel, unsubscribe), facts/brazil.md §8.2 (SAIR).

/// What a short text asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// No more messages on this channel.
    Stop,
    /// Messages again.
    Start,
    /// Who this is, and how to stop it.
    Help,
}

/// Characters of a text that may be a wish.
const CHARS_MAX: usize = 60;

const STOP: &[&str] = &[
    // pt
    "sair",
    "parar",
    "pare",
    "remover",
    "descadastrar",
    "cancelar", // es
    "baja",
    "alto",
    "detener",
    "borrar",
    "no molestar", // en
    "stop",
    "stopall",
    "stop all",
    "quit",
    "end",
    "revoke",
    "opt out",
    "optout",
    "cancel",
    "unsubscribe", // it
    "basta",
    "annulla",
    "cancellami",
    "disiscrivi",
    "disiscrivimi",
    "rimuovi", // fr
    "arret",
    "arreter",
    "desabonner",
    "desabonnement",
    "desinscrire",
    "desinscription", // de
    "stopp",
    "abmelden",
    "abbestellen",
    "ende",
    "austragen",
];
const START: &[&str] = &["start", "unstop", "voltar", "entrar", "alta", "iniciar", "inizia", "riprendi", "reprendre", "anmelden"];
const HELP: &[&str] = &["help", "info", "ajuda", "ayuda", "aiuto", "aide", "hilfe"];

/// Words that change nothing beside one of those.
const POLITE: &[&str] = &[
    "please",
    "pls",
    "por",
    "favor",
    "pfv",
    "per",
    "favore",
    "s",
    "il",
    "vous",
    "te",
    "plait",
    "svp",
    "stp",
    "bitte",
    "obrigado",
    "obrigada",
    "gracias",
    "thanks",
    "thank",
    "you",
    "grazie",
    "merci",
    "danke",
    "mensagem",
    "mensagens",
    "mensajes",
    "messages",
    "messaging",
    "msg",
    "msgs",
    "texts",
    "messaggi",
    "sms",
    "nachrichten",
    "now",
    "agora",
    "ya",
];

/// What a text asks for, when it is one of the words alone, with or without courtesy. Case, accents and signs do not matter.
///
/// ```
/// use regua_wire::channels::stop::{Wish, wish};
/// assert_eq!(wish(" Sair, por favor! "), Some(Wish::Stop));
/// assert_eq!(wish("ARRÊT"), Some(Wish::Stop));
/// assert_eq!(wish("não vou parar de pagar"), None);
/// ```
#[must_use]
pub fn wish(text: &str) -> Option<Wish> {
    if text.trim().chars().count() > CHARS_MAX {
        return None;
    }
    let plain: String = text.chars().map(plain).collect();
    let all: Vec<&str> = plain.split_whitespace().collect();
    let words = all.iter().filter(|word| !POLITE.contains(word)).copied().collect::<Vec<_>>().join(" ");
    [(STOP, Wish::Stop), (START, Wish::Start), (HELP, Wish::Help)]
        .into_iter()
        .find(|(list, _)| list.contains(&words.as_str()))
        .map(|(_, wish)| wish)
}

/// A letter in lower case without its accent; anything else parts words.
fn plain(letter: char) -> char {
    let letter = letter.to_lowercase().next().unwrap_or(letter);
    match letter {
        'a'..='z' | '0'..='9' => letter,
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        _ => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_language_has_its_words() {
        for (text, expected) in [
            ("SAIR", Some(Wish::Stop)),
            ("Parar mensagens", Some(Wish::Stop)),
            ("baja", Some(Wish::Stop)),
            ("STOP.", Some(Wish::Stop)),
            ("opt-out", Some(Wish::Stop)),
            ("Unsubscribe please", Some(Wish::Stop)),
            ("Basta, grazie", Some(Wish::Stop)),
            ("Arrêt SMS s'il vous plaît", Some(Wish::Stop)),
            ("Désabonner", Some(Wish::Stop)),
            ("Stopp bitte", Some(Wish::Stop)),
            ("start", Some(Wish::Start)),
            ("VOLTAR", Some(Wish::Start)),
            ("Ajuda", Some(Wish::Help)),
            ("", None),
            ("por favor", None),
            ("já paguei, parem", None),
            ("cancel my plan", None),
            ("stop charging the old card and use the new one that I gave you", None),
            ("endereço", None),
        ] {
            assert_eq!(wish(text), expected, "{text}");
        }
    }

    #[test]
    fn every_word_of_the_lists_is_found_and_in_one_list_only() {
        let all: Vec<&str> = [STOP, START, HELP].concat();
        for (place, word) in all.iter().enumerate() {
            assert!(wish(word).is_some(), "{word}");
            assert!(!all[place + 1..].contains(word) && !POLITE.contains(word), "{word}");
        }
    }

    proptest! {
        #[test]
        fn case_accents_and_signs_do_not_matter(place in 0..STOP.len(), before in "[ .,!\"*]{0,4}", upper in any::<bool>()) {
            let word = STOP[place].replace('a', "á").replace('e', "ê");
            let word = if upper { word.to_uppercase() } else { word };
            prop_assert_eq!(wish(&format!("{before}{word}{before}")), Some(Wish::Stop));
        }
    }
}
