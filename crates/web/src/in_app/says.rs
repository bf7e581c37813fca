//! What the app shows, as JSON: the state for programs, and texts that are ready to be shown.

use regua_core::money::Money;
use regua_core::words::{AccessState, Language};
use regua_engine::in_app::{Asked, Coming, Shown, State};
use regua_wire::messages::locale;
use serde_json::{Value, json};

use super::words::{Words, of};
use crate::api::reply;

/// Everything that a page needs to show the state.
///
/// * `link` — where the customer sees and pays, when there is such an address.
pub(super) fn says(shown: &Shown, link: Option<&str>) -> Value {
    let (words, language) = (of(shown.language), shown.language);
    let (title, lines) = texts(shown, words);
    let shows = shown.state != State::None;
    let action = link.filter(|_| shows).map(|href| json!({"label": words.pay, "href": href}));
    json!({
        "state": shown.state.word(),
        "access": shown.access.as_str(),
        "language": language.as_str(),
        "put_away": shown.put_away,
        "can_be_put_away": shown.state.can_be_put_away(),
        "label": words.label,
        "title": title,
        "lines": lines,
        "action": action,
        "later": shown.state.can_be_put_away().then_some(words.later),
        "owed": shown.asked.iter().map(|one| owed(one, words, language)).collect::<Vec<_>>(),
        "sums": shown.sums.iter().map(|sum| amount(*sum, language)).collect::<Vec<_>>(),
        "coming": shown.coming.iter().map(|(on, what)| json!({
            "what": word(*what),
            "on": reply::day(*on),
            "text": coming(words, *what).replace("{day}", &locale::date(language, *on)),
        })).collect::<Vec<_>>(),
    })
}

/// What is said where nothing is known of the customer: nothing.
pub(super) fn nothing() -> Value {
    json!({
        "state": State::None.word(),
        "access": AccessState::Active.as_str(),
        "language": null,
        "put_away": false,
        "can_be_put_away": false,
        "label": null,
        "title": null,
        "lines": [],
        "action": null,
        "later": null,
        "owed": [],
        "sums": [],
        "coming": [],
    })
}

/// The title and the sentences under it.
fn texts(shown: &Shown, words: &Words) -> (Option<&'static str>, Vec<String>) {
    let language = shown.language;
    let sums: Vec<String> = shown.sums.iter().map(|sum| locale::money(language, *sum)).collect();
    let sum = locale::list(language, &sums);
    let late = shown.asked.iter().find(|one| one.late).map(|one| one.due_on);
    let named = |text: &str| text.replace("{sum}", &sum);
    let mut lines = Vec::new();
    let title = match shown.state {
        State::None => return (None, lines),
        State::Notice => {
            lines.push(named(words.failed.1));
            words.failed.0
        }
        // Access that is kept for a while, and nothing that is asked for: the rest is on its way.
        State::Banner if sums.is_empty() => words.late.0,
        State::Banner => match late {
            Some(day) => {
                lines.push(named(words.late.1).replace("{day}", &locale::date(language, day)));
                words.late.0
            }
            None => {
                lines.push(named(words.announced.1));
                words.announced.0
            }
        },
        State::ReadOnly | State::Wall => {
            let (title, text) = if shown.state == State::Wall { words.suspended } else { words.limited };
            lines.push(text.to_owned());
            if !sums.is_empty() {
                lines.push(named(words.open));
                lines.push(words.back.to_owned());
            }
            title
        }
    };
    // The first of what comes; the page behind the button has the rest.
    if let Some((on, what)) = shown.coming.first() {
        lines.push(coming(words, *what).replace("{day}", &locale::date(language, *on)));
    }
    if shown.resting {
        lines.push(words.resting.to_owned());
    }
    (Some(title), lines)
}

