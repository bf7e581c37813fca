//! Messages as people get them, one file per language: read them aloud before accepting a change.

use regua_core::words::{Channel, Language, Tone};
use regua_wire::messages::{MessageContext, Rendered, Templates, render, samples};

#[test]
fn messages_read_as_a_careful_company_writes() {
    let templates = Templates::shipped();
    for &language in Language::ALL {
        let show = |name: &str, tone: Tone, channel: Channel, context: &MessageContext| {
            let Rendered { subject, body } = render(&templates, name, channel, language, tone, context).unwrap();
            let subject = subject.map(|subject| format!("[{subject}]\n\n")).unwrap_or_default();
            format!("======== {name}, {tone}, {channel}\n{subject}{body}\n").replace('\u{a0}', "~")
        };
        let (full, minimal, upcoming) = (samples::full(language), samples::minimal(), samples::upcoming());
        let shown = [
            show("overdue", Tone::Friendly, Channel::Email, &full),
            show("overdue", Tone::Neutral, Channel::Email, &minimal),
            show("overdue", Tone::Firm, Channel::Whatsapp, &full),
            show("overdue", Tone::Firm, Channel::Sms, &full),
            show("overdue", Tone::Firm, Channel::Push, &full),
            show("final_notice", Tone::Firm, Channel::Email, &MessageContext { announced: full.announced.clone(), ..minimal }),
            show("payment_failed", Tone::Friendly, Channel::Email, &MessageContext { failure: full.failure, ..upcoming.clone() }),
            show("upcoming_charge", Tone::Friendly, Channel::Email, &MessageContext { charge_on: full.charge_on, ..upcoming.clone() }),
            show("update_method", Tone::Friendly, Channel::Whatsapp, &upcoming),
            show("receipt", Tone::Friendly, Channel::Email, &MessageContext { payment: full.payment.clone(), ..blank(&full) }),
            show("promise_broken", Tone::Friendly, Channel::Whatsapp, &MessageContext { announced: Vec::new(), ..full.clone() }),
            show("offer", Tone::Friendly, Channel::Email, &MessageContext { offer: full.offer.clone(), ..samples::minimal() }),
            show("promise_made", Tone::Friendly, Channel::Whatsapp, &MessageContext { announced: Vec::new(), ..full.clone() }),
            show("dispute_opened", Tone::Friendly, Channel::Push, &full),
            show("access_restored", Tone::Friendly, Channel::InApp, &blank(&full)),
            show("renewal", Tone::Friendly, Channel::Sms, &full),
        ];
        insta::assert_snapshot!(language.as_str(), shown.join("\n"));
    }
}

/// The context without items and announcements.
fn blank(context: &MessageContext) -> MessageContext {
    MessageContext { overdue: Vec::new(), upcoming: Vec::new(), disputed: Vec::new(), announced: Vec::new(), ..context.clone() }
}
