//! From the file's text to the compiled policy.

use sha2::{Digest, Sha256};

use super::finding::{Finding, Findings};
use super::names::Names;
use super::program::{Act, Delay, Ladder, Policy};
use super::reactions::reactions;
use super::read::{Fields, Reader};
use super::segments::segments;
use super::steps::{LadderDraft, ladders};
use super::yaml::{self, Node};
use super::{checks, keys, settings};
use crate::calendar::Calendar;
use crate::currency::Currency;
use crate::time::{LocalTime, Zone};
use crate::words::SecondPayment;

/// What reading a file gave: the policy unless there is an error, and everything that was found.
#[derive(Debug)]
pub struct Outcome {
    /// The policy, when no finding is an error.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the file.
    pub findings: Vec<Finding>,
}

/// Reads, checks and compiles a régua file.
///
/// # Errors
/// All findings at once, warnings beside the errors, in the order of the file. A file with warnings alone
/// compiles; [`check`] shows them.
///
/// ```
/// use regua_core::policy::{Names, compile};
///
/// let file = "
/// regua: 1
/// name: Smallest
/// currency: BRL
/// timezone: America/Sao_Paulo
/// segments: [{ name: default }]
/// ladders: { default: [{ id: due, at: D, do: notify, template: due_todya }] }
/// ";
/// let findings = compile(file, &Names::shipped(&[])).unwrap_err();
/// assert_eq!(
///     findings[0].in_file("smallest.yaml").to_string(),
///     "smallest.yaml:7:62: error: unknown template `due_todya`\n  mend: did you mean `due_today`?",
/// );
/// ```
pub fn compile(text: &str, names: &Names) -> Result<Policy, Vec<Finding>> {
    let outcome = check(text, names);
    outcome.policy.ok_or(outcome.findings)
}

/// As [`compile`], and shows the warnings of a good file too.
#[must_use]
pub fn check(text: &str, names: &Names) -> Outcome {
    let mut findings = Findings::new(text);
    let Some(root) = yaml::read(text, &mut findings) else {
        return Outcome { policy: None, findings: findings.finish().0 };
    };
    let mut reader = Reader { text, names, findings, currency: Currency::BRL, time: LocalTime::hour(9), notice: Delay::OpenDays(3) };
    let policy = policy(&mut reader, &root);
    let (findings, clean) = reader.findings.finish();
    let policy = policy.filter(|_| clean).map(|policy| Policy { hash: hash(text), ..policy });
    Outcome { policy, findings }
}

/// The name of a file's content: SHA-256 of its bytes, in lower-case hex.
#[must_use]
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn policy(reader: &mut Reader<'_>, root: &Node) -> Option<Policy> {
    let fields = reader.fields(root, &keys::POLICY)?;
    if let Some(version) = fields.get("regua")
        && fields.written("regua") != "1"
    {
        reader.error(version.mark, format!("unknown version `{}` of the file format", fields.written("regua")), "write `regua: 1`");
    }
    let name = reader.optional(fields, "name", |reader, node| reader.text(node, "name"));
    let currency = reader.optional(fields, "currency", |reader, node| reader.parsed(node, "currency", super::read::currency));
    let zone = reader.optional(fields, "timezone", settings::zone);
    defaults(reader, fields, currency);
    let calendar = reader.optional(fields, "calendar", |reader, node| reader.word(node, "calendar")).unwrap_or(Calendar::None);
    let max_delay_days = reader.optional(fields, "max_delay", |reader, node| reader.days(node, "max_delay", 1, 60)).unwrap_or(3);
    let minimum = reader.optional(fields, "minimum", |reader, node| reader.amounts(node, "minimum")).unwrap_or_default();
    let clearing = fields.get("clearing").map(|node| settings::clearing(reader, node)).unwrap_or_default();
    let late_charges = reader.optional(fields, "late_charges", settings::late_charges).unwrap_or_default();
    let early_discounts = fields.get("early_discount").map(|node| settings::early_discounts(reader, node)).unwrap_or_default();
    let autopay_discounts = fields.get("autopay_discount").map(|node| settings::autopay_discounts(reader, node)).unwrap_or_default();
    let second_payment =
        reader.optional(fields, "second_payment", |reader, node| reader.word(node, "second_payment")).unwrap_or(SecondPayment::Credit);
    let contact = settings::contact(reader, fields.get("contact"));
    let blackouts = fields.get("blackouts").map(|node| settings::blackouts(reader, node)).unwrap_or_default();
    let retry = reader.optional(fields, "retry", settings::retry);
    let drafts = fields.get("ladders").map(|node| ladders(reader, node)).unwrap_or_default();
    let segments = fields.get("segments").map(|node| segments(reader, node, &drafts)).unwrap_or_default();
    let reactions = fields.get("reactions").map(|node| reactions(reader, node, &drafts)).unwrap_or_default();
    let policy = Policy {
        hash: String::new(),
        name: name.unwrap_or_default(),
        currency: reader.currency,
        zone: zone.unwrap_or_else(Zone::utc),
        calendar,
        time: reader.time,
        max_delay_days,
        notice: reader.notice,
        minimum,
        clearing,
        late_charges,
        early_discounts,
        autopay_discounts,
        second_payment,
        contact,
        blackouts,
        retry,
        segments,
        ladders: Vec::new(),
        reactions,
    };
    checks::check(reader, fields, &policy, &drafts);
    // Whatever kept a step from being read is among the findings.
    if drafts.iter().any(|draft| draft.whole().is_none()) {
        return None;
    }
    let ladders = drafts.into_iter().map(finished).collect();
    Some(Policy { ladders, ..policy })
}

/// Reads what other values are read by: the currency of amounts, the hour of moments, the notice of steps.
fn defaults(reader: &mut Reader<'_>, fields: Fields<'_>, currency: Option<Currency>) {
    if let Some(currency) = currency {
        reader.currency = currency;
    }
    if let Some(time) = reader.optional(fields, "time", |reader, node| reader.parsed(node, "time", super::units::time)) {
        reader.time = time;
    }
    if let Some(notice) = reader.optional(fields, "notice", |reader, node| reader.delay(node, "notice")) {
        reader.notice = notice;
    }
}

/// A ladder whose steps were all read; one that was not is never used, because the file is refused.
fn finished(draft: LadderDraft<'_>) -> Ladder {
    let steps: Vec<_> = draft.steps.into_iter().filter_map(|draft| draft.step).collect();
    let ends = |step: &super::program::Step| matches!(step.act, Act::WriteOff | Act::Assign(_));
    // An end without a condition is the end; of several conditional ones the last is.
    let end = steps.iter().position(|step| ends(step) && step.condition.is_none()).or_else(|| steps.iter().rposition(ends));
    Ladder { name: draft.name, steps, end }
}
