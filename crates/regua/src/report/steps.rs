//! Steps of a policy in the reader's words: what they do, when, and where that is along the due date.

use regua_core::policy::program::{Act, Anchor, At, Event, Ladder, Offset, Reaction, Step};
use regua_core::words::AccessState;

use super::data::{Kind, Lang, Repeat};
use super::format::{capital, fill};

/// What a step does to the customer.
pub(super) const fn kind(act: &Act) -> Kind {
    match act {
        Act::Notify(contact) | Act::Offer(contact, _) => Kind::Contact(contact.tone),
        Act::Charge => Kind::Charge,
        Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) => Kind::Adverse,
        Act::Task(_) | Act::WriteOff => Kind::Neutral,
    }
}

/// What a step does, in few words.
pub(super) fn label(lang: Lang, act: &Act) -> String {
    let named = |pt: &'static str, en: &'static str, name: &str| fill(pick(lang, pt, en), &[name]);
    match act {
        Act::Notify(contact) => template(lang, &contact.template),
        Act::Offer(_, terms) if terms.instalments > 1 => {
            named("Oferta: {0} parcelas", "Offer: {0} instalments", &terms.instalments.to_string())
        }
        Act::Offer(..) => pick(lang, "Oferta de acordo", "Offer").to_owned(),
        Act::Charge => pick(lang, "Cobrança automática", "Automatic charge").to_owned(),
        Act::Access(state) => access(lang, *state).to_owned(),
        Act::Fee(_) => pick(lang, "Tarifa", "Fee").to_owned(),
        Act::Report(bureau) => named("Registro: {0}", "Report: {0}", &capital(bureau)),
        Act::Assign(agency) => named("Cessão: {0}", "Agency: {0}", &capital(agency)),
        Act::Task(queue) => named("Tarefa: {0}", "Task: {0}", &queue.replace('_', " ")),
        Act::WriteOff => pick(lang, "Baixa", "Write-off").to_owned(),
    }
}

/// What the notice of a step is called.
pub(super) fn notice(lang: Lang, act: &Act) -> String {
    fill(pick(lang, "Aviso próprio: {0}", "Notice of its own: {0}"), &[&label(lang, act).to_lowercase()])
}

/// What a reaction is called.
pub(super) fn reaction(lang: Lang, reaction: &Reaction) -> String {
    let event = match reaction.on {
        Event::PaymentFailed => pick(lang, "Pagamento recusado", "Payment failed"),
        Event::Paid => pick(lang, "Recibo de pagamento", "Receipt"),
        Event::MethodExpiring => pick(lang, "Cartão a vencer", "Method expiring"),
        Event::PromiseBroken => pick(lang, "Promessa não cumprida", "Promise broken"),
        Event::PromiseMade => pick(lang, "Promessa registrada", "Promise made"),
        Event::DisputeOpened => pick(lang, "Contestação aberta", "Dispute opened"),
        Event::AccessRestored => pick(lang, "Acesso devolvido", "Access restored"),
        Event::Renewal => pick(lang, "Renovação", "Renewal"),
    };
    match &reaction.act {
        Act::Notify(_) | Act::Offer(..) => event.to_owned(),
        act @ (Act::Charge | Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) | Act::Task(_) | Act::WriteOff) => {
            format!("{event}: {}", label(lang, act).to_lowercase())
        }
    }
}

/// A shipped template by what its message is; a tenant's own by its name.
fn template(lang: Lang, name: &str) -> String {
    let (pt, en) = match name {
        "invoice_issued" => ("Fatura emitida", "Invoice issued"),
        "upcoming" => ("Lembrete antes do vencimento", "Reminder before the due date"),
        "due_today" => ("Vence hoje", "Due today"),
        "overdue" => ("Fatura em aberto", "Invoice overdue"),
        "final_notice" => ("Último aviso", "Final notice"),
        "adverse_notice" => ("Aviso de restrição", "Notice of a restriction"),
        "access_limited" => ("Acesso limitado: aviso", "Access limited: message"),
        "access_restored" => ("Acesso devolvido", "Access restored"),
        "upcoming_charge" => ("Aviso da cobrança", "Notice of the charge"),
        "update_method" => ("Atualizar meio de pagamento", "Update the payment method"),
        "payment_failed" => ("Pagamento recusado", "Payment failed"),
        "receipt" => ("Recibo de pagamento", "Receipt"),
        "promise_broken" => ("Promessa não cumprida", "Promise broken"),
        "promise_kept" => ("Promessa cumprida", "Promise kept"),
        "promise_made" => ("Promessa registrada", "Promise made"),
        "dispute_opened" => ("Contestação recebida", "Dispute received"),
        "offer" => ("Oferta de acordo", "Offer"),
        "renewal" => ("Renovação", "Renewal"),
        other => return other.replace('_', " "),
    };
    pick(lang, pt, en).to_owned()
}

