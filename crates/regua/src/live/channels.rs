//! The channels of the settings besides e-mail: made ready, looked at, tried out; and what their carriers post to us.

use std::collections::BTreeMap;

use regua_core::facts::Channels;
use regua_core::ids::CustomerId;
use regua_core::party::{Address, ContactPoint, Email, Phone};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::adapters::channels::{
    Callback, CallbackSettings, Carries, Line, Push, PushSettings, Sms, SmsSender, SmsSettings, Switchboard, Whatsapp, WhatsappSettings,
};
use regua_engine::adapters::deliver;
use regua_engine::adapters::http::BadSettings;
use regua_engine::channels::mark_of_text;
use regua_engine::hooks::{Hook, Kept};
use regua_engine::ports::{Courier, EffectKey, Filled, Parcel, Sent, Whose};
use regua_engine::stationery::WhatsappTemplates;
use regua_engine::{Act, channels as kept};
use regua_store::channels as rows;
use regua_store::db::Scope;
use regua_wire::channels::{callback, news, sms, whatsapp};
use regua_wire::gateways::{Heard, HookRefused};

use super::gateway::zone_of;
use super::installation::{Installation, act};
use crate::cli::channels::{ChannelVerb, LiftArgs, MendedArgs, OfAddressArgs, RepliesArgs, ReplyDoneArgs, TestArgs};
use crate::cli::live::LookArgs;
use crate::config::{self, Config};
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Listing, Out, Paint};
use crate::why::moment;
use crate::world::{SystemRng, World, clock};

/// What a list shows at most.
const LIST_MAX: i64 = 1_000;
/// The message that tries a channel out.
const TEST: &str = "Teste de mensagem: está tudo certo. / Test message: all is well.";

/// A channel of the settings, ready.
pub(super) struct Ready {
    pub(super) name: &'static str,
    pub(super) line: Line,
    pub(super) per_second: u32,
}

fn told(table: &str, bad: &BadSettings) -> BadInput {
    BadInput::new(format!("[{table}]: {bad}"))
}

/// Where a carrier posts what it has to tell, where that is set.
fn hook_address(installation: &Installation, name: &str) -> Option<String> {
    let public = installation.config.serve.public_address.as_deref()?;
    // By its id: a name may have letters that carriers write otherwise, and some sign the address.
    Some(format!("{public}/webhooks/{}/{name}", installation.tenant))
}

/// Makes every channel of the settings ready, without asking anybody.
///
/// # Errors
/// What is wrong with the settings of one.
pub(super) fn ready(config: &Config, sms_callback: Option<String>) -> Result<Vec<Ready>, BadInput> {
    let mut all = Vec::new();
    if let Some(own) = &config.channels.sms {
        let settings = sms_settings(own, sms_callback);
        let one = || Sms::new(settings.clone()).map(boxed).map_err(|bad| told("sms", &bad));
        let carriers = (0..own.connections).map(|_| one()).collect::<Result<Vec<_>, _>>()?;
        all.push(Ready { name: "sms", line: Line::new(Channels::of(Channel::Sms), carriers, own.per_second), per_second: own.per_second });
    }
    if let Some(own) = &config.channels.whatsapp {
        let mut settings = WhatsappSettings::new(&own.number, own.token.clone());
        if let Some(base) = &own.base {
            settings.api.base.clone_from(base);
        }
        let one = || Whatsapp::new(&settings).map(boxed).map_err(|bad| told("whatsapp", &bad));
        let carriers = (0..own.connections).map(|_| one()).collect::<Result<Vec<_>, _>>()?;
        let line = Line::new(Channels::of(Channel::Whatsapp), carriers, own.per_second);
        all.push(Ready { name: "whatsapp", line, per_second: own.per_second });
    }
    if let Some(own) = &config.channels.push {
        let reach = deliver::Settings { reach: reach(config), ..deliver::Settings::default() };
        let settings = PushSettings { reach, ..PushSettings::new(own.key.clone(), &own.contact) };
        let push = Push::new(&settings, Box::new(SystemRng), clock).map_err(|bad| told("push", &bad))?;
        let line = Line::new(Channels::of(Channel::Push), vec![boxed(push)], own.per_second);
        all.push(Ready { name: "push", line, per_second: own.per_second });
    }
    if let Some(own) = &config.channels.callback {
        let settings = callback_settings(own)?;
        let carrier = Callback::new(&settings, clock).map_err(|bad| told("callback", &bad))?;
        let line = Line::new(own.channels, vec![boxed(carrier)], own.per_second);
        all.push(Ready { name: "callback", line, per_second: own.per_second });
    }
    Ok(all)
}