fn owed(one: &Asked, words: &Words, language: Language) -> Value {
    let day = locale::date_short(language, one.due_on);
    let sum = locale::money(language, one.due);
    // The name last: it is somebody else's text, and may hold braces of its own.
    let line = words.line.replace("{sum}", &sum).replace("{day}", &day).replace("{name}", &one.external_id);
    json!({
        "receivable": one.receivable.to_string(),
        "receivable_external_id": one.external_id,
        "due_on": reply::day(one.due_on),
        "due": amount(one.due, language),
        "days_late": one.days_late,
        "late": one.late,
        "failed": one.failed,
        "text": line,
    })
}

fn amount(money: Money, language: Language) -> Value {
    let mut value = reply::money(money);
    value["text"] = locale::money(language, money).into();
    value
}

const fn coming(words: &Words, what: Coming) -> &'static str {
    match what {
        // A ladder restricts: what it announces is never less than this.
        Coming::Access(AccessState::Active | AccessState::Grace | AccessState::Limited) => words.coming[0],
        Coming::Access(AccessState::Suspended) => words.coming[1],
        Coming::Access(AccessState::Cancelled) => words.coming[2],
        Coming::Fee => words.coming[3],
        Coming::Report => words.coming[4],
        Coming::Assign => words.coming[5],
    }
}

const fn word(what: Coming) -> &'static str {
    match what {
        Coming::Access(state) => state.as_str(),
        Coming::Fee => "fee",
        Coming::Report => "report",
        Coming::Assign => "assign",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_core::currency::Currency;
    use regua_core::ids::{CustomerId, ReceivableId};
    use regua_core::time::{Day, Instant};

    fn shown(state: State, language: Language) -> Shown {
        let day = |text: &str| Day::parse(text).unwrap();
        let due = Money::new(10_250, Currency::BRL);
        let asked = Asked {
            receivable: ReceivableId::new(1_700_000_000_000, [1; 10]),
            external_id: "R{sum}1".to_owned(),
            due_on: day("2026-01-10"),
            due,
            days_late: 3,
            late: state != State::Notice,
            failed: true,
        };
        Shown {
            customer: CustomerId::new(1_700_000_000_000, [2; 10]),
            language,
            today: day("2026-01-13"),
            state,
            access: AccessState::Active,
            asked: vec![asked],
            sums: vec![due],
            coming: vec![(day("2026-01-22"), Coming::Access(AccessState::Limited))],
            resting: false,
            put_away: false,
            until: Instant::NEVER,
            moved: 1,
        }
    }

    #[test]
    fn every_state_is_told_in_every_language_without_blanks() {
        for language in Language::ALL {
            for state in State::ALL.into_iter().filter(|state| *state != State::None) {
                let told = says(&shown(state, *language), Some("https://pay.example/p/x"));
                let lines = told["lines"].as_array().unwrap();
                assert!(!lines.is_empty() && told["title"].is_string(), "{language} {told}");
                assert!(lines.iter().all(|line| !line.as_str().unwrap().contains('{')), "{language} {told}");
                assert!(lines[0].as_str().unwrap().contains("102") || state > State::Banner, "{language} {told}");
                assert_eq!(told["later"].is_string(), state.can_be_put_away(), "{language}");
                assert_eq!(told["action"]["href"], "https://pay.example/p/x");
            }
        }
    }

    #[test]
    fn a_banner_says_what_since_when_and_what_comes() {
        let told = says(&shown(State::Banner, Language::PtBr), None);
        assert_eq!(told["lines"][0], "R$\u{a0}102,50 em aberto desde 10 de janeiro de 2026.");
        assert_eq!(told["lines"][1], "Sem pagamento, o acesso fica limitado em 22 de janeiro de 2026.");
        assert_eq!(told["owed"][0]["text"], "R{sum}1: R$\u{a0}102,50, vencimento em 10/01/2026");
        assert_eq!(told["sums"][0]["amount"], "102.50");
        assert_eq!((&told["coming"][0]["what"], &told["coming"][0]["on"]), (&Value::from("limited"), &Value::from("2026-01-22")));
        assert!(told["action"].is_null());
    }

    #[test]
    fn nothing_has_the_members_that_something_has() {
        let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members(&nothing()), members(&says(&shown(State::Wall, Language::De), None)));
    }
}
