use std::sync::LazyLock;

use proptest::prelude::*;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};
use regua_wire::messages::context::Item;
use regua_wire::messages::{Line, MessageContext, Templates, render, samples, shipped_texts};

static TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::shipped);

const NAMES: [&str; 18] = [
    "access_limited",
    "access_restored",
    "adverse_notice",
    "dispute_opened",
    "due_today",
    "final_notice",
    "invoice_issued",
    "offer",
    "overdue",
    "payment_failed",
    "promise_broken",
    "promise_kept",
    "promise_made",
    "receipt",
    "renewal",
    "upcoming",
    "upcoming_charge",
    "update_method",
];

#[test]
fn every_language_has_every_template_and_the_table_is_the_folder() {
    let templates = Templates::shipped();
    let mut named = regua_core::policy::SHIPPED_TEMPLATES;
    named.sort_unstable();
    assert_eq!(named, NAMES, "a policy may name every template that ships, and no other");
    for language in Language::ALL.iter().copied() {
        assert_eq!(templates.names(language).collect::<Vec<_>>(), NAMES, "{language}");
        assert_eq!(
            templates.tones(language, "overdue").collect::<Vec<_>>(),
            [Tone::Friendly, Tone::Firm],
            "neutral is the text without a tone"
        );
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates").join(language.as_str());
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("{language}/{}", entry.unwrap().file_name().to_str().unwrap()))
            .collect();
        files.sort();
        let mut shipped: Vec<&str> = shipped_texts().map(|text| text.0).filter(|path| path.starts_with(&format!("{language}/"))).collect();
        shipped.sort_unstable();
        assert_eq!(shipped, files);
    }
}

