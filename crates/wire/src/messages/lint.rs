//! Reads every template as a careful lawyer and a translator would.
//!
//! Two readings: of the text as it is written, and of every message that it gives on the [`samples`].

use std::collections::BTreeSet;
use std::fmt;

use minijinja::Value;
use regua_core::words::{Channel, Language, Tone};

use super::context::MessageContext;
use super::forbidden::{Ban, find};
use super::locale;
use super::render::{Rendered, render};
use super::samples;
use super::sections::Kind;
use super::sms;
use super::store::{Place, Templates};
use super::view;

/// SMS segments that a message may take before the lint warns.
const SEGMENTS_MAX: usize = 3;

/// Channels whose texts differ.
const CHANNELS: [Channel; 4] = [Channel::Email, Channel::Sms, Channel::Whatsapp, Channel::Push];

/// What the lint looks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LintRule {
    /// A name that no message has, or a text that cannot be rendered.
    Unknown,
    /// A greeting that shows the gap where a name would stand.
    Greeting,
    /// A banned phrase ([`super::forbidden`]).
    Forbidden,
    /// A subject or push text that shows an amount.
    Preview,
    /// An e-mail without the creditor's name, address, tax id or contact (CDC art. 42-A).
    Creditor,
    /// A message without the link to see, pay, dispute and answer.
    Link,
    /// An e-mail without the way to choose or stop.
    Preferences,
    /// A message that keeps silent about an announced step or its date: it would announce nothing (SPEC §3.4).
    Announced,
    /// An SMS without the way to opt out.
    OptOut,
    /// A text that holds what looks like a tax id.
    TaxId,
    /// A warning: an SMS of more than three segments.
    Segments,
}

/// What the lint found, with its place and the mend.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LintFinding {
    /// The file, e.g. `pt-BR/overdue.txt`.
    pub path: String,
    /// The line on which the text starts, from 1.
    pub line: usize,
    /// Which rule.
    pub rule: LintRule,
    /// What is wrong and the mend.
    pub message: String,
}

impl LintFinding {
    /// Whether the text works as it is and only costs more.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.rule == LintRule::Segments
    }
}

