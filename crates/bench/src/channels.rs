//! Channels: messages that each carrier hands over a second, beside a floor of bare posts of as many bytes.
//!
//! The far side is on this machine and answers at once what its own would, so that what is measured is ours: making the request,
//! signing or sealing it, reading the answer. The floor posts to it too, a connection each. Rounds of both alternate, so that a slow
//! minute of the machine is not held against one of them. The same messages then go to the fake of each far side, which looks at
//! each as its own would, on the same two cores: none of what is measured would be refused. Deliberately absent: the database, which
//! `serve` and the mails measure, and what a network would add.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant as Clock};

use anyhow::{Result, ensure};
use regua_core::facts::Channels;
use regua_core::ids::CustomerId;
use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use regua_engine::adapters::channels::{
    Callback, CallbackSettings, Carries, Line, Push, PushSettings, Sms, SmsSender, SmsSettings, Switchboard, Whatsapp, WhatsappSettings,
};
use regua_engine::adapters::post::Post;
use regua_engine::adapters::smtp::{self, Smtp};
use regua_engine::adapters::{Security, deliver, http};
use regua_engine::endpoints::Reach;
use regua_engine::ports::{Courier, EffectKey, Filled, Mailer, Outgoing, Parcel, Sent, Whose};
use regua_engine::secret::Secret;
use regua_fakes::callback::{self, FakeCallback};
use regua_fakes::push::{self, FakePush};
use regua_fakes::sms::{self, FakeSms};
use regua_fakes::whatsapp::{self, FakeWhatsapp, Template};
use regua_testkit::smtp::{Keep, Options, Sink};

use crate::{System, rate, row, world};

/// Carriers of a channel, side by side.
const CONNECTIONS: u32 = 8;
/// Rounds of each.
const ROUNDS: u32 = 3;
/// What the far side answers: every carrier finds its own name of the message.
const ANSWER: &str = r#"{"sid":"SM1","status":"queued","messages":[{"id":"wamid.1"}],"reference":"r1"}"#;
const VAPID: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
const TEXT: &str =
    "Nuvem: sua fatura R1 de R$ 100,00 vence em 20/03. Veja e pague em https://regua.example/p/abcdefgh. Responda SAIR para parar.";
const TEMPLATE: &str = "aviso";
const CONTACT: &str = "mailto:bench@regua.example";

/// Measures each channel with `count` messages.
pub(crate) fn measure(count: u32) -> Result<()> {
    let each = count / ROUNDS;
    if each == 0 {
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let far = FarSide::default();
    std::thread::scope(|scope| {
        for _ in 0..2 * CONNECTIONS {
            let (listener, far) = (listener.try_clone()?, &far);
            scope.spawn(move || far.serve(&listener));
        }
        let done = all(address, each, &far);
        far.end(address);
        done
    })
}

fn all(address: SocketAddr, each: u32, far: &FarSide) -> Result<()> {
    mails(address, each)?;
    let fakes = Fakes::start()?;
    [Channel::Sms, Channel::Whatsapp, Channel::Push, Channel::Letter].into_iter().try_for_each(|channel| {
        let mut bare = board(channel, &format!("http://{address}"))?;
        let mut faked = board(channel, &fakes.base(channel))?;
        let subscription = subscription(address);
        let (mut sent, mut checked, mut floor) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for round in 0..ROUNDS {
            sent += handed(&mut bare, channel, &parcels(channel, &subscription, round * each, each))?;
            floor += posts(address, each, far.bytes_each())?;
            checked += handed(&mut faked, channel, &parcels(channel, &fakes.subscription, round * each, each))?;
        }
        far.forget();
        told(channel, each, sent, floor);
        row(channel.as_str(), "the same to its fake, which checks each", rate(u64::from(ROUNDS * each), checked), "", "");
        Ok(())
    })
}

/// E-mails, over connections that are kept as SMTP has it.
fn mails(address: SocketAddr, each: u32) -> Result<()> {
    let sink = Sink::with(Options { keep: Keep::Nothing, ..Options::default() })?;
    let own = sink.address();
    let connect = |_| {
        let settings = smtp::Settings::new(&own.ip().to_string(), own.port(), Security::Plain, "bench.example");
        Smtp::new(settings).map(|smtp| -> Box<dyn Mailer> { Box::new(smtp) })
    };
    let mut post = Post::new((0..CONNECTIONS).map(connect).collect::<Result<Vec<_>, _>>()?);
    let (mut sent, mut floor) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        let parcels = parcels(Channel::Email, "", round * each, each);
        sent += handed(&mut post, Channel::Email, &parcels)?;
        let bytes = parcels.first().and_then(|parcel| Some(parcel.mail.as_ref()?.bytes.len()));
        floor += posts(address, each, bytes.unwrap_or(0))?;
    }
    let (arrived, all) = (sink.counts().accepted, u64::from(ROUNDS * each));
    ensure!(arrived == all, "{all} mails were sent and {arrived} arrived");
    told(Channel::Email, each, sent, floor);
    Ok(())
}

