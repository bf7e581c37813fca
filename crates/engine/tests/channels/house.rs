//! A company whose customers have a telephone, a number of WhatsApp and a mailbox, with far sides of our own behind each.

use std::time::Duration;

use regua_core::facts::Channels;
use regua_core::ids::{CustomerId, MessageId};
use regua_core::party::{Consent, ContactPoint, Phone};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::adapters::channels::{
    Callback, CallbackSettings, Carries, Line, Sms, SmsSender, SmsSettings, Switchboard, Whatsapp, WhatsappSettings,
};
use regua_engine::adapters::http;
use regua_engine::adapters::post::Memory;
use regua_engine::charging::Charging;
use regua_engine::commands::tell::About;
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_engine::secret::Secret;
use regua_engine::stationery::{Stationery, WhatsappTemplates};
use regua_engine::{Engine, Scratch};
use regua_fakes::callback::{self, FakeCallback};
use regua_fakes::hooks::Hook;
use regua_fakes::sms::{self, FakeSms};
use regua_fakes::whatsapp::{self, FakeWhatsapp, Template};
use regua_store::channels::{self, CarriageRow};
use regua_store::db::Scope;
use regua_store::log::StoredEvent;
use regua_store::seal::MasterKey;
use regua_wire::channels::news;
use regua_wire::files::portfolio::Portfolio;
use regua_wire::gateways::Heard;

use crate::common::{self, Company1, POLICY, at, customer, receivable, stationery};

/// A Monday, at an hour at which every channel may be used.
pub(crate) const START: &str = "2026-03-02T10:00";
/// What posts of the provider of SMS are sent to.
pub(crate) const HOOK: &str = "https://regua.example/webhooks/nuvem/sms";
/// What posts of WhatsApp are sent to.
const WHATSAPP_HOOK: &str = "https://regua.example/webhooks/nuvem/whatsapp";
/// The template of two places.
pub(crate) const TEMPLATE: &str = "aviso";

/// Everything.
pub(crate) struct House {
    pub(crate) company: Company1,
    pub(crate) sms: FakeSms,
    pub(crate) whatsapp: FakeWhatsapp,
    pub(crate) board: Switchboard,
    pub(crate) sending: Sending,
}

/// Mails of nobody are kept in memory: how many.
#[derive(Default)]
pub(crate) struct Mails(Memory);

impl Courier for Mails {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0.send(parcels)
    }
}

/// A far side on this machine, which answers soon or not at all.
pub(crate) fn api(base: &str) -> http::Settings {
    let patience = Duration::from_secs(3);
    http::Settings { connect: patience, whole: patience, ..http::Settings::new(base) }
}

pub(crate) fn sms_settings(base: &str) -> SmsSettings {
    let token = Secret::new(sms::TOKEN);
    let mut settings = SmsSettings::new(sms::ACCOUNT, token, SmsSender::Number(sms::NUMBER.to_owned()));
    settings.api = api(base);
    settings.callback = Some(HOOK.to_owned());
    settings
}

pub(crate) fn whatsapp_settings(base: &str) -> WhatsappSettings {
    WhatsappSettings { api: api(base), ..WhatsappSettings::new(whatsapp::NUMBER, Secret::new(whatsapp::TOKEN)) }
}

pub(crate) fn line(channel: Channel, carrier: impl Carries + 'static) -> Line {
    Line::new(Channels::of(channel), vec![Box::new(carrier)], 0)
}

/// A carrier of the company's own for a channel.
pub(crate) fn callback_line(channel: Channel) -> (FakeCallback, Line) {
    let fake = FakeCallback::start(callback::Script { now: at(START).secs(), ..callback::Script::default() }).unwrap();
    let secrets = vec![Secret::new(callback::SECRET)];
    let settings = CallbackSettings::new(&format!("{}/messages", fake.base()), secrets, Channels::of(channel)).unwrap();
    let settings = CallbackSettings { api: api(&fake.base()), ..settings };
    (fake, line(channel, Callback::new(&settings, || at(START)).unwrap()))
}

/// A telephone, on a channel that its owner opted in to.
pub(crate) fn phone(channel: Channel, number: &str) -> ContactPoint {
    ContactPoint::phone(channel, Phone::parse(number, "BR").unwrap()).with_consent(Consent::OptedIn)
}

/// Far sides whose clocks stand at the beginning.
pub(crate) fn far_sides() -> (FakeSms, FakeWhatsapp) {
    let now = at(START).secs();
    let sms = FakeSms::start(sms::Script { now, ..sms::Script::default() }).unwrap();
    let templates = vec![Template::new(TEMPLATE, "pt_BR", 2, false)];
    let whatsapp =
        FakeWhatsapp::start(whatsapp::Script { now, templates, webhook: Some(WHATSAPP_HOOK.to_owned()), ..whatsapp::Script::default() })
            .unwrap();
    (sms, whatsapp)
}

impl House {
    /// With one customer, `C1`, who has these contact points besides a mailbox, and to whom an invoice is announced.
    pub(crate) fn new(url: &str, points: Vec<ContactPoint>) -> Self {
        Self::with(url, vec![points])
    }

