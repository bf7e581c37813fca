//! Whatever happens to a file, reading it neither panics nor points outside it.

use std::path::Path;

use proptest::prelude::*;
use regua_core::currency::Currency;
use regua_core::policy::{Condition, Names, check};
use regua_core::words::Language;

const SHIPPED: [&str; 5] = ["brasil-saas.yaml", "spec-example.yaml", "uk-saas.yaml", "eu-saas.yaml", "baselines/asaas.yaml"];

fn shipped(which: usize) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    std::fs::read_to_string(folder.join(SHIPPED[which])).expect("a shipped policy")
}

/// One edit of a file: what a person, an editor or a bad download does to it.
#[derive(Clone, Debug)]
enum Edit {
    DeleteLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    Insert(usize, String),
    DeleteChars(usize, usize),
    Truncate(usize),
    Indent(usize, usize),
    Crlf,
}

fn edit() -> impl Strategy<Value = Edit> {
    let bits = prop::sample::select(vec![
        ":",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "&a ",
        "*a",
        "<<: ",
        "!x ",
        "|\n",
        ">-\n",
        "#",
        ",",
        "\t",
        "\n",
        "\r",
        "\u{0}",
        "\u{feff}",
        "é",
        "日本",
        "---\n",
        "...\n",
        "? ",
        "%",
        "D+0bd",
        "D-99999",
        "0/day",
        "99999999999999999999",
        "true",
        "null",
        "~",
        "&&",
        "( ",
        ")",
        "money('1.005')",
        "receivable.amount_due > 150",
        "at: ",
        "after: ",
        "D+5bd 25:00",
    ]);
    prop_oneof![
        any::<usize>().prop_map(Edit::DeleteLine),
        any::<usize>().prop_map(Edit::DoubleLine),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Edit::SwapLines(a, b)),
        (any::<usize>(), bits).prop_map(|(at, bit)| Edit::Insert(at, bit.to_owned())),
        (any::<usize>(), any::<String>()).prop_map(|(at, bit)| Edit::Insert(at, bit)),
        (any::<usize>(), 1..30_usize).prop_map(|(at, count)| Edit::DeleteChars(at, count)),
        any::<usize>().prop_map(Edit::Truncate),
        (any::<usize>(), 1..9_usize).prop_map(|(line, by)| Edit::Indent(line, by)),
        Just(Edit::Crlf),
    ]
}

fn apply(text: &str, edit: &Edit) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut chars: Vec<char> = text.chars().collect();
    let (count_lines, count_chars) = (lines.len().max(1), chars.len().max(1));
    let (line, char) = (|at: usize| at % count_lines, |at: usize| at % count_chars);
    match edit {
        Edit::DeleteLine(at) => {
            lines.remove(line(*at));
        }
        Edit::DoubleLine(at) => lines.insert(line(*at), lines[line(*at)].clone()),
        Edit::SwapLines(a, b) => lines.swap(line(*a), line(*b)),
        Edit::Indent(at, by) => {
            let at = line(*at);
            lines[at].insert_str(0, &" ".repeat(*by));
        }
        Edit::Insert(at, bit) => {
            let at = char(*at);
            return chars[..at].iter().copied().chain(bit.chars()).chain(chars[at..].iter().copied()).collect();
        }
        Edit::DeleteChars(at, count) => {
            let at = char(*at);
            chars.drain(at..(at + count).min(chars.len()));
            return chars.into_iter().collect();
        }
        Edit::Truncate(at) => {
            chars.truncate(char(*at));
            return chars.into_iter().collect();
        }
        Edit::Crlf => return text.replace('\n', "\r\n"),
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_damaged_file_is_read_without_panic_and_every_finding_points_into_it(
        which in 0..SHIPPED.len(),
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        let text = edits.iter().fold(shipped(which), |text, edit| apply(&text, edit));
        let outcome = check(&text, &Names::shipped(Language::ALL));
        prop_assert!(outcome.policy.is_some() || !outcome.findings.is_empty(), "refused without a reason");
        let lines: Vec<&str> = text.split('\n').collect();
        for finding in &outcome.findings {
            prop_assert!((1..=lines.len()).contains(&finding.line), "{finding}");
            let width = lines[finding.line - 1].chars().count();
            prop_assert!((1..=width + 1).contains(&finding.column), "{finding}");
            prop_assert!(!finding.message.is_empty() && !finding.mend.is_empty(), "{finding}");
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        let outcome = check(&text, &Names::any());
        prop_assert!(outcome.policy.is_some() || !outcome.findings.is_empty());
    }

    #[test]
    fn any_soup_of_words_is_a_condition_or_refused_in_place(
        words in prop::collection::vec(prop::sample::select(vec![
            "receivable.amount_due", "receivable.days_late", "customer.attributes.tier", "customer.attributes['x y']", "customer",
            "has(", "money('1.00')", "money('1','USD')", "date('2026-01-31')", "exists(x, x)", "true", "false", "null", "1", "0.25", "-3", "5u",
            "'gold'", "\"a\"", "'''é'''", "r'\\x'", "b'x'", "(", ")", "[", "]", "{", "}", "&&", "||", "!", "==", "!=", "<", ">=", "in", "+", "-",
            "*", "/", "%", "?", ":", ",", ".", "..", ".startsWith(", " ", "\n", "//", "é", "`", "'", "\\", "1e9", "0x1F", "size", "@", "9999999999999999999",
        ]), 0..14),
    ) {
        let source = words.join(" ");
        if let Err(problems) = Condition::compile(&source, Currency::BRL) {
            prop_assert!(!problems.is_empty());
            prop_assert!(problems.iter().all(|problem| problem.at <= source.len()), "{problems:?}");
        }
    }

    #[test]
    fn any_text_is_a_condition_or_refused(source in any::<String>()) {
        let _ = Condition::compile(&source, Currency::BRL);
    }
}