fn boxed(carrier: impl Carries + 'static) -> Box<dyn Carries> {
    Box::new(carrier)
}

fn reach(config: &Config) -> regua_engine::endpoints::Reach {
    if config.private_endpoints { regua_engine::endpoints::Reach::Private } else { regua_engine::endpoints::Reach::Public }
}

fn sms_settings(own: &config::Sms, callback: Option<String>) -> SmsSettings {
    let sender = match (&own.service, &own.from) {
        (Some(service), _) => SmsSender::Service(service.clone()),
        (None, from) => SmsSender::Number(from.clone().unwrap_or_default()),
    };
    let mut settings = SmsSettings::new(&own.account, own.token.clone(), sender);
    settings.callback = callback;
    if let Some(base) = &own.base {
        settings.api.base.clone_from(base);
    }
    settings
}

fn callback_settings(own: &config::Callback) -> Result<CallbackSettings, BadInput> {
    CallbackSettings::new(&own.url, vec![own.secret.clone()], own.channels).map_err(|bad| told("callback", &bad))
}

/// E-mail with the other channels of the settings beside it; their webhooks are known to the database from now on.
///
/// # Errors
/// What is wrong with the settings of one.
pub(super) fn switchboard(installation: &Installation, mail: Option<Box<dyn Courier>>) -> anyhow::Result<Switchboard> {
    let callback = hook_address(installation, "sms");
    let lines = ready(&installation.config, callback)?.into_iter().map(|ready| ready.line).collect();
    Ok(Switchboard::new(mail, lines))
}

/// Adds the channels that post to us beside the gateways: webhooks are kept by the name of who sends them.
pub(super) fn add_hooks(installation: &Installation, now: Instant) -> anyhow::Result<()> {
    let set = &installation.config.channels;
    let all = [("sms", set.sms.is_some()), ("whatsapp", set.whatsapp.is_some()), ("callback", set.callback.is_some())];
    let by = Act { by: "settings".to_owned(), reason: None };
    for (name, _) in all.into_iter().filter(|(_, is)| *is) {
        installation.engine.add_gateway(installation.tenant, name, name, "channel", &by, now)?;
    }
    Ok(())
}

/// WhatsApp's templates, as the settings have them.
pub(super) fn templates(config: &Config) -> Option<WhatsappTemplates> {
    let own = config.channels.whatsapp.as_ref()?;
    let collection = own.template_overdue.clone().unwrap_or_else(|| own.template.clone());
    Some(WhatsappTemplates { informative: own.template.clone(), collection, button: own.button.clone() })
}

/// Verifies what a channel's carrier posted, and reads it; none when it is no channel's name.
pub(super) fn verify(
    config: &Config,
    (public, company): (Option<&str>, &str),
    hook: &Hook<'_>,
    now: Instant,
) -> Option<Result<Vec<Heard>, HookRefused>> {
    let header = |name: &str| hook.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    Some(match hook.gateway {
        "sms" => {
            let Some(own) = &config.channels.sms else { return Some(Err(HookRefused::Unsigned)) };
            let signature = header(sms::hooks::SIGNATURE);
            // The signature is over the address as the provider was told it.
            let Some(public) = public.filter(|_| signature.is_some()) else { return Some(Err(HookRefused::Unsigned)) };
            let behind = if hook.path.is_empty() { String::new() } else { format!("/{}", hook.path) };
            let url = format!("{public}/webhooks/{company}/sms{behind}");
            if sms::hooks::verify(&url, hook.body, own.token.expose(), signature) {
                news::of_sms(hook.path, hook.body)
            } else {
                Err(HookRefused::Forged)
            }
        }
        "whatsapp" => {
            let secret = config.channels.whatsapp.as_ref().and_then(|own| own.app_secret.as_ref());
            let signature = header(whatsapp::hooks::SIGNATURE);
            let Some(secret) = secret.filter(|_| signature.is_some()) else { return Some(Err(HookRefused::Unsigned)) };
            if whatsapp::hooks::verify(hook.body, secret.expose(), signature) {
                news::of_whatsapp(own_number(config), hook.body)
            } else {
                Err(HookRefused::Forged)
            }
        }
        "callback" => {
            let Some(own) = &config.channels.callback else { return Some(Err(HookRefused::Unsigned)) };
            let keys = callback_settings(own).ok().and_then(|settings| settings.keys().ok()).unwrap_or_default();
            if callback::verify(header, hook.body, &keys, now) { news::of_callback(hook.body) } else { Err(HookRefused::Forged) }
        }
        _ => return None,
    })
}

