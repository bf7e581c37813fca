//! Each carrier over real HTTP: what it was asked to send is what the far side has, each answer is what it says, and a message whose
//! answer was lost is sent again only where the far side knows it by our id.

use std::time::Duration;

use regua_core::facts::Channels;
use regua_core::ids::CustomerId;
use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use regua_engine::adapters::channels::{Callback, CallbackSettings, Carries, Push, PushSettings, Sms, Whatsapp, WhatsappSettings};
use regua_engine::adapters::deliver;
use regua_engine::channels::Says;
use regua_engine::endpoints::Reach;
use regua_engine::ports::{EffectKey, Filled, Parcel, Sent, Whose};
use regua_engine::secret::Secret;
use regua_fakes::callback::{self, FakeCallback};
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::push::{self, FakePush};

use crate::common::Counting;
use crate::house::{HOOK, TEMPLATE, api, far_sides, sms_settings, whatsapp_settings};

const NOW: i64 = 1_796_040_000;
/// As tools for web push print a private key.
const VAPID: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

fn now() -> Instant {
    Instant::from_secs(NOW)
}

fn parcel(channel: Channel, to: &str) -> Parcel {
    let (key, to) = (EffectKey("msg_01jf2z8s9ge1ca12r2r7mgyhg8".to_owned()), to.to_owned());
    let whose = Some(Whose { customer: CustomerId::new(1, [1; 10]), language: Language::PtBr, due: vec![] });
    Parcel {
        key,
        channel,
        to,
        subject: Some("Fatura".to_owned()),
        text: "Sua fatura R1 vence dia 20.".to_owned(),
        mail: None,
        template: None,
        whose,
    }
}

fn templated(to: &str) -> Parcel {
    let parameters = vec!["Nuvem".to_owned(), "Sua fatura R1\nvence dia 20.".to_owned()];
    let template = Filled { name: TEMPLATE.to_owned(), language: Language::PtBr, parameters, button: None };
    Parcel { template: Some(template), ..parcel(Channel::Whatsapp, to) }
}

#[test]
fn sms_is_what_the_provider_has_and_its_codes_say_what_follows() {
    let (fake, _) = far_sides();
    let mut sms = Sms::new(sms_settings(&fake.base())).unwrap();
    assert!(sms.check().is_ok());
    let sent = sms.send(&parcel(Channel::Sms, "+5511987654321"));
    let all = fake.messages();
    assert_eq!(sent.reference(), Some(all[0].sid.as_str()));
    assert_eq!((all[0].to.as_str(), all[0].body.as_str()), ("+5511987654321", "Sua fatura R1 vence dia 20."));
    assert_eq!(all[0].callback, Some(format!("{HOOK}/msg_01jf2z8s9ge1ca12r2r7mgyhg8")));
    for (to, says) in [
        ("+15005550001", Says::BadAddress),
        ("+15005550004", Says::OptedOut),
        ("+15005550009", Says::BadAddress),
        ("+15005550003", Says::Mend),
        ("+15005550002", Says::Nothing),
        ("11987654321", Says::BadAddress),
    ] {
        let sent = sms.send(&parcel(Channel::Sms, to));
        assert_eq!(sent.says(), says, "{to}: {sent:?}");
        assert!(!format!("{sent:?}").contains("+1500"), "an address is nobody's business: {sent:?}");
    }
    assert_eq!(fake.messages().len(), 1, "what was refused was not taken");
    let mut wrong = sms_settings(&fake.base());
    wrong.token = Secret::new("other");
    let mut wrong = Sms::new(wrong).unwrap();
    assert!(wrong.check().is_err() && wrong.send(&parcel(Channel::Sms, "+5511987654321")).says() == Says::Alert);
}

#[test]
fn a_cut_line_leaves_sms_and_whatsapp_unknown_and_nothing_is_sent_again() {
    let (sms_side, whatsapp_side) = far_sides();
    let mut sms = Sms::new(sms_settings(&sms_side.base())).unwrap();
    let mut whatsapp = Whatsapp::new(&whatsapp_settings(&whatsapp_side.base())).unwrap();
    for fault in [Fault::CutAfter, Fault::CutBefore, Fault::HangAfter(Duration::from_secs(5)), Fault::ErrorAfter(500)] {
        let before = (sms_side.messages().len(), whatsapp_side.messages().len());
        sms_side.fault(Rule::always(fault).on("POST", "/2010-04-01").times(1));
        whatsapp_side.fault(Rule::always(fault).on("POST", "/v23.0").times(1));
        let (one, other) = (sms.send(&parcel(Channel::Sms, "+5511987654321")), whatsapp.send(&templated("+5511987654321")));
        assert!(matches!(one, Sent::Unknown { .. }), "{fault:?}: {one:?}");
        assert!(matches!(other, Sent::Unknown { .. }), "{fault:?}: {other:?}");
        let after = (sms_side.messages().len(), whatsapp_side.messages().len());
        assert!(after.0 <= before.0 + 1 && after.1 <= before.1 + 1, "{fault:?}: at most once");
        sms_side.faults(|faults| faults.clear());
        whatsapp_side.faults(|faults| faults.clear());
    }
    sms_side.fault(Rule::always(Fault::Busy(Some(7))).times(1));
    let busy = sms.send(&parcel(Channel::Sms, "+5511987654321"));
    assert!(matches!(busy, Sent::Later { .. }), "{busy:?}");
    let mut stopped = sms_side;
    stopped.stop();
    let away = sms.send(&parcel(Channel::Sms, "+5511987654321"));
    assert!(matches!(away, Sent::Later { .. }), "nobody was reached, so that nothing is in doubt: {away:?}");
}