const fn access(lang: Lang, state: AccessState) -> &'static str {
    match state {
        AccessState::Active => pick(lang, "Acesso pleno", "Full access"),
        AccessState::Grace => pick(lang, "Acesso em carência", "Access in grace"),
        AccessState::Limited => pick(lang, "Acesso limitado", "Access limited"),
        AccessState::Suspended => pick(lang, "Acesso suspenso", "Access suspended"),
        AccessState::Cancelled => pick(lang, "Acesso cancelado", "Access cancelled"),
    }
}

/// When a step happens, nearly as its file says it, e.g. `D+5 úteis`.
pub(super) fn when(lang: Lang, ladder: &Ladder, step: &Step) -> String {
    let first = moment(lang, ladder, step.at);
    let Some(every) = step.every else { return first };
    let gap = match every.step {
        Offset::Days(days) => format!("{days} d"),
        Offset::OpenDays(days) => format!("{days} {}", pick(lang, "úteis", "bd")),
        Offset::Hours(hours) => format!("{hours} h"),
    };
    let until = moment(lang, ladder, every.until);
    // `D+30…60 · 7 d`: the anchor is not said twice.
    let until = until.strip_prefix("D+").unwrap_or(&until);
    format!("{first}…{until} · {gap}")
}

fn moment(lang: Lang, ladder: &Ladder, at: At) -> String {
    if let (Anchor::After(step), Offset::Days(days)) = (at.anchor, at.offset) {
        let step = ladder.steps.get(step).map_or("", |step| step.id.as_str());
        return fill(pick(lang, "{0} d após {1}", "{0} d after {1}"), &[&days.to_string(), step]);
    }
    let anchor = match at.anchor {
        Anchor::Issue => pick(lang, "emissão", "issue"),
        Anchor::Due => "D",
        Anchor::Failed => pick(lang, "falha", "failure"),
        Anchor::Promise => pick(lang, "promessa", "promise"),
        Anchor::Expiry => pick(lang, "validade", "expiry"),
        Anchor::Renewal => pick(lang, "renovação", "renewal"),
        Anchor::After(step) => ladder.steps.get(step).map_or("", |step| step.id.as_str()),
    };
    let (count, unit) = match at.offset {
        Offset::Days(days) => (days, ""),
        Offset::OpenDays(days) => (days, pick(lang, " úteis", " bd")),
        Offset::Hours(hours) => (hours, " h"),
    };
    match count {
        0 => anchor.to_owned(),
        1.. => format!("{anchor}+{count}{unit}"),
        _ => format!("{anchor}−{}{unit}", count.unsigned_abs()),
    }
}

/// Where a step stands along the due date, in civil days after it; nothing for one that no due date places.
///
/// `issued_before` is how many days before D its receivables were issued on average. Open days stand where they fall
/// in a week without holidays.
pub(super) fn day(ladder: &Ladder, at: At, issued_before: i32) -> Option<i32> {
    // A follower may follow a follower; a cycle is refused by the policy's check, and here after as many steps as there are.
    let mut anchor = at.anchor;
    let mut sum = civil(at.offset);
    for _ in 0..=ladder.steps.len() {
        match anchor {
            Anchor::Due => return Some(sum),
            Anchor::Issue => return Some(sum.saturating_sub(issued_before)),
            Anchor::After(step) => {
                let before = ladder.steps.get(step)?.at;
                sum = sum.saturating_add(civil(before.offset));
                anchor = before.anchor;
            }
            Anchor::Failed | Anchor::Promise | Anchor::Expiry | Anchor::Renewal => return None,
        }
    }
    None
}

/// How a step repeats along the due date.
pub(super) fn repeat(ladder: &Ladder, step: &Step, issued_before: i32) -> Option<Repeat> {
    let every = step.every?;
    Some(Repeat { every_days: civil(every.step).max(1), until_day: day(ladder, every.until, issued_before)? })
}

/// Civil days of an offset.
const fn civil(offset: Offset) -> i32 {
    match offset {
        Offset::Days(days) => days,
        // Five open days are a week.
        Offset::OpenDays(days) => days / 5 * 7 + days % 5,
        Offset::Hours(hours) => hours / 24,
    }
}

const fn pick(lang: Lang, pt: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::PtBr => pt,
        Lang::En => en,
    }
}
