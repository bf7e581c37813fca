//! The machine-readable parts of reports: fields in groups, as headers are written.

use regua_core::party::Email;

use super::Kind;
use super::judge::{Status, failed, find_code, judge};

/// Fields of one group, names in lower case, folds undone.
type Group = Vec<(String, String)>;

/// Groups read of one report, and fields of one group.
const GROUPS_MAX: usize = 50;
const FIELDS_MAX: usize = 50;

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![Group::new()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(Group::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':').filter(|_| group.len() < FIELDS_MAX) {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        if groups.len() > GROUPS_MAX {
            break;
        }
    }
    groups
}

fn field<'g>(group: &'g Group, name: &str) -> Option<&'g str> {
    group.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// An address after its type, `rfc822;ana@x.example`, or alone in brackets.
fn address(value: &str) -> Option<Email> {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    Email::parse(value.trim().trim_start_matches('<').trim_end_matches('>')).ok()
}

/// What a delivery report says (RFC 3464).
pub(super) struct Delivery {
    pub(super) kind: Kind,
    pub(super) status: Option<Status>,
    pub(super) address: Option<Email>,
    pub(super) words: String,
}

impl Delivery {
    /// The worst of what it says of the recipients; none when it says nothing of any. Our mails have one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let groups = groups(text);
        let recipients = groups.iter().filter_map(Self::recipient);
        let weight = |kind: Kind| match kind {
            Kind::Hard => 0,
            Kind::Blocked => 1,
            Kind::Soft => 2,
            Kind::Delayed => 3,
            Kind::Delivered | Kind::Complaint | Kind::Unsubscribe | Kind::AutoReply | Kind::Reply => 4,
        };
        recipients.min_by_key(|delivery| weight(delivery.kind))
    }

    fn recipient(group: &Group) -> Option<Self> {
        let action = field(group, "action").unwrap_or_default().to_ascii_lowercase();
        let words = field(group, "diagnostic-code").unwrap_or_default();
        let stated = field(group, "status").and_then(Status::parse);
        let said = Status::find(words);
        // A relay that gave up writes 5.0.0 and quotes the far side, which knew more.
        let vague = stated.is_none_or(|status| status.subject == 0);
        let status = if vague && said.is_some_and(|said| stated.is_none_or(|stated| stated.class == said.class)) { said } else { stated };
        let address = ["original-recipient", "final-recipient"].iter().find_map(|name| field(group, name).and_then(address));
        let kind = match action.split_whitespace().next().unwrap_or_default() {
            "delayed" => Kind::Delayed,
            "delivered" | "relayed" | "expanded" => Kind::Delivered,
            "failed" => failed(status, find_code(words), words),
            _ if status.is_some() => judge(status, find_code(words), words),
            _ => return None,
        };
        Some(Self { kind, status, address, words: if words.is_empty() { action } else { words.to_owned() } })
    }
}

/// What a complaint says (RFC 5965).
pub(super) struct Complaint {
    pub(super) kind: Kind,
    pub(super) address: Option<Email>,
    pub(super) words: String,
}

impl Complaint {
    pub(super) fn read(text: &str) -> Self {
        let groups = groups(text);
        let find = |name: &str| groups.iter().find_map(|group| field(group, name));
        let words = find("feedback-type").unwrap_or_default().to_ascii_lowercase();
        let kind = match words.as_str() {
            "opt-out" | "opt-out-list" => Kind::Unsubscribe,
            // The reader took it back.
            "not-spam" => Kind::Delivered,
            _ => Kind::Complaint,
        };
        let address = ["original-rcpt-to", "removal-recipient"].iter().find_map(|name| find(name).and_then(address));
        Self { kind, address, words }
    }
}