#[test]
fn whatsapp_takes_a_template_outside_the_window_and_text_inside() {
    let (_, fake) = far_sides();
    let mut whatsapp = Whatsapp::new(&whatsapp_settings(&fake.base())).unwrap();
    assert_eq!(whatsapp.check().unwrap(), "the number answers; quality GREEN, tier TIER_250");
    fake.quality(regua_fakes::whatsapp::NUMBER, "FLAGGED", "TIER_1K");
    assert_eq!(whatsapp.check().unwrap(), "the number answers; quality RED, tier TIER_1K");
    let odd = WhatsappSettings { number: "1".to_owned(), ..whatsapp_settings(&fake.base()) };
    assert!(Whatsapp::new(&odd).unwrap().check().unwrap_err().contains("compare number"));
    let sent = whatsapp.send(&templated("+5511987654321"));
    let all = fake.messages();
    assert_eq!(sent.reference(), Some(all[0].id.as_str()));
    assert_eq!(all[0].words, ["Nuvem", "Sua fatura R1 vence dia 20."], "a place holds one line");
    assert_eq!(all[0].tag.as_deref(), Some("msg_01jf2z8s9ge1ca12r2r7mgyhg8"));
    // A text outside the window is taken, and told as failed later.
    assert!(whatsapp.send(&parcel(Channel::Whatsapp, "+5511987654321")).reference().is_some());
    let _wrote = fake.write("5511987654321", regua_fakes::whatsapp::NUMBER, "oi");
    assert!(whatsapp.send(&parcel(Channel::Whatsapp, "+5511987654321")).reference().is_some());
    fake.template(TEMPLATE, "pt_BR", "PAUSED");
    assert_eq!(whatsapp.send(&templated("+5511987650000")).says(), Says::OtherTemplate);
}

#[test]
fn a_carrier_of_one_s_own_has_a_message_once_however_often_it_is_sent() {
    let fake = FakeCallback::start(callback::Script { now: NOW, ..callback::Script::default() }).unwrap();
    let settings =
        CallbackSettings::new(&format!("{}/messages", fake.base()), vec![Secret::new(callback::SECRET)], Channels::of(Channel::Letter));
    let settings = settings.map(|settings| CallbackSettings { api: api(&fake.base()), ..settings }).unwrap();
    let mut carrier = Callback::new(&settings, now).unwrap();
    fake.fault(Rule::always(Fault::CutAfter).times(1));
    let first = carrier.send(&parcel(Channel::Letter, "Rua A, 1"));
    let second = carrier.send(&parcel(Channel::Letter, "Rua A, 1"));
    assert!(matches!(first, Sent::Later { .. } | Sent::Accepted { .. }), "{first:?}");
    assert!(second.reference().is_some(), "{second:?}");
    let all = fake.messages();
    assert_eq!(all.len(), 1, "it knows it by our id");
    assert_eq!((all[0].data["channel"].as_str(), all[0].data["language"].as_str()), (Some("letter"), Some("pt-BR")));
    assert!(carrier.send(&parcel(Channel::Letter, "Rua B, 2")).reference().is_some());
    assert_eq!(fake.messages().len(), 2, "to another address it is another one");
    for (to, says) in [("x#bad_address", Says::BadAddress), ("x#opted_out", Says::OptedOut), ("x#other_channel", Says::Nothing)] {
        let one = Parcel { key: EffectKey(format!("msg_{}", &to[2..])), ..parcel(Channel::Letter, to) };
        assert_eq!(carrier.send(&one).says(), says, "{to}");
    }
    assert!(CallbackSettings::new("letters", vec![], Channels::default()).is_err());
}

#[test]
fn web_push_is_opened_by_its_browser_alone_and_a_subscription_that_ended_is_no_address() {
    let fake = FakePush::start(push::Script { now: NOW, ..push::Script::default() }).unwrap();
    let reach = deliver::Settings { reach: Reach::Private, ..deliver::Settings::default() };
    let settings = PushSettings { reach, ..PushSettings::new(Secret::new(VAPID), "mailto:ti@nuvem.example") };
    let public = settings.key().unwrap().public();
    let mut carrier = Push::new(&settings, Box::new(Counting(7)), now).unwrap();
    let browser = fake.subscribe(Some(&public)).unwrap();
    let endpoint = browser["endpoint"].as_str().unwrap().to_owned();
    let sent = carrier.send(&parcel(Channel::Push, &browser.to_string()));
    assert!(matches!(sent, Sent::Accepted { .. }), "{sent:?}");
    let got = fake.received(&endpoint);
    let shown: serde_json::Value = serde_json::from_slice(&got[0].plain).unwrap();
    assert_eq!((shown["title"].as_str(), shown["body"].as_str()), (Some("Fatura"), Some("Sua fatura R1 vence dia 20.")));
    assert_eq!(got[0].topic.as_deref(), Some("msg_01jf2z8s9ge1ca12r2r7mgyhg8"), "a second one takes its place");
    fake.end(&endpoint, false);
    assert_eq!(carrier.send(&parcel(Channel::Push, &browser.to_string())).says(), Says::BadAddress);
    assert_eq!(carrier.send(&parcel(Channel::Push, "no subscription")).says(), Says::BadAddress);
    // The same address from a server that reaches only what is open to everybody.
    let public = PushSettings { reach: deliver::Settings::default(), ..settings };
    let mut public = Push::new(&public, Box::new(Counting(8)), now).unwrap();
    assert_eq!(public.send(&parcel(Channel::Push, &browser.to_string())).says(), Says::BadAddress);
}
