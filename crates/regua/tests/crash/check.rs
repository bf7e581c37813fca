//! Everything that the database, the mail server and `verify` say, held against each other.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::ids::TenantId;
use regua_store::db::{Db, Options, Scope};
use regua_store::outbox::StoredMessage;
use regua_store::{lookup, outbox, reports, tenants};
use regua_testkit::smtp::Stage;

use crate::house::{House, MESSAGES_EACH};

/// What houses came to, for whoever reads the test's output.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) houses: u64,
    pub(crate) decisions: usize,
    pub(crate) restrictions: usize,
    /// Restrictions that wait, since nobody knows whether their notice went out.
    pub(crate) waiting: usize,
    /// Messages by where they stand.
    pub(crate) messages: BTreeMap<String, u64>,
    /// `unknown` messages that did arrive.
    pub(crate) unknown_arrived: u64,
    /// Mail transactions begun, and those whose final dot came.
    pub(crate) transactions: u64,
    pub(crate) dots: u64,
    /// Events and rows that `verify` found as they should be.
    pub(crate) verified: (u64, u64),
}

impl Tally {
    pub(crate) fn told(&self) -> String {
        let Self { houses, decisions, restrictions, waiting, messages, unknown_arrived, transactions, dots, verified } = self;
        format!(
            "{houses} houses, {decisions} decisions, {restrictions} restrictions ({waiting} more wait for a notice that is unknown), messages {messages:?} ({unknown_arrived} of the unknown \
             arrived), {transactions} SMTP transactions, {dots} final dots; verify clean over {} events and {} rows",
            verified.0, verified.1
        )
    }
}

/// Nothing twice, nothing lost, unknowns shown, `verify` clean.
pub(crate) fn check(house: &House, tally: &mut Tally) {
    let db = Db::open(&house.url, &Options::default()).expect("the database opens");
    let tenant = db.read(Scope::Owner, |tx| tenants::all(tx, 10)).expect("tenants")[0].tenant;
    let (told, waiting) = decisions(house, &db, tenant, tally);
    let messages = stored(&db, tenant);
    // A notice of which nobody knows whether it went out announces nothing, until a person says that it did.
    for (receivable, notice) in &waiting {
        let status = messages.iter().find(|message| message.message.to_bytes() == *notice).map(|message| message.status.as_str());
        assert_eq!(status, Some("unknown"), "the restriction of {receivable} is lost");
    }
    // One message for each customer and day.
    assert_eq!(messages.len(), house.size.customers * MESSAGES_EACH, "every message was ordered once");
    assert_eq!(told.len(), messages.len(), "every message is of a decision");
    let unknown = arrivals(house, &messages, tally);
    let shown = house.json(&["messages", "--status", "unknown"]);
    assert_eq!(shown.as_array().map(Vec::len), Some(unknown.min(1_000)), "each unknown message is shown to a person");
    let verdict = house.json(&["verify"]);
    assert_eq!(verdict["clean"], true, "{verdict}");
    tally.verified.0 += verdict["events"].as_u64().unwrap_or(0);
    tally.verified.1 += verdict["rows"].as_u64().unwrap_or(0);
    tally.houses += 1;
}

/// Messages that decisions are about; receivables whose restriction still waits, each with the message that was its notice.
type Decided = (BTreeSet<[u8; 16]>, BTreeMap<String, [u8; 16]>);

/// Checks the decisions.
fn decisions(house: &House, db: &Db, tenant: TenantId, tally: &mut Tally) -> Decided {
    let mut seen = BTreeSet::new();
    let mut waiting = BTreeMap::new();
    let mut told = BTreeSet::new();
    db.read(Scope::Tenant(tenant), |tx| {
        reports::decisions(tx, tenant, |row| {
            let key = (row.receivable.clone(), row.step.clone(), row.cycle, row.occurrence);
            assert!(seen.insert(key), "{} {} twice", row.receivable, row.step);
            told.extend(row.message);
            if row.step == "late7" {
                waiting.extend(row.message.map(|message| (row.receivable.clone(), message)));
            }
            Ok(())
        })
    })
    .expect("decisions");
    for (receivable, ..) in seen.iter().filter(|(_, step, _, _)| step == "limit") {
        waiting.remove(receivable);
    }
    let limited = seen.iter().filter(|(_, step, _, _)| step == "limit").count();
    let receivables: usize = (0..house.size.customers).map(|customer| 1 + customer % 2).sum();
    // Six steps of each receivable, and every one of them is decided or waits.
    assert_eq!(seen.len() + waiting.len(), receivables * 6, "no decision is lost");
    tally.waiting += waiting.len();
    tally.decisions += seen.len();
    tally.restrictions += limited;
    (told, waiting)
}

fn stored(db: &Db, tenant: TenantId) -> Vec<StoredMessage> {
    let all = db.read(Scope::Tenant(tenant), |tx| {
        let mut all = Vec::new();
        for (customer, _) in lookup::page(tx, tenant, [0; 16], 1_000_000)? {
            all.extend(outbox::of_customer(tx, tenant, customer, 1_000)?);
        }
        Ok::<_, regua_store::StoreError>(all)
    });
    all.expect("messages")
}

/// Holds messages against what the mail server has; how many are unknown.
fn arrivals(house: &House, messages: &[StoredMessage], tally: &mut Tally) -> usize {
    let transactions = house.sink.transactions();
    let mut arrived: BTreeMap<String, u32> = BTreeMap::new();
    for mail in transactions.iter().filter(|mail| mail.stage >= Stage::Dot) {
        *arrived.entry(message_of(&mail.data)).or_default() += 1;
        assert!(mail.violations.is_empty(), "{:?}", mail.violations);
        tally.dots += 1;
    }
    tally.transactions += u64::try_from(transactions.len()).unwrap_or(u64::MAX);
    let mut unknown = 0;
    for message in messages {
        *tally.messages.entry(message.status.clone()).or_default() += 1;
        let count = arrived.remove(&message.message.to_string()).unwrap_or(0);
        match message.status.as_str() {
            "sent" => assert_eq!(count, 1, "{} is sent", message.message),
            "unknown" => {
                assert!(count <= 1, "{} is unknown and arrived {count} times", message.message);
                unknown += 1;
                tally.unknown_arrived += u64::from(count);
            }
            // A later contact may have taken the place of one that waited.
            "cancelled" => assert_eq!(count, 0, "{} is cancelled", message.message),
            other => panic!("{} is {other}", message.message),
        }
    }
    assert!(arrived.is_empty(), "mails of no message: {arrived:?}");
    unknown
}

fn message_of(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail);
    let line = text.lines().find_map(|line| line.strip_prefix("X-Regua-Message: "));
    line.expect("a mail of ours names its message").trim().to_owned()
}
