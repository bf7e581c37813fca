use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};
use regua_wire::messages::context::Item;
use regua_wire::messages::{Line, MessageContext, RenderError, Templates, render, samples, shipped_texts};

const NAMES: [&str; 15] = [
    "access_limited",
    "adverse_notice",
    "due_today",
    "final_notice",
    "invoice_issued",
    "offer",
    "overdue",
    "payment_failed",
    "promise_broken",
    "promise_kept",
    "receipt",
    "renewal",
    "upcoming",
    "upcoming_charge",
    "update_method",
];

#[test]
fn every_language_has_every_template_and_the_table_is_the_folder() {
    let templates = Templates::shipped();
    for language in templates.languages() {
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
    for language in templates.languages() {
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

#[test]
fn a_long_list_is_cut_and_its_total_is_whole() {
    let due = Day::parse("2026-12-14").unwrap();
    let item = |at: usize| Item { days_late: 1, ..Item::new(&format!("F{at}"), due, Money::new(101, Currency::BRL)) };
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
    let dollars = Money::new(1, Currency::USD);
    let mixed = Item { fine: dollars, ..Item::new("F1", Day::MIN, Money::new(1, Currency::BRL)) };
    let context = MessageContext { overdue: vec![mixed], ..samples::minimal() };
    assert!(text(&templates, "overdue", &context).starts_with("the amounts of `F1` cannot be added up"));
    let huge = Item::new("F2", Day::MIN, Money::new(i64::MAX, Currency::BRL));
    let context = MessageContext { overdue: vec![huge.clone(), huge], ..samples::minimal() };
    let error = render(&templates, "overdue", Channel::Email, Language::En, Tone::Firm, &context).unwrap_err();
    assert_eq!(error, RenderError::BadSum { label: "F2".to_owned() });
}

#[test]
fn a_template_cannot_run_without_end_or_reach_outside() {
    for (source, why) in [
        ("{% for a in range(9) %}x{% endfor %}", "unknown function"),
        ("{{ name | upper }}", "unknown filter"),
        ("{% for a in name * 999999999 %}x{% endfor %}", ""),
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
