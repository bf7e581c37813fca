use regua_core::words::Language;
use regua_wire::messages::forbidden::{Ban, find, phrases};
use regua_wire::messages::{LintRule, Templates, lint, shipped_texts};

#[test]
fn the_shipped_templates_have_no_findings() {
    let findings: Vec<String> = lint(&Templates::shipped()).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// A template that the lint likes, as a start for bad ones.
const SUBJECT: &str = "Sobre a sua assinatura {{ creditor.name }}";
const EMAIL: &str = "{% include \"greeting\" %}\n\n{% include \"items\" %}\n\n{% include \"pay\" %}\n\n{% include \"announced\" %}\n\n{% include \"footer\" %}";
const SHORT: &str = "{{ creditor.name }}: {{ link }}\n{% include \"announced_short\" %}";

fn findings(subject: &str, email: &str, short: &str) -> Vec<(LintRule, String)> {
    let text = format!("--- subject\n{subject}\n\n--- email\n{email}\n\n--- short\n{short}\n\n--- push\nOlá\n");
    let parts = shipped_texts().find(|text| text.0 == "pt-BR/_parts.txt").expect("the parts ship");
    let templates = Templates::from_texts([(parts.0, parts.1), ("pt-BR/own.txt", text.as_str())]).expect("a template that compiles");
    lint(&templates).into_iter().map(|finding| (finding.rule, finding.to_string())).collect()
}

#[test]
fn a_good_template_has_no_findings() {
    assert_eq!(findings(SUBJECT, EMAIL, SHORT), []);
}

/// Columns: what is wrong, the rule that says so, a part of the finding.
#[test]
fn every_rule_fires_on_a_bad_template_and_names_the_mend() {
    let email = |end: &str| format!("{EMAIL}\n\n{end}");
    let short = |end: &str| format!("{SHORT} {end}");
    let long = "palavra ".repeat(60);
    for (subject, mail, brief, rule, message) in [
        (SUBJECT, email("{{ nmae }}"), SHORT.to_owned(), LintRule::Unknown, "pt-BR/own.txt:5: `nmae` is no name of a message"),
        (SUBJECT, email("{% if tone == 'x' %}{{ overdue.cuont }}{% endif %}"), SHORT.to_owned(), LintRule::Unknown, "`overdue.cuont`"),
        (SUBJECT, email("{{ valid_until | date }}"), SHORT.to_owned(), LintRule::Unknown, "`date` prints dates only"),
        (SUBJECT, email("{{ promise.on }}"), SHORT.to_owned(), LintRule::Unknown, "a date is printed with `| date`"),
        (SUBJECT, email("{{ offer.first }}"), SHORT.to_owned(), LintRule::Unknown, "an amount is printed with `| money`"),
        (SUBJECT, email("{{ announced }}"), SHORT.to_owned(), LintRule::Unknown, "only texts and numbers can be printed"),
        (SUBJECT, email("Olá {{ name }}, tudo bem?"), SHORT.to_owned(), LintRule::Greeting, "` ,` shows a gap"),
        (SUBJECT, email("Olá {name}}"), SHORT.to_owned(), LintRule::Greeting, "`}}` shows a gap"),
        (SUBJECT, email("Evite um processo\njudicial."), SHORT.to_owned(), LintRule::Forbidden, "`processo judicial` is a threat"),
        (SUBJECT, email("Não fique com o nome sujo"), SHORT.to_owned(), LintRule::Forbidden, "`nome sujo` puts the reader to shame"),
        (SUBJECT, email("ÚLTIMA CHANCE!"), SHORT.to_owned(), LintRule::Forbidden, "`última chance` is pressure"),
        (SUBJECT, email("Falaremos com a sua família"), SHORT.to_owned(), LintRule::Forbidden, "`sua família` speaks of telling others"),
        (SUBJECT, EMAIL.to_owned(), short("Evite o SPC/Serasa."), LintRule::Forbidden, "`spc` names a credit bureau"),
        ("Sua dívida", EMAIL.to_owned(), SHORT.to_owned(), LintRule::Forbidden, "own.txt:2: `dívida` gives the debt away"),
        ("Pague R$ 10", EMAIL.to_owned(), SHORT.to_owned(), LintRule::Preview, "shows an amount where others may read it"),
        ("Fatura {{ overdue.totals | money }}", EMAIL.to_owned(), SHORT.to_owned(), LintRule::Preview, "shows an amount"),
        (
            SUBJECT,
            EMAIL.replace("{% include \"footer\" %}", "{{ preferences or '' }}"),
            SHORT.to_owned(),
            LintRule::Creditor,
            "`creditor.tax_id` is missing",
        ),
        (SUBJECT, EMAIL.replace("footer", "help"), SHORT.to_owned(), LintRule::Preferences, "`preferences` is missing"),
        (SUBJECT, EMAIL.to_owned(), "{% include \"announced_short\" %} ok".to_owned(), LintRule::Link, "the link is missing"),
        (
            SUBJECT,
            EMAIL.replace("announced", "help"),
            SHORT.to_owned(),
            LintRule::Announced,
            "the step announced for 11 de janeiro de 2027",
        ),
        (SUBJECT, email("CPF 529.982.247-25"), SHORT.to_owned(), LintRule::TaxId, "`529.982.247-25` looks like a tax id"),
        (SUBJECT, EMAIL.to_owned(), short(&long), LintRule::Segments, "SMS segments"),
    ] {
        let found = findings(subject, &mail, &brief);
        let fits = found.iter().any(|finding| finding.0 == rule && finding.1.contains(message));
        assert!(fits, "{message} is not among {found:#?}");
    }
}

#[test]
fn an_sms_without_a_way_out_is_found() {
    let english = shipped_texts().filter(|text| text.0.starts_with("en/"));
    let found = lint(&Templates::from_texts(english.map(|(path, text)| (path, text.replace("Reply STOP to opt out.", "Bye.")))).unwrap());
    assert_eq!(found.len(), 20, "one per short text: {found:#?}");
    assert!(found.iter().all(|finding| finding.rule == LintRule::OptOut && !finding.is_warning()));
}

#[test]
fn phrases_are_found_in_any_case_and_spelling_and_only_in_whole_words() {
    for (language, ban, text, expected) in [
        (Language::PtBr, Ban::Shame, "clientes INADIMPLENTES", Some("inadimplen*")),
        (Language::PtBr, Ban::Threat, "nossa política de privacidade", None),
        (Language::PtBr, Ban::Debt, "Um lembrete da sua assinatura", None),
        (Language::En, Ban::Threat, "Please see you in court.", Some("court")),
        (Language::En, Ban::Threat, "with all courtesy", None),
        (Language::En, Ban::Pressure, "Don’t miss it", Some("don t miss")),
        (Language::Es, Ban::Bureau, "le incluiremos en ASNEF", Some("asnef")),
        (Language::It, Ban::Threat, "adiremo le vie legali", Some("vie legali")),
        (Language::Fr, Ban::Pressure, "C’est URGENT", Some("urgent*")),
        (Language::De, Ban::Threat, "den Gerichtsvollzieher", Some("gericht*")),
        (Language::De, Ban::Shame, "säumige Kunden", Some("säumig*")),
    ] {
        assert_eq!(find(language, ban, text), expected, "{text}");
    }
    for &language in Language::ALL {
        for ban in Ban::ALL {
            assert!(phrases(language, ban).len() >= 5, "{language} {ban:?}");
            for phrase in phrases(language, ban) {
                assert!(find(language, ban, phrase.trim_end_matches('*')).is_some(), "{language} {phrase} finds itself");
            }
        }
    }
}