/// Hands messages over, each of which must be taken; how long that took.
fn handed(courier: &mut dyn Courier, channel: Channel, parcels: &[Parcel]) -> Result<Duration> {
    let all: Vec<&Parcel> = parcels.iter().collect();
    let begun = Clock::now();
    let answers = courier.send(&all);
    let took = begun.elapsed();
    let other = answers.iter().find(|answer| !matches!(answer, Sent::Accepted { .. }));
    ensure!(answers.len() == parcels.len() && other.is_none(), "{channel}: not every message was taken, but {other:?}");
    Ok(took)
}

fn told(channel: Channel, each: u32, sent: Duration, floor: Duration) {
    let all = u64::from(ROUNDS * each);
    let times = sent.as_millis() * 100 / floor.as_millis().max(1);
    let title = format!("messages a second, {CONNECTIONS} side by side");
    row(channel.as_str(), &title, rate(all, sent), &rate(all, floor), &format!("{}.{:02}", times / 100, times % 100));
}

/// Far sides that look at what they are sent as their own would.
struct Fakes {
    sms: FakeSms,
    whatsapp: FakeWhatsapp,
    push: FakePush,
    callback: FakeCallback,
    /// A browser's.
    subscription: String,
}

impl Fakes {
    fn start() -> Result<Self> {
        let (now, error) = (clock().secs(), |text: String| anyhow::anyhow!(text));
        // Limits of theirs are not what is measured.
        let sms = FakeSms::start(sms::Script { now, queue: usize::MAX, ..sms::Script::default() })?;
        let templates = vec![Template::new(TEMPLATE, "pt_BR", 2, false)];
        let whatsapp = whatsapp::Script { now, templates, per_second: 0, per_pair: 0, ..whatsapp::Script::default() };
        let push = FakePush::start(push::Script { now, ..push::Script::default() })?;
        let public = PushSettings::new(Secret::new(VAPID), CONTACT).key().map_err(|bad| error(bad.to_string()))?.public();
        let subscription = push.subscribe(Some(&public)).map_err(error)?.to_string();
        let callback = FakeCallback::start(callback::Script { now, ..callback::Script::default() })?;
        Ok(Self { sms, whatsapp: FakeWhatsapp::start(whatsapp)?, push, callback, subscription })
    }

    fn base(&self, channel: Channel) -> String {
        match channel {
            Channel::Whatsapp => self.whatsapp.base(),
            Channel::Push => self.push.base(),
            Channel::Letter => self.callback.base(),
            Channel::Sms | Channel::Email | Channel::InApp | Channel::Voice => self.sms.base(),
        }
    }
}

fn clock() -> Instant {
    world::START
}

/// As many carriers as messages are under way at once.
fn board(channel: Channel, base: &str) -> Result<Switchboard> {
    let carriers = (0..CONNECTIONS).map(|_| carrier(channel, base)).collect::<Result<Vec<_>>>()?;
    Ok(Switchboard::new(None, vec![Line::new(Channels::of(channel), carriers, 0)]))
}

fn carrier(channel: Channel, base: &str) -> Result<Box<dyn Carries>> {
    let api = || http::Settings::new(base);
    let carrier: Box<dyn Carries> = match channel {
        Channel::Whatsapp => {
            let settings = WhatsappSettings::new(whatsapp::NUMBER, Secret::new(whatsapp::TOKEN));
            Box::new(Whatsapp::new(&WhatsappSettings { api: api(), ..settings })?)
        }
        Channel::Push => {
            let reach = deliver::Settings { reach: Reach::Private, ..deliver::Settings::default() };
            let settings = PushSettings { reach, ..PushSettings::new(Secret::new(VAPID), CONTACT) };
            Box::new(Push::new(&settings, Box::new(System), clock)?)
        }
        Channel::Letter => {
            let secret = Secret::new(callback::SECRET);
            Box::new(Callback::new(&CallbackSettings::new(&format!("{base}/carry"), vec![secret], Channels::of(channel))?, clock)?)
        }
        Channel::Sms | Channel::Email | Channel::InApp | Channel::Voice => {
            let sender = SmsSender::Number(sms::NUMBER.to_owned());
            Box::new(Sms::new(SmsSettings { api: api(), ..SmsSettings::new(sms::ACCOUNT, Secret::new(sms::TOKEN), sender) })?)
        }
    };
    Ok(carrier)
}