/// The id of WhatsApp's number of the settings; empty without one.
fn own_number(config: &Config) -> &str {
    config.channels.whatsapp.as_ref().map_or("", |own| own.number.as_str())
}

/// What a stored webhook of a channel says; its signature was looked at when it came.
pub(super) fn heard(config: &Config, name: &str, posted: &Kept) -> Option<Result<Vec<Heard>, HookRefused>> {
    Some(match name {
        "sms" => news::of_sms(&posted.path, &posted.body),
        "whatsapp" => news::of_whatsapp(own_number(config), &posted.body),
        "callback" => news::of_callback(&posted.body),
        _ => return None,
    })
}

/// What to answer when Meta asks whether an address is ours.
pub(super) fn challenge(config: &Config, name: &str, query: &str) -> Option<String> {
    let own = config.channels.whatsapp.as_ref().filter(|_| name == "whatsapp")?;
    whatsapp::hooks::challenge(query, own.verify.as_ref()?.expose())
}

/// How each channel of the settings is: it can be used, or why not and the mend.
pub(super) fn states(config: &Config) -> Vec<(&'static str, Result<String, String>)> {
    match ready(config, None) {
        Ok(all) => all.into_iter().map(|mut one| (one.name, one.line.check())).collect(),
        Err(bad) => vec![("channels", Err(bad.to_string()))],
    }
}

/// Carries out a verb.
pub(crate) fn run(verb: &ChannelVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        ChannelVerb::List(args) => list(args, world, out),
        ChannelVerb::Test(args) => test(args, world, out),
        ChannelVerb::Mended(args) => mended(args, world, out),
        ChannelVerb::Suppressed(args) => suppressed(args, world, out),
        ChannelVerb::Suppress(args) => suppress(args, world, out),
        ChannelVerb::Lift(args) => lift(args, world, out),
        ChannelVerb::Replies(args) => replies(args, world, out),
        ChannelVerb::Done(args) => done(args, world, out),
    }
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let zone = zone_of(&installation);
    let known = installation.engine.channel_states(installation.tenant)?;
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in known.iter().filter(|row| row.name != "counted") {
        let detail = row.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        said.entry(&row.channel).or_default().push(format!("{} {} {}{detail} ({})", row.kind, row.name, row.state, moment(zone, row.at)));
    }
    let mut rows =
        Listing::new(&[("channel", "channel"), ("rate", "a second"), ("state", "state"), ("told", "told"), ("webhooks", "webhooks")]);
    let mut all_well = true;
    for mut one in ready(&installation.config, None)? {
        let state = one.line.check();
        all_well &= state.is_ok();
        let rate: Cell = u64::from(one.per_second).into();
        let told = said.get(one.name).map(|said| said.join("; ")).unwrap_or_default();
        let hooks = hook_address(&installation, one.name).filter(|_| kept::NAMES.contains(&one.name)).unwrap_or_default();
        rows.row([one.name.into(), rate, state.unwrap_or_else(|bad| bad).into(), told.into(), hooks.into()]);
    }
    out.listing(&rows, args.listing.format)?;
    if ready(&installation.config, None)?.is_empty() {
        out.aside(
            Paint::Yellow,
            "No channel besides e-mail is set up: see [sms], [whatsapp], [push] and [callback] in `regua config --manual`.",
        )?;
    }
    Ok(if all_well { Exit::Done } else { Exit::Failed })
}

