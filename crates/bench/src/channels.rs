//! Channels: messages that each carrier hands over a second, beside a floor of bare posts of as many bytes to the same far side.
//!
//! The far side is on this machine and answers at once what its own would, so that what is measured is ours: making the request,
//! signing or sealing it, reading the answer. Rounds of both alternate, so that a slow minute of the machine is not held against
//! one of them. Deliberately absent: the database, which `serve` and the mails measure, and what a network would add.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant as Clock};

use anyhow::{Result, ensure};
use regua_core::facts::Channels;
use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use regua_engine::adapters::channels::{
    Callback, CallbackSettings, Carries, Line, Push, PushSettings, Sms, SmsSender, SmsSettings, Switchboard, Whatsapp, WhatsappSettings,
};
use regua_engine::adapters::deliver;
use regua_engine::adapters::http;
use regua_engine::endpoints::Reach;
use regua_engine::ports::{Courier as _, EffectKey, Filled, Parcel, Sent};
use regua_engine::secret::Secret;

use crate::{System, rate, row, world};

/// Carriers of a channel, side by side.
const CONNECTIONS: u32 = 8;
/// Rounds of each.
const ROUNDS: u32 = 3;
/// What the far side answers: every carrier finds its own name of the message.
const ANSWER: &str = r#"{"sid":"SM1","status":"queued","messages":[{"id":"wamid.1"}],"reference":"r1"}"#;
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const VAPID: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
const TEXT: &str =
    "Nuvem: sua fatura R1 de R$ 100,00 vence em 20/03. Veja e pague em https://regua.example/p/abcdefgh. Responda SAIR para parar.";

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
        let done = [Channel::Sms, Channel::Whatsapp, Channel::Push, Channel::Letter]
            .into_iter()
            .try_for_each(|channel| one(channel, address, each, &far));
        far.end(address);
        done
    })
}

fn one(channel: Channel, address: SocketAddr, each: u32, far: &FarSide) -> Result<()> {
    let carriers = (0..CONNECTIONS).map(|_| carrier(channel, address)).collect::<Result<Vec<_>>>()?;
    let mut board = Switchboard::new(None, vec![Line::new(Channels::of(channel), carriers, 0)]);
    let (mut sent, mut bare) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        let parcels: Vec<Parcel> = (0..each).map(|number| parcel(channel, address, round * each + number)).collect();
        let all: Vec<&Parcel> = parcels.iter().collect();
        let begun = Clock::now();
        let answers = board.send(&all);
        sent += begun.elapsed();
        let taken = answers.iter().filter(|answer| matches!(answer, Sent::Accepted { .. })).count();
        ensure!(taken == parcels.len(), "{channel}: {taken} of {} were taken; the first: {:?}", parcels.len(), answers.first());
        bare += posts(address, each, far.bytes_each())?;
    }
    let all = u64::from(ROUNDS * each);
    let times = sent.as_millis() * 100 / bare.as_millis().max(1);
    let title = format!("messages a second, {CONNECTIONS} side by side");
    row(channel.as_str(), &title, rate(all, sent), &rate(all, bare), &format!("{}.{:02}", times / 100, times % 100));
    far.forget();
    Ok(())
}

fn clock() -> Instant {
    world::START
}

fn carrier(channel: Channel, address: SocketAddr) -> Result<Box<dyn Carries>> {
    let base = format!("http://{address}");
    let api = || http::Settings::new(&base);
    let carrier: Box<dyn Carries> = match channel {
        Channel::Whatsapp => Box::new(Whatsapp::new(&WhatsappSettings { api: api(), ..WhatsappSettings::new("1", Secret::new("token")) })?),
        Channel::Push => {
            let reach = deliver::Settings { reach: Reach::Private, ..deliver::Settings::default() };
            let settings = PushSettings { reach, ..PushSettings::new(Secret::new(VAPID), "mailto:bench@regua.example") };
            Box::new(Push::new(&settings, Box::new(System), clock)?)
        }
        Channel::Letter => Box::new(Callback::new(
            &CallbackSettings::new(&format!("{base}/carry"), vec![Secret::new(SECRET)], Channels::of(channel))?,
            clock,
        )?),
        Channel::Sms | Channel::Email | Channel::InApp | Channel::Voice => {
            let sender = SmsSender::Number("+15005550006".to_owned());
            Box::new(Sms::new(SmsSettings { api: api(), ..SmsSettings::new("AC1", Secret::new("token"), sender) })?)
        }
    };
    Ok(carrier)
}

fn parcel(channel: Channel, address: SocketAddr, number: u32) -> Parcel {
    let to = match channel {
        Channel::Push => subscription(address),
        Channel::Letter => "Rua das Flores, 1".to_owned(),
        Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::InApp | Channel::Voice => format!("+55119{:08}", 10_000_000 + number),
    };
    let parameters = vec!["Nuvem".to_owned(), TEXT.to_owned()];
    let template = Filled { name: "aviso".to_owned(), language: Language::PtBr, parameters, button: None };
    Parcel {
        key: EffectKey(format!("msg_{number:026}")),
        channel,
        to,
        subject: None,
        text: TEXT.to_owned(),
        mail: None,
        template: (channel == Channel::Whatsapp).then_some(template),
        whose: None,
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