fn parcels(channel: Channel, subscription: &str, from: u32, count: u32) -> Vec<Parcel> {
    (from..from + count).map(|number| parcel(channel, subscription, number)).collect()
}

fn parcel(channel: Channel, subscription: &str, number: u32) -> Parcel {
    let key = EffectKey(format!("msg_{number:026}"));
    let to = match channel {
        Channel::Push => subscription.to_owned(),
        Channel::Letter => "Rua das Flores, 1".to_owned(),
        Channel::Email => format!("c{number}@customer.example"),
        // None that a fake takes for an order to fail.
        Channel::Sms | Channel::Whatsapp | Channel::InApp | Channel::Voice => format!("+55119{:08}", 87_700_000 + number),
    };
    let parameters = vec!["Nuvem".to_owned(), TEXT.to_owned()];
    let template = Filled { name: TEMPLATE.to_owned(), language: Language::PtBr, parameters, button: None };
    let mail = (channel == Channel::Email).then(|| {
        let from = "contas@bench.example".to_owned();
        let lines = format!("{TEXT}\r\n").repeat(20);
        let text = format!("From: {from}\r\nTo: {to}\r\nSubject: Sua fatura\r\nMIME-Version: 1.0\r\n\r\n{lines}");
        Outgoing { key: key.clone(), from, to: to.clone(), copies: Vec::new(), bytes: text.into_bytes() }
    });
    Parcel {
        key,
        channel,
        to,
        subject: None,
        text: TEXT.to_owned(),
        mail,
        template: (channel == Channel::Whatsapp).then_some(template),
        whose: Some(Whose { customer: CustomerId::new(1, [1; 10]), language: Language::PtBr, due: Vec::new() }),
    }
}

/// A browser's subscription at the far side.
fn subscription(address: SocketAddr) -> String {
    let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    format!(r#"{{"endpoint":"http://{address}/push/1","keys":{{"p256dh":"{point}","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}}}"#)
}

/// Posts so many bytes so many times, a connection each as the carriers have it, by as many threads; how long it took.
fn posts(address: SocketAddr, count: u32, bytes: usize) -> Result<Duration> {
    let mut request = format!("POST / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n").into_bytes();
    request.resize(request.len() + bytes, b'x');
    let begun = Clock::now();
    std::thread::scope(|scope| {
        let request = &request;
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|thread| {
                let own = count / CONNECTIONS + u32::from(thread < count % CONNECTIONS);
                scope.spawn(move || {
                    for _ in 0..own {
                        let mut stream = TcpStream::connect(address)?;
                        stream.set_nodelay(true)?;
                        stream.write_all(request)?;
                        let mut answer = Vec::new();
                        stream.read_to_end(&mut answer)?;
                        ensure!(answer.starts_with(b"HTTP/1.1 201 "), "a post was not answered");
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        for thread in threads {
            thread.join().map_err(|_panic| anyhow::anyhow!("a thread failed"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(begun.elapsed())
}

/// What takes everything, at once.
#[derive(Default)]
struct FarSide {
    ended: AtomicBool,
    posts: AtomicU64,
    bytes: AtomicU64,
}

impl FarSide {
    fn serve(&self, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            // Whoever goes away in between is not answered.
            let _gone = self.answer(stream);
        }
    }

    /// Reads a request and answers it; the connection ends with it.
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let (mut read, mut part) = (Vec::new(), [0; 8_192]);
        let head = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut part)? {
                0 => return Ok(()),
                count => read.extend(part.iter().take(count)),
            }
        };
        let text = String::from_utf8_lossy(read.get(..head).unwrap_or_default()).to_ascii_lowercase();
        let length =
            text.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next()?.trim().parse::<usize>().ok()).unwrap_or(0);
        while read.len() < head + length {
            match stream.read(&mut part)? {
                0 => return Ok(()),
                count => read.extend(part.iter().take(count)),
            }
        }
        self.posts.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(u64::try_from(length).unwrap_or(0), Ordering::Relaxed);
        let answer = format!(
            "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{ANSWER}",
            ANSWER.len()
        );
        stream.write_all(answer.as_bytes())
    }

    /// Bytes of a request's body until now, on average.
    fn bytes_each(&self) -> usize {
        let each = self.bytes.load(Ordering::Relaxed) / self.posts.load(Ordering::Relaxed).max(1);
        usize::try_from(each).unwrap_or(0)
    }

    fn forget(&self) {
        self.posts.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Lets every thread go that waits for a connection.
    fn end(&self, address: SocketAddr) {
        self.ended.store(true, Ordering::Relaxed);
        for _ in 0..2 * CONNECTIONS {
            drop(TcpStream::connect(address));
        }
    }
}