/// The parcel that tries a channel out.
pub(super) fn sample(config: &Config, channel: Channel, to: &str, at: Instant) -> Result<Parcel, BadInput> {
    let address = address(channel, to)?;
    let language = config.language.unwrap_or(regua_core::words::Language::PtBr);
    let template = templates(config).filter(|_| channel == Channel::Whatsapp).map(|own| {
        let writer = config.company.as_ref().map_or_else(|_missing| "Régua".to_owned(), |company| company.name().to_owned());
        Filled { name: own.informative, language, parameters: vec![writer, TEST.to_owned()], button: own.button.map(|_| "test".to_owned()) }
    });
    Ok(Parcel {
        key: EffectKey(format!("test_{}", at.micros())),
        channel,
        to: address,
        subject: None,
        text: TEST.to_owned(),
        mail: None,
        template,
        // Nobody's: carriers of the company's own are told whose a message is.
        whose: Some(Whose { customer: CustomerId::new(at.micros().unsigned_abs() / 1_000, [0; 10]), language, due: Vec::new() }),
    })
}

/// An address of a channel in its normal form.
fn address(channel: Channel, text: &str) -> Result<String, BadInput> {
    let point = match channel {
        Channel::Email => Email::parse(text).map(ContactPoint::email).map_err(|bad| bad.to_string()),
        Channel::Sms | Channel::Whatsapp | Channel::Voice => {
            Phone::parse(text, "BR").map(|phone| ContactPoint::phone(channel, phone)).map_err(|bad| bad.to_string())
        }
        Channel::Push | Channel::InApp | Channel::Letter => Ok(ContactPoint::token(channel, text)),
    };
    let point = point.map_err(|bad| BadInput::new(format!("`{text}`: {bad}")))?;
    Ok(match point.address {
        Address::Email(email) => email.as_str().to_owned(),
        Address::Phone(phone) => phone.as_str().to_owned(),
        Address::Token(token) => token.into(),
    })
}

fn test(args: &TestArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let parcel = sample(&installation.config, args.channel, &args.to, clock())?;
    if args.channel == Channel::Email {
        return Err(BadInput::new("e-mail is tried out with a sample: POST /v1/templates/…/test, or `regua doctor`").into());
    }
    let mut board = switchboard(&installation, None)?;
    if !board.carries().meets(Channels::of(args.channel)) {
        return Err(BadInput::new(format!("nothing carries {} here; see `regua config --manual`", args.channel)).into());
    }
    let sent = board.send(&[&parcel]).pop();
    let name = sent.as_ref().and_then(Sent::reference).map(|name| format!("; its carrier calls it {name}")).unwrap_or_default();
    match sent {
        Some(Sent::Accepted { .. }) => {
            out.aside(Paint::Green, &format!("It was taken{name}."))?;
            Ok(Exit::Done)
        }
        Some(Sent::Refused { reply, .. } | Sent::Later { reply, .. }) => {
            out.aside(Paint::Red, &format!("It was not taken: {reply}"))?;
            Ok(Exit::Failed)
        }
        Some(Sent::Unknown { why }) => {
            out.aside(Paint::Yellow, &format!("Nobody knows whether it went out: {why}"))?;
            Ok(Exit::Failed)
        }
        None => Err(anyhow::anyhow!("the channel said nothing; this is a bug, please report it")),
    }
}

fn mended(args: &MendedArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let was = installation.engine.channel_mended(installation.tenant, args.channel)?;
    let told = if was { "Messages go over it again, within five minutes." } else { "Nothing had stopped it." };
    out.aside(Paint::Green, told)?;
    Ok(Exit::Done)
}

/// The channels of the settings as the API shows them, each asked whether it can be used.
pub(super) fn shown(installation: &Installation) -> anyhow::Result<Vec<serde_json::Value>> {
    let all = ready(&installation.config, None)?.into_iter().map(|mut one| {
        let state = one.line.check();
        let works = state.is_ok();
        let found = state.unwrap_or_else(|bad| bad);
        serde_json::json!({ "channel": one.name, "works": works, "found": found, "per_second": one.per_second })
    });
    Ok(all.collect())
}