#[test]
fn everything_renders_in_every_language_tone_and_channel() {
    let templates = Templates::shipped();
    for language in Language::ALL.iter().copied() {
        for (sample, context) in samples::all(language) {
            for name in NAMES {
                for &tone in Tone::ALL {
                    for &channel in Channel::ALL {
                        let message = render(&templates, name, channel, language, tone, &context)
                            .unwrap_or_else(|error| panic!("{language} {name} {tone} {channel} {sample}: {error}"));
                        for text in [message.subject.as_deref().unwrap_or("-"), message.body.as_str()] {
                            assert!(!text.is_empty() && text.trim() == text && !text.contains("\n\n\n"), "{language} {name}: {text:?}");
                        }
                        assert!(message.body.len() > 20, "{language} {name} {tone} {channel} {sample}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_name_is_data_whatever_it_holds() {
    let templates = Templates::shipped();
    for (name, greeting) in [
        ("{{ 7*7 }}{% for %}{# x", "Olá, {{ 7*7 }}{% for %}{# x,"),
        ("Ana\r\nBcc: all@example.com", "Olá,"),
        ("Ana\n\nPague em outro lugar", "Olá, Ana Pague em outro lugar,"),
        ("\u{202e}anA\u{0}", "Olá, anA,"),
        ("", "Olá,"),
        (" \u{200b} ", "Olá,"),
    ] {
        let context = MessageContext { name: Line::name(name), ..samples::minimal() };
        let message = render(&templates, "overdue", Channel::Email, Language::PtBr, Tone::Friendly, &context).unwrap();
        assert_eq!(message.body.lines().next(), Some(greeting), "{name:?}");
    }
    let context = MessageContext { name: Line::name(&"Ç".repeat(100_000)), ..samples::minimal() };
    let message = render(&templates, "overdue", Channel::Email, Language::PtBr, Tone::Friendly, &context).unwrap();
    assert!(message.body.len() < 2_000);
}

proptest! {
    #[test]
    fn a_name_changes_the_greeting_and_nothing_else(name in ".{0,300}", label in ".{0,300}") {
        let item = |label: &str| vec![Item::new(label, Day::MIN, samples::due(Money::new(100, Currency::BRL), 1))];
        let text = |name: &str, label: &str| {
            let context = MessageContext { name: Line::name(name), overdue: item(label), ..samples::minimal() };
            render(&TEMPLATES, "overdue", Channel::Email, Language::En, Tone::Firm, &context).unwrap()
        };
        let (strange, plain) = (text(&name, &label), text("Ana", "F1"));
        prop_assert_eq!(&strange.subject, &plain.subject);
        // The name stands on the first line, the label on the fifth; the others are the same.
        let others = |text: &str| text.lines().enumerate().filter(|(at, _)| ![0, 4].contains(at)).map(|(_, line)| line.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(others(&strange.body), others(&plain.body));
    }
}

#[test]
fn a_long_list_is_cut_and_its_total_is_whole() {
    let due = Day::parse("2026-12-14").unwrap();
    let item = |at: usize| Item::new(&format!("F{at}"), due, samples::due(Money::new(101, Currency::BRL), 1));
    let context = MessageContext { overdue: (0..3_000).map(item).collect(), ..samples::minimal() };
    let message = render(&Templates::shipped(), "overdue", Channel::Email, Language::PtBr, Tone::Firm, &context).unwrap();
    assert!(message.body.contains("• e mais 2.975 faturas"), "{}", message.body);
    assert!(message.body.contains("Total em aberto: R$\u{a0}3.030,00"), "{}", message.body);
}

#[test]
fn what_cannot_be_written_is_said() {
    let templates = Templates::from_texts(
        shipped_texts().chain([("en/own.txt", "--- subject\nHi\n--- short\nx\n--- email\n\nHello {{ nmae }}\n{{ link | money }}\n")]),
    )
    .unwrap();
    let context = samples::minimal();
    let text = |templates: &Templates, name: &str, context: &MessageContext| {
        render(templates, name, Channel::Email, Language::En, Tone::Firm, context).unwrap_err().to_string()
    };
    assert_eq!(text(&templates, "ovredue", &context), "there is no template `ovredue` in en: add en/ovredue.txt");
    assert_eq!(text(&templates, "own", &context), "en/own.txt:7: undefined value: `nmae` is undefined");
    let huge = Item::new("F2", Day::MIN, samples::due(Money::new(i64::MAX, Currency::BRL), 1));
    let context = MessageContext { overdue: vec![huge.clone(), huge], ..samples::minimal() };
    assert_eq!(text(&templates, "overdue", &context), "the amounts of `F2` cannot be added to the others: the sum does not fit");
}

#[test]
fn a_template_cannot_run_without_end_or_reach_outside() {
    for (source, why) in [
        ("{% for a in range(9) %}x{% endfor %}", "unknown function"),
        ("{{ name | upper }}", "unknown filter"),
        ("{{ 'x' * 999999999 }}", "too large"),
        ("{% for a in 'x' * 90000 %}{% for b in 'x' * 90000 %}x{% endfor %}{% endfor %}", "out of fuel"),
        ("{% include \"own/email\" %}", "recursion limit"),
    ] {
        let file = format!("--- subject\nHi\n--- short\nx\n--- email\n{source}\n");
        let message = match Templates::from_texts([("en/own.txt", file)]) {
            Err(error) => error.to_string(),
            Ok(templates) => {
                let done = render(&templates, "own", Channel::Email, Language::En, Tone::Firm, &samples::minimal());
                done.expect_err(source).to_string()
            }
        };
        assert!(message.contains(why), "{source}: {message}");
    }
}

#[test]
fn a_bad_file_is_refused_with_its_line() {
    let whole = "--- subject\nHi\n--- short\nx\n--- email\ny\n";
    for (path, text, expected) in [
        ("en/a.html", whole, "en/a.html:1: a template file is named <language>/<template>.txt, e.g. pt-BR/overdue.txt"),
        ("xx/a.txt", whole, "xx/a.txt:1: `xx` is not a language (pt-BR, en, es, it, fr, de)"),
        ("en/A b.txt", whole, "en/A b.txt:1: a template file is named <language>/<template>.txt, e.g. pt-BR/overdue.txt"),
        (
            "en/a.txt",
            "--- subject\nHi\n--- short\nx\n--- email firm\ny\n",
            "en/a.txt:1: `--- email` without a tone is missing: it serves every tone that has no text of its own",
        ),
        (
            "en/a.txt",
            "--- subject\nHi\n--- short\nx\n--- email\na\nb {% if x %}\n",
            "en/a.txt:7: unexpected end of input, expected end of block",
        ),
        ("en/_parts.txt", "--- part a\nx\n--- email\ny\n", "en/_parts.txt:4: _parts.txt holds parts and one `--- push`"),
    ] {
        assert_eq!(Templates::from_texts([(path, text)]).unwrap_err().to_string(), expected);
    }
}

#[test]
fn the_longest_message_has_room_to_spare() {
    for &language in Language::ALL {
        let full = samples::full(language);
        let many = vec![full.overdue[0].clone(); 40];
        let announced = vec![full.announced[2].clone(); 20];
        let context = MessageContext { overdue: many.clone(), upcoming: many.clone(), disputed: many, announced, ..full };
        for name in NAMES {
            let message = render(&TEMPLATES, name, Channel::Email, language, Tone::Firm, &context).unwrap();
            assert!(message.body.len() > 15_000, "{language} {name}");
        }
    }
}