    /// With a customer for each list: `C1`, `C2` and so on, who owe 100.00, 200.00 and so on.
    pub(crate) fn with(url: &str, points: Vec<Vec<ContactPoint>>) -> Self {
        Self::under("channels: [whatsapp, sms, email]", url, points)
    }

    /// As [`Self::with`], with the channels of the policy.
    pub(crate) fn under(channels: &str, url: &str, points: Vec<Vec<ContactPoint>>) -> Self {
        let policy = POLICY.replace("channels: [email]", channels);
        let mut company = Company1::with(Engine::new(common::open(url), MasterKey::new([7; 32])), &policy);
        let mut portfolio = Portfolio { customers: vec![], receivables: vec![], payments: vec![] };
        for (place, points) in points.into_iter().enumerate() {
            let name = format!("C{}", place + 1);
            let mut row = customer(&name);
            // Who is asked first stands first.
            let mails = std::mem::replace(&mut row.customer.contacts, points);
            row.customer.contacts.extend(mails);
            portfolio.customers.push(row);
            let (of, owed) = (u32::try_from(place).unwrap(), i64::try_from(place + 1).unwrap() * 10_000);
            portfolio.receivables.push(receivable(&format!("R{}", place + 1), of, "2026-03-02", "2026-03-20", owed));
        }
        company.import(&portfolio, at(START));
        let (sms, whatsapp) = far_sides();
        let lines = vec![
            line(Channel::Sms, Sms::new(sms_settings(&sms.base())).unwrap()),
            line(Channel::Whatsapp, Whatsapp::new(&whatsapp_settings(&whatsapp.base())).unwrap()),
        ];
        let board = Switchboard::new(Some(Box::new(Mails::default())), lines);
        let house = Self { company, sms, whatsapp, board, sending: Sending::default() };
        house.decide(START);
        house
    }

    pub(crate) fn decide(&self, when: &str) {
        let mut scratch = Scratch::default();
        while self.company.engine.tick(at(when), &mut scratch).unwrap().customers > 0 {}
    }

    /// Sends what is due until nothing is.
    pub(crate) fn send(&mut self, when: &str) -> Dispatched {
        self.company.engine.dispatch(&|| at(when), &mut self.board, &texts(), self.sending, &|_| true).unwrap()
    }

    pub(crate) fn hear(&self, name: &str, heard: &[Heard], when: Instant) -> usize {
        let how = Charging::default();
        heard.iter().filter(|one| self.company.engine.hear(self.company.tenant, name, one, how, when).unwrap()).count()
    }

    /// Takes in what the provider of SMS posts, in the order of the list.
    pub(crate) fn hear_sms(&self, hooks: &[Hook], when: &str) -> usize {
        let path = |hook: &Hook| hook.url.strip_prefix(HOOK).unwrap_or_default().trim_start_matches('/').to_owned();
        hooks.iter().map(|hook| self.hear("sms", &news::of_sms(&path(hook), &hook.body).unwrap(), at(when))).sum()
    }

    /// The same of WhatsApp.
    pub(crate) fn hear_whatsapp(&self, hooks: &[Hook], when: &str) -> usize {
        hooks.iter().map(|hook| self.hear("whatsapp", &news::of_whatsapp(whatsapp::NUMBER, &hook.body).unwrap(), at(when))).sum()
    }

    pub(crate) fn customer(&self, name: &str) -> CustomerId {
        self.company.engine.found(self.company.tenant, &About::Customer(name.to_owned())).unwrap().customer
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut regua_store::db::Tx<'_>) -> Result<T, regua_store::StoreError>) -> T {
        self.company.engine.db().read(Scope::Tenant(self.company.tenant), work).unwrap()
    }

    /// The only messages of a customer, the first first: id and where it stands.
    pub(crate) fn messages(&self, name: &str) -> Vec<(MessageId, String)> {
        let (tenant, customer) = (self.company.tenant, self.customer(name));
        let all = self.read(|tx| regua_store::outbox::of_customer(tx, tenant, customer, 100));
        all.into_iter().map(|one| (one.message, one.status)).collect()
    }

    pub(crate) fn carriages(&self, message: MessageId) -> Vec<CarriageRow> {
        self.read(|tx| channels::carriages_of(tx, self.company.tenant, message))
    }

    /// The events of a kind on a customer's chain.
    pub(crate) fn events(&self, name: &str, kind: &str) -> Vec<StoredEvent> {
        let (tenant, stream) = (self.company.tenant, self.customer(name).to_bytes());
        let all = self.read(|tx| regua_store::log::of(tx, tenant, stream, 0, 1_000));
        all.into_iter().filter(|event| event.kind == kind).collect()
    }

    /// Ledger, log and rows are what a replay makes of them.
    pub(crate) fn is_whole(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(&self.company.engine, self.company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }
}

pub(crate) fn texts() -> Stationery {
    let templates = WhatsappTemplates { informative: TEMPLATE.to_owned(), collection: TEMPLATE.to_owned(), button: None };
    Stationery { whatsapp: Some(templates), ..stationery() }
}