/// Tries a channel out for the API: what became of one message.
pub(super) fn tried(installation: &Installation, channel: Channel, to: &str) -> anyhow::Result<serde_json::Value> {
    let parcel = sample(&installation.config, channel, to, clock())?;
    let mut board = switchboard(installation, None)?;
    if !board.carries().meets(Channels::of(channel)) {
        return Err(BadInput::new(format!("nothing carries {channel} here; see `regua config --manual`")).into());
    }
    let (taken, said) = match board.send(&[&parcel]).pop() {
        Some(Sent::Accepted { reply }) => (true, reply),
        Some(Sent::Refused { reply, .. } | Sent::Later { reply, .. }) => (false, reply),
        Some(Sent::Unknown { why }) => (false, format!("nobody knows whether it went out: {why}")),
        None => (false, "the channel said nothing; this is a bug".to_owned()),
    };
    Ok(serde_json::json!({ "taken": taken, "said": said }))
}

fn suppressed(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (zone, tenant) = (zone_of(&installation), installation.tenant);
    let found = installation.engine.db().read(Scope::Tenant(tenant), |tx| {
        let found = rows::suppressions(tx, tenant, rows::BEGINNING, LIST_MAX)?;
        let names = regua_store::lists::names::customers(tx, tenant, found.iter().filter_map(|row| row.customer))?;
        Ok::<_, regua_store::StoreError>(
            found.into_iter().map(|row| (row.customer.and_then(|of| names.get(&of).cloned()), row)).collect::<Vec<_>>(),
        )
    })?;
    let mut table =
        Listing::new(&[("channel", "channel"), ("mark", "address"), ("why", "why"), ("since", "since"), ("customer", "customer")]);
    for (customer, row) in found {
        let since = moment(zone, row.begun_at);
        table.row([
            row.channel.into(),
            super::gateway::hex(&row.mark).into(),
            row.why.into(),
            since.into(),
            customer.unwrap_or_default().into(),
        ]);
    }
    out.listing(&table, args.listing.format)?;
    Ok(Exit::Done)
}

fn suppress(args: &OfAddressArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let address = address(args.channel, &args.address)?;
    let new = installation.engine.suppress(installation.tenant, (args.channel, &address), "person", &act(&args.act, world), world.now)?;
    let told = if new { "It is left alone from now on." } else { "It was left alone already." };
    out.aside(Paint::Green, told)?;
    Ok(Exit::Done)
}

fn lift(args: &LiftArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let lifting = Act { by: args.by.clone().unwrap_or_else(|| world.user.clone()), reason: Some(args.reason.clone()) };
    // A mark is taken as it is listed, an address in its normal form.
    let which = if mark_of_text(&args.address).is_some() { args.address.clone() } else { address(args.channel, &args.address)? };
    installation.engine.lift_suppression(installation.tenant, (args.channel, &which), &lifting, world.now)?;
    out.aside(Paint::Green, "It may be written to again.")?;
    Ok(Exit::Done)
}

fn replies(args: &RepliesArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let zone = zone_of(&installation);
    let found = installation.engine.replies(installation.tenant, !args.all, (Instant::NEVER, [0; 16]), LIST_MAX)?;
    let mut table = Listing::new(&[
        ("reply", "answer"),
        ("received", "received"),
        ("channel", "channel"),
        ("customer", "customer"),
        ("wish", "wish"),
        ("status", "status"),
        ("text", "text"),
    ]);
    for one in found {
        let text = one.words.map(|words| words.text).unwrap_or_default();
        let (id, came) = (super::gateway::hex(&one.row.reply), moment(zone, one.row.received_at));
        let customer = one.external_id.unwrap_or_default();
        let wish = one.row.wish.unwrap_or_default();
        table.row([id.into(), came.into(), one.row.channel.into(), customer.into(), wish.into(), one.row.status.into(), text.into()]);
    }
    out.listing(&table, args.look.listing.format)?;
    Ok(Exit::Done)
}

fn done(args: &ReplyDoneArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let id =
        mark_of_text(&args.reply).ok_or_else(|| BadInput::new("an answer is called by 32 digits, as `regua channel replies` shows"))?;
    installation.engine.reply_done(installation.tenant, id, &act(&args.act, world), world.now)?;
    out.aside(Paint::Green, "Nobody has to look at it any more.")?;
    Ok(Exit::Done)
}
