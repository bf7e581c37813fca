//! Kinds and facts of the log against what they say outside.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Every kind that the program enters into a log, from its own text.
fn kinds() -> BTreeSet<String> {
    fn look(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for call in ["note(", ".append("] {
                for after in text.split(call).skip(1) {
                    // Some arguments, and the first text among them, on one line or the next.
                    let arguments: String = after.chars().take(110).collect();
                    let Some(kind) = arguments.split(';').next().and_then(|own| own.split('"').nth(1)) else { continue };
                    if kind.len() > 2 && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                        found.insert(kind.to_owned());
                    }
                }
            }
        }
    }
    // Those of people have names.
    let named = include_str!("../../people/events.rs").split(": &str = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut found: BTreeSet<String> = named.filter(|kind| kind.contains('_')).map(str::to_owned).collect();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

#[test]
fn every_kind_of_the_log_is_told_or_left_out_with_a_reason() {
    let known: BTreeSet<&str> = TOLD.iter().copied().chain(LEFT.iter().map(|(kind, _)| *kind)).collect();
    assert_eq!(known.len(), TOLD.len() + LEFT.len(), "a kind stands twice");
    let found = kinds();
    assert!(found.len() > 15, "the search finds kinds: {found:?}");
    let missing: Vec<&String> = found
        .iter()
        .filter(|kind| !known.contains(kind.as_str()) && !LEFT_ALL.iter().any(|(begins, _)| kind.starts_with(begins)))
        .collect();
    assert!(missing.is_empty(), "say in events/tell.rs what these tell outside, or why nothing: {missing:?}");
    // Those that a replay knows are all there, too.
    let replay = include_str!("../../replay/tenant.rs");
    for kind in known.iter().filter(|kind| !found.contains(**kind)) {
        assert!(replay.contains(&format!("\"{kind}\"")), "{kind} is in no log");
    }
}

#[test]
fn an_event_that_cannot_be_read_is_counted_and_one_of_a_newer_program_says_nothing() {
    let tenant = TenantId::new(1, [7; 10]);
    let said = |kind: &str, payload: &str| Said {
        stream: CustomerId::new(1, [8; 10]).to_bytes(),
        seq: 1,
        at: Instant::from_secs(1),
        kind: kind.to_owned(),
        payload: payload.to_owned(),
    };
    for kind in TOLD.iter().filter(|kind| **kind != "erased") {
        assert!(tell(tenant, &said(kind, "[]")).is_none(), "{kind}");
    }
    for kind in LEFT.iter().map(|(kind, _)| *kind).chain(["something_new"]) {
        assert_eq!(tell(tenant, &said(kind, "[]")).map(|drafts| drafts.len()), Some(0), "{kind}");
    }
}

const CUSTOMER: &str = "cus_01jf2z8s9ge1ca12r2r7mgyhg8";
const RECEIVABLE: &str = "rcv_01jf2z8s9ge1ca12r2r7mgyhg8";
const CHARGE: &str = "chg_01jf2z8s9ge1ca12r2r7mgyhg8";
const METHOD: &str = "mth_01jf2z8s9ge1ca12r2r7mgyhg8";
const AT: &str = "2026-12-15T12:00:00Z";

fn at() -> Instant {
    Instant::parse(AT).unwrap()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// What rows say.
fn known() -> Known {
    let receivable: regua_core::ids::ReceivableId = id(RECEIVABLE);
    let charge: regua_core::ids::ChargeId = id(CHARGE);
    let owed = Owed { receivable, external_id: "R-1".to_owned(), currency: "BRL".to_owned(), amount: 1, balance: 1 };
    let attempt = Attempt { charge, receivable, gateway: "stripe".to_owned(), currency: "BRL".to_owned(), amount: 700 };
    let method: PaymentMethodId = id(METHOD);
    Known {
        owed: BTreeMap::from([(receivable.to_bytes(), owed)]),
        attempts: BTreeMap::from([(charge.to_bytes(), attempt)]),
        methods: BTreeMap::from([(method.to_bytes(), at())]),
    }
}

/// What an event of a customer's chain says: words of types and data.
fn says(kind: &str, payload: &Value) -> Vec<(Type, Value)> {
    let tenant = TenantId::new(1, [7; 10]);
    let ours = ["policy_published", "plan_published", "mode_set", "paused", "resumed", "bank_file_read", "day_sealed"];
    let of_tenant = ours.contains(&kind) || kind.starts_with("endpoint_");
    let stream = if of_tenant { tenant.to_bytes() } else { id::<CustomerId>(CUSTOMER).to_bytes() };
    let event = Said { stream, seq: 1, at: at(), kind: kind.to_owned(), payload: payload.to_string() };
    let drafts = tell(tenant, &event).unwrap_or_else(|| panic!("{kind} cannot be read: {payload}"));
    let finished = drafts.into_iter().map(|draft| draft.finish(&known()));
    finished.map(|(kind, _, data)| (kind, serde_json::from_str(&data).unwrap())).collect()
}

/// The event in which a fact becomes known.
fn told_fact(mut fact: Value, of_receivable: bool) -> Value {
    fact["at"] = AT.into();
    if of_receivable {
        fact["receivable"] = RECEIVABLE.into();
    }
    json!({ "policy": 1, "published": 1, "facts": [fact] })
}

/// An event of the log for every type, and what of its data is looked at besides its fields.
fn samples() -> Vec<(&'static str, Value, Type, Value)> {
    let money = |amount: &str| json!({ "amount": amount, "currency": "BRL" });
    let fact = |fact: Value, kind: Type, wanted: Value| ("told", told_fact(fact, true), kind, wanted);
    let of_customer = |fact: Value, kind: Type, wanted: Value| ("told", told_fact(fact, false), kind, wanted);
    let became = |became: Value, kind: Type, wanted: Value| {
        ("told", json!({ "policy": 1, "published": 1, "facts": [], "became": [became] }), kind, wanted)
    };
    let decided = |rest: Value| {
        let mut decided = json!({ "engine": "1", "rulebook": "1", "policy": 1, "read_at": AT });
        decided.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        decided
    };
    let row = |outcome: &str, message: Value| json!({ "rows": [[RECEIVABLE, "late2", 0, 0, outcome, message]] });
    let message = |status: &str| json!({ "message": "msg_01jf2z8s9ge1ca12r2r7mgyhg8", "status": status, "channel": "email" });
    let delivery = |is: &str| json!({ "message": "msg_01jf2z8s9ge1ca12r2r7mgyhg8", "channel": "whatsapp", "is": is, "code": "131026" });
    let sub = "sub_01jf2z8s9ge1ca12r2r7mgyhg8";
    let inv = "inv_01jf2z8s9ge1ca12r2r7mgyhg8";
    let end = "end_01jf2z8s9ge1ca12r2r7mgyhg8";
    let hold = "hld_01jf2z8s9ge1ca12r2r7mgyhg8";
    let act = json!({ "by": "Ana", "reason": "secret words" });
    let seen = json!({ "policy": 1, "published": 1 });
    let method = |status: &str| {
        json!({ "fact": "method_known", "method": {
            "id": METHOD, "scheme": "visa", "gateway": "stripe", "credential": vec![0; 16], "expires_on": null, "status": status, "rank": 0,
            "since": AT, "allows_retry": false } })
    };
    let subscribed = |what: Value| json!({ "subscription": sub, "seen": seen, "act": act, "on": "2026-12-15", "what": what });
    let entered = json!({ "fact": "entered", "issued_on": "2026-12-01", "due_on": "2026-12-10", "amount": "BRL 102.03", "method": "pix",
        "subscription": { "key": "S-1", "plan": "pro" } });
    vec![
        (
            "told",
            json!({ "policy": 1, "published": 1, "facts": [], "known": { "source": "files", "mode": "live" } }),
            Type::CustomerCreated,
            json!({ "source": "files" }),
        ),
        of_customer(serde_json::to_value(Fact::Profile(Box::default())).unwrap(), Type::CustomerChanged, json!({})),
        ("erased", json!({ "act": act }), Type::CustomerErased, json!({})),
        (
            "asked",
            json!({ "request": "ab12", "what": "split", "receivable": RECEIVABLE, "act": act }),
            Type::RequestMade,
            json!({ "asks": "split", "external_id": "R-1" }),
        ),
        of_customer(
            json!({ "fact": "opted_out", "channel": "email" }),
            Type::ContactChanged,
            json!({ "what": "opted_out", "channel": "email" }),
        ),
        fact(
            entered,
            Type::ReceivableCreated,
            json!({ "amount": money("102.03"), "subscription_key": "S-1", "plan": "pro", "rail": "pix" }),
        ),
        fact(
            json!({ "fact": "tax_withheld", "on": "2026-12-15", "amount": "BRL 0.05" }),
            Type::ReceivableChanged,
            json!({ "what": "tax_withheld", "amount": money("0.05") }),
        ),
        became(json!({ "is": "closed", "receivable": RECEIVABLE, "how": "paid" }), Type::ReceivablePaid, json!({ "external_id": "R-1" })),
        became(json!({ "is": "closed", "receivable": RECEIVABLE, "how": "void" }), Type::ReceivableClosed, json!({ "reason": "void" })),
        became(json!({ "is": "reopened", "receivable": RECEIVABLE }), Type::ReceivableReopened, json!({})),
        fact(json!({ "fact": "paid", "paid_on": "2026-12-15", "payment": "E2E" }), Type::PaymentReceived, json!({ "payment": "E2E" })),
        fact(
            json!({ "fact": "corrected", "was_on": "2026-12-14", "was": "BRL 1.00", "paid_on": "2026-12-15", "amount": "BRL 2.00" }),
            Type::PaymentCorrected,
            json!({ "was_amount": money("1.00"), "amount": money("2.00"), "was_on": "2026-12-14" }),
        ),
        of_customer(
            json!({ "fact": "credit_refunded", "on": "2026-12-15", "amount": "BRL 3.00" }),
            Type::PaymentRefunded,
            json!({ "amount": money("3.00") }),
        ),
        fact(json!({ "fact": "charged_back", "on": "2026-12-15" }), Type::PaymentReturned, json!({ "on": "2026-12-15" })),
        fact(json!({ "fact": "initiated", "rail": "boleto" }), Type::PaymentInitiated, json!({ "rail": "boleto" })),
        fact(json!({ "fact": "flight_failed" }), Type::PaymentFailed, json!({})),
        (
            "decided",
            decided(row("done", "msg_01jf2z8s9ge1ca12r2r7mgyhg8".into())),
            Type::StepDone,
            json!({ "step": "late2", "mode": "live" }),
        ),
        (
            "decided",
            decided(json!({ "rows": [[RECEIVABLE, "late2", 0, 1, "paid", null]], "modes": ["shadow"] })),
            Type::StepSkipped,
            json!({ "reason": "paid", "occurrence": 1, "mode": "shadow" }),
        ),
        ("message", message("sent"), Type::MessageSent, json!({ "channel": "email" })),
        ("message", message("failed"), Type::MessageFailed, json!({})),
        ("message", message("unknown"), Type::MessageUnknown, json!({})),
        ("message", message("cancelled"), Type::MessageCancelled, json!({})),
        ("delivery", delivery("delivered"), Type::MessageDelivered, json!({ "channel": "whatsapp" })),
        ("delivery", delivery("failed"), Type::MessageUndelivered, json!({})),
        ("delivery", delivery("read"), Type::MessageRead, json!({})),
        ("delivery", delivery("clicked"), Type::MessageClicked, json!({})),
        ("delivery", delivery("opened"), Type::MessageOpened, json!({})),
        ("delivery", delivery("prefetched"), Type::MessagePrefetched, json!({})),
        (
            "reply",
            json!({ "reply": "00ff", "channel": "sms", "message": "msg_01jf2z8s9ge1ca12r2r7mgyhg8", "wish": "stop" }),
            Type::MessageReplied,
            json!({ "channel": "sms", "message": "msg_01jf2z8s9ge1ca12r2r7mgyhg8" }),
        ),
        // The amount of the note counts; where it has none, that of the row.
        (
            "charge",
            json!({ "charge": CHARGE, "status": "settled", "amount": 650 }),
            Type::ChargeSucceeded,
            json!({ "amount": money("6.50"), "receivable": RECEIVABLE, "external_id": "R-1", "gateway": "stripe" }),
        ),
        (
            "charge",
            json!({ "charge": CHARGE, "status": "lost" }),
            Type::ChargeDropped,
            json!({ "amount": money("7.00"), "reason": "lost" }),
        ),
        fact(
            json!({ "fact": "charge_failed", "reason": "insufficient_funds", "retry_at": AT, "charge": CHARGE }),
            Type::ChargeFailed,
            json!({ "reason": "insufficient_funds", "needs_payer": false, "retry_at": AT, "charge": CHARGE }),
        ),
        of_customer(method("active"), Type::MethodAdded, json!({ "method": METHOD, "scheme": "visa", "status": "active" })),
        of_customer(method("removed"), Type::MethodRemoved, json!({ "status": "removed" })),
        became(
            json!({ "is": "access", "subscription": "S-1", "was": "active", "state": "limited", "receivable": RECEIVABLE }),
            Type::AccessChanged,
            json!({ "customer": CUSTOMER, "subscription_key": "S-1", "was": "active", "state": "limited" }),
        ),
        fact(json!({ "fact": "promised", "on": "2026-12-20" }), Type::PromiseMade, json!({ "on": "2026-12-20" })),
        became(json!({ "is": "kept", "receivable": RECEIVABLE, "on": "2026-12-20" }), Type::PromiseKept, json!({ "on": "2026-12-20" })),
        fact(json!({ "fact": "promise_broken", "on": "2026-12-20" }), Type::PromiseBroken, json!({})),
        fact(json!({ "fact": "promise_withdrawn", "on": "2026-12-20" }), Type::PromiseWithdrawn, json!({ "on": "2026-12-20" })),
        fact(json!({ "fact": "froze", "cause": "dispute" }), Type::DisputeOpened, json!({})),
        fact(json!({ "fact": "thawed", "cause": "dispute" }), Type::DisputeSettled, json!({})),
        of_customer(json!({ "fact": "froze", "cause": "lawyer" }), Type::HoldPlaced, json!({ "cause": "lawyer" })),
        of_customer(json!({ "fact": "thawed", "cause": "lawyer" }), Type::HoldReleased, json!({ "cause": "lawyer" })),
        (
            "paused",
            json!({ "pause": hold, "filter": "secret words", "until": AT, "act": act }),
            Type::PauseBegun,
            json!({ "pause": hold, "until": AT }),
        ),
        fact(json!({ "fact": "thawed", "cause": "pause" }), Type::PauseEnded, json!({ "receivable": RECEIVABLE })),
        (
            "decided",
            decided(json!({ "waits": [[RECEIVABLE, "end", 0, "approval", AT], [RECEIVABLE, "due", 0, "capped", AT]] })),
            Type::ApprovalAwaited,
            json!({ "step": "end" }),
        ),
        fact(json!({ "fact": "released", "step": "end" }), Type::ApprovalGiven, json!({ "step": "end" })),
        fact(json!({ "fact": "rejected", "step": "end" }), Type::ApprovalRefused, json!({ "step": "end" })),
        (
            "billed",
            json!({ "engine": "1", "seen": seen, "issued_on": "2026-12-01", "subscriptions": [{ "subscription": sub, "documents": [
            { "invoice": inv, "key": "2026-12", "total": "BRL 9.90", "receivables": [RECEIVABLE] }] }] }),
            Type::InvoiceIssued,
            json!({ "total": money("9.90"), "receivables": [RECEIVABLE], "number": "2026-12", "issued_on": "2026-12-01" }),
        ),
        ("invoice_voided", json!({ "invoice": inv, "act": act }), Type::InvoiceVoided, json!({ "invoice": inv })),
        (
            "invoice_credited",
            json!({ "invoice": inv, "document": inv, "key": "k", "seen": seen, "on": "2026-12-15", "what": "all",
            "total": "BRL 1.00", "act": act }),
            Type::InvoiceCredited,
            json!({ "total": money("1.00") }),
        ),
        ("subscription", subscribed(json!({ "changed": "continued" })), Type::SubscriptionChanged, json!({ "what": "continued" })),
        (
            "slip",
            json!({ "account": "itau", "number": "12", "status": "issued", "issued": { "receivable": RECEIVABLE, "amount": 150,
            "due_on": "2026-12-20" } }),
            Type::SlipIssued,
            json!({ "amount": money("1.50"), "number": "12", "external_id": "R-1" }),
        ),
        (
            "slip",
            json!({ "account": "itau", "number": "12", "status": "registered" }),
            Type::SlipChanged,
            json!({ "status": "registered" }),
        ),
        (
            "policy_published",
            json!({ "number": 3, "hash": "abc", "name": "Test", "share_bp": 10_000, "body": "secret words" }),
            Type::PolicyPublished,
            json!({ "policy": 3, "hash": "abc" }),
        ),
        fact(json!({ "fact": "migrated", "policy": "abc" }), Type::PolicyMigrated, json!({ "hash": "abc" })),
        ("plan_published", json!({ "plan": "pro", "version": 2, "body": "secret words" }), Type::PlanPublished, json!({ "version": 2 })),
        ("mode_set", json!({ "mode": "redirect", "redirect_to": "a@example.com" }), Type::ModeChanged, json!({ "mode": "redirect" })),
        ("bank_file_read", json!({ "format": "ofx", "accounts": [], "act": act }), Type::BankFileRead, json!({ "format": "ofx" })),
        ("day_sealed", json!({ "day": "2026-12-14", "pages": 9, "root": "ab" }), Type::DaySealed, json!({ "pages": 9, "root": "ab" })),
        (
            "endpoint_disabled",
            json!({ "endpoint": end, "state": "disabled", "reason": "gone" }),
            Type::EndpointDisabled,
            json!({ "reason": "gone" }),
        ),
        ("endpoint_tested", json!({ "endpoint": end, "state": "active", "act": act }), Type::EndpointTest, json!({ "endpoint": end })),
    ]
}

#[test]
fn every_type_comes_from_the_log_with_the_fields_that_its_reference_promises() {
    // Two of them are no other event, only another moment or a longer body.
    let mut seen = BTreeSet::from([Type::MethodChanged, Type::SubscriptionCreated]);
    for (kind, payload, wanted, part) in samples() {
        let found = says(kind, &payload);
        let [(found, data)] = found.as_slice() else { panic!("{kind} says {found:?}") };
        assert_eq!(*found, wanted, "{payload}");
        seen.insert(wanted);
        for (name, value) in part.as_object().unwrap() {
            assert_eq!(&data[name], value, "{wanted}: {name}");
        }
        let fields = wanted.fields();
        for field in &fields {
            assert!(!field.always || data.get(field.name).is_some(), "{wanted} has no {}: {data}", field.name);
        }
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        assert!(data.as_object().unwrap().keys().all(|name| names.contains(&name.as_str())), "{wanted}: {data}");
        for personal in ["Ana", "secret", "@"] {
            assert!(!data.to_string().contains(personal), "{wanted}: {data}");
        }
    }
    let missing: Vec<&Type> = Type::ALL.iter().filter(|kind| !seen.contains(*kind)).collect();
    assert!(missing.is_empty(), "no sample says {missing:?}");
}

#[test]
fn what_is_told_otherwise_says_nothing_twice() {
    for (fact, of_receivable) in [
        (json!({ "fact": "voided" }), true),
        (json!({ "fact": "written_off" }), true),
        (json!({ "fact": "taken", "charge": CHARGE, "on": "2026-12-15" }), true),
        (json!({ "fact": "try_dropped", "charge": CHARGE }), true),
        (json!({ "fact": "went_to", "mode": "live" }), false),
        (json!({ "fact": "source_read" }), false),
    ] {
        assert_eq!(says("told", &told_fact(fact.clone(), of_receivable)), [], "{fact}");
    }
    assert_eq!(says("charge", &json!({ "charge": CHARGE, "status": "declined" })), []);
    assert_eq!(says("message", &json!({ "message": "msg_01jf2z8s9ge1ca12r2r7mgyhg8", "status": "queued" })), []);
    // A method that was known before is one that changed.
    let mut told = told_fact(
        json!({ "fact": "method_known", "method": {
            "id": METHOD, "scheme": "visa", "gateway": "stripe", "credential": vec![0; 16], "expires_on": null, "status": "broken", "rank": 0,
            "since": AT, "allows_retry": false } }),
        false,
    );
    told["facts"][0]["at"] = "2026-12-16T12:00:00Z".into();
    assert_eq!(says("told", &told)[0].0, Type::MethodChanged);
}