impl fmt::Display for LintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A finding as an editor shows it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Remark {
    /// The line of the file, from 1.
    pub line: usize,
    /// The column in characters, from 1; 1 where the whole line is meant.
    pub column: usize,
    /// Whether the text works as it is.
    pub is_warning: bool,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl Remark {
    /// A finding in the file that it is about.
    fn of(finding: &LintFinding, text: &str) -> Self {
        let (message, mend) = finding.message.split_once(": ").unwrap_or((&finding.message, ""));
        let is_quoted = matches!(finding.rule, LintRule::Unknown | LintRule::Forbidden | LintRule::TaxId);
        let quoted = finding.message.split('`').nth(1).filter(|quoted| is_quoted && !quoted.is_empty());
        let found = quoted.and_then(|quoted| {
            let wanted = quoted.to_lowercase();
            let lines = text.lines().enumerate().skip(finding.line.saturating_sub(1));
            lines.map(|(at, line)| (at + 1, line.to_lowercase())).find_map(|(at, line)| {
                let before = line.get(..line.find(&wanted)?)?;
                Some((at, before.chars().count() + 1))
            })
        });
        let (line, column) = found.unwrap_or((finding.line, 1));
        Self { line, column, is_warning: finding.is_warning(), message: message.to_owned(), mend: mend.to_owned() }
    }
}

/// Reads one template of a language: what an editor shows of its file.
#[must_use]
pub fn remarks(templates: &Templates, language: Language, template: &str) -> Vec<Remark> {
    let Some((book, text)) = templates.book(language).zip(templates.source(language, template)) else { return Vec::new() };
    let path = format!("{language}/{template}.txt");
    let mut findings = BTreeSet::new();
    for (name, place) in book.places.iter().filter(|(_, place)| place.path == path) {
        findings.extend(read_place(language, &book.env, name, place));
    }
    findings.extend(read_messages(templates, language, template).into_iter().filter(|finding| finding.path == path));
    findings.iter().map(|finding| Remark::of(finding, text)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is wrong with one text by itself.
fn read_place(language: Language, env: &minijinja::Environment<'_>, name: &str, place: &Place) -> Vec<LintFinding> {
    let finding = |rule: LintRule, message: String| LintFinding { path: place.path.clone(), line: place.line, rule, message };
    let mut found: Vec<LintFinding> = read_source(language, name, place).into_iter().map(|(rule, told)| finding(rule, told)).collect();
    found.extend(
        unknown_names(env, language, name)
            .into_iter()
            .map(|unknown| finding(LintRule::Unknown, format!("`{unknown}` is no name of a message: templates/README.md lists them"))),
    );
    found
}

/// Checks every text of every language; sorted by place, each finding once.
#[must_use]
pub fn lint(templates: &Templates) -> Vec<LintFinding> {
    let mut findings = BTreeSet::new();
    for language in templates.languages() {
        let Some(book) = templates.book(language) else { continue };
        for (name, place) in &book.places {
            findings.extend(read_place(language, &book.env, name, place));
        }
        for template in &book.names {
            findings.extend(read_messages(templates, language, template));
        }
    }
    findings.into_iter().collect()
}

/// What the text itself must not hold.
fn read_source(language: Language, name: &str, place: &Place) -> Vec<(LintRule, String)> {
    let mut found = Vec::new();
    // The notice of a report names the bureau; so does a part that prints announced steps.
    let is_notice = name.starts_with("adverse_notice/") || place.text.contains("\"report\"");
    for ban in Ban::ALL {
        let applies = match ban {
            Ban::Threat | Ban::Shame | Ban::Pressure | Ban::Exposure => true,
            Ban::Bureau => !is_notice,
            Ban::Debt => is_preview(name),
        };
        if let Some(phrase) = find(language, ban, &place.text).filter(|_| applies) {
            found.push((LintRule::Forbidden, format!("`{}` {}", phrase.trim_end_matches('*'), ban.why())));
        }
    }
    if let Some(number) = tax_id(&place.text) {
        found.push((
            LintRule::TaxId,
            format!("`{number}` looks like a tax id: the creditor's stands in `creditor.tax_id`, no other belongs here"),
        ));
    }
    found
}

fn is_preview(name: &str) -> bool {
    name == Kind::Push.as_str() || name.split('/').nth(1).is_some_and(|kind| kind == Kind::Subject.as_str() || kind == Kind::Push.as_str())
}

/// The first word with the shape of a CPF, a CNPJ or a US social security number.
fn tax_id(text: &str) -> Option<&str> {
    const SHAPES: [&str; 5] = ["000.000.000-00", "00.000.000/0000-00", "000-00-0000", "00000000000", "00000000000000"];
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '/')).map(|word| word.trim_end_matches('.')).find(|word| {
        let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        SHAPES.contains(&shape.as_str())
    })
}

/// Names in a text that no message has, whether or not the samples reach them.
fn unknown_names(env: &minijinja::Environment<'_>, language: Language, name: &str) -> BTreeSet<String> {
    let (Ok(template), Ok(known)) = (env.get_template(name), view::values(Channel::Email, Tone::Neutral, &samples::full(language))) else {
        return BTreeSet::new();
    };
    template.undeclared_variables(true).into_iter().filter(|path| !is_known(&known, path)).collect()
}

/// Whether a dotted name leads to a value of the full sample. Parts see the loop's name of the text that includes them.
fn is_known(known: &Value, path: &str) -> bool {
    let mut parts = path.split('.');
    let first =
        |list: &str, key: &str| known.get_attr(list).and_then(|list| list.get_attr(key)).and_then(|items| items.get_item(&Value::from(0)));
    let root = match parts.next() {
        Some("item") => first("overdue", "items"),
        Some("part") => first("payment", "settled"),
        Some("step") => known.get_attr("announced").and_then(|steps| steps.get_item(&Value::from(0))),
        Some("loop") => return true,
        Some(top) => known.get_attr(top),
        None => return false,
    };
    let leaf = parts.try_fold(root.unwrap_or_default(), |value, key| value.get_attr(key).ok());
    leaf.is_some_and(|value| !value.is_undefined())
}

/// What the messages that a template gives must and must not hold.
fn read_messages(templates: &Templates, language: Language, template: &str) -> Vec<LintFinding> {
    let mut findings = Vec::new();
    for (sample, context) in samples::all(language) {
        for &tone in Tone::ALL {
            for channel in CHANNELS {
                let message = render(templates, template, channel, language, tone, &context);
                let found = match &message {
                    Ok(message) => judge(language, channel, &context, message),
                    Err(error) => vec![(Kind::of(channel), LintRule::Unknown, format!("on the sample `{sample}`: {error}"))],
                };
                for (kind, rule, message) in found {
                    let (path, line) = place(templates, language, template, kind, tone);
                    findings.push(LintFinding { path, line, rule, message });
                }
            }
        }
    }
    findings
}

fn place(templates: &Templates, language: Language, template: &str, kind: Kind, tone: Tone) -> (String, usize) {
    let book = templates.book(language);
    let found = book.and_then(|book| book.places.get(&book.find(template, kind, tone)?));
    found.map_or_else(|| (format!("{language}/{template}.txt"), 1), |place| (place.path.clone(), place.line))
}

/// The rules of one finished message: which part of it, which rule, what to mend.
fn judge(language: Language, channel: Channel, context: &MessageContext, message: &Rendered) -> Vec<(Kind, LintRule, String)> {
    let kind = Kind::of(channel);
    let body = message.body.as_str();
    let mut found = Vec::new();
    let mut add = |kind: Kind, rule: LintRule, message: String| found.push((kind, rule, message));
    for (kind, text) in message.subject.iter().map(|subject| (Kind::Subject, subject.as_str())).chain([(kind, body)]) {
        if let Some(gap) = ["  ,", " ,", ",,", ", !", ", :", "( )", "()", "{{", "}}", "{%", "%}"].into_iter().find(|gap| text.contains(gap))
        {
            add(
                kind,
                LintRule::Greeting,
                format!("`{gap}` shows a gap where nothing is known: ask first, e.g. `{{% if name %}} {{{{ name }}}}{{% endif %}}`"),
            );
        }
        if matches!(kind, Kind::Subject | Kind::Push) && shows_amount(text) {
            add(kind, LintRule::Preview, "shows an amount where others may read it: leave it to the body".to_owned());
        }
    }
    if kind == Kind::Push {
        return found;
    }
    if !body.contains(context.link.as_str()) {
        add(
            kind,
            LintRule::Link,
            "the link is missing: print `{{ link }}`, so that the reader can see, pay, dispute and answer".to_owned(),
        );
    }
    if let Some(step) = context.announced.iter().find(|step| {
        let dates = [locale::date(language, step.on), locale::date_short(language, step.on)];
        !dates.iter().any(|date| body.contains(date.as_str()) || body.contains(&sms::fold(date)))
    }) {
        let date = locale::date(language, step.on);
        add(
            kind,
            LintRule::Announced,
            format!("the step announced for {date} is missing: include the part `announced` or `announced_short`"),
        );
    }
    match channel {
        Channel::Email => email_rules(context, body, &mut add),
        Channel::Sms => sms_rules(body, &mut add),
        Channel::Whatsapp | Channel::Push | Channel::InApp | Channel::Voice | Channel::Letter => {}
    }
    found
}

fn email_rules(context: &MessageContext, body: &str, add: &mut impl FnMut(Kind, LintRule, String)) {
    let creditor = &context.creditor;
    for (what, value) in
        [("name", &creditor.name), ("address", &creditor.address), ("tax_id", &creditor.tax_id), ("contact", &creditor.contact)]
    {
        if !body.contains(value.as_str()) {
            add(Kind::Email, LintRule::Creditor, format!("`creditor.{what}` is missing: include the part `footer` (CDC art. 42-A)"));
        }
    }
    if context.preferences.as_ref().is_some_and(|preferences| !body.contains(preferences.as_str())) {
        add(
            Kind::Email,
            LintRule::Preferences,
            "`preferences` is missing: include the part `footer`, so that the reader can choose or stop".to_owned(),
        );
    }
}

fn sms_rules(body: &str, add: &mut impl FnMut(Kind, LintRule, String)) {
    let segments = sms::segments(body);
    if segments.count > SEGMENTS_MAX {
        let count = segments.count;
        add(
            Kind::Short,
            LintRule::Segments,
            format!("takes {count} SMS segments on a full sample, more than {SEGMENTS_MAX}: say less, or avoid letters outside GSM-7"),
        );
    }
    if !["SAIR", "STOP", "BAJA", "STOPP"].iter().any(|word| body.contains(word)) {
        add(
            Kind::Short,
            LintRule::OptOut,
            "the way to opt out is missing: write the part `sms_end` with SAIR, STOP, BAJA or STOPP".to_owned(),
        );
    }
}

/// A currency sign, or digits with two decimals.
fn shows_amount(text: &str) -> bool {
    let decimals = text
        .as_bytes()
        .windows(4)
        .any(|four| matches!(four, [a, b'.' | b',', c, d] if a.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit()));
    decimals || text.contains(['$', '€', '£', '¥'])
}
