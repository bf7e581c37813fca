//! What messages are made with and how they leave: stationery and courier, as the settings have them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Clock};

use anyhow::Context as _;
use regua_core::facts::Channels;
use regua_core::party::Email;
use regua_core::words::Mode;
use regua_engine::adapters::channels::Switchboard;
use regua_engine::adapters::mailbox::{self, Maildir, Pop3};
use regua_engine::adapters::post::{self, Capture};
use regua_engine::adapters::smtp::{self, Login, Settings};
use regua_engine::adapters::{Roots, Security};
use regua_engine::ports::{Courier, Mailbox, Mailer, Parcel, Sent};
use regua_engine::stationery::Stationery;
use regua_store::tenants::StoredTenant;
use regua_wire::channels::Colour;
use regua_wire::channels::mime::Brand;

use regua_wire::messages::{Line, Link, Templates, shipped_texts};

use super::installation::Installation;
use crate::config::{self, Config, Smtp, Tls};
use crate::exit::BadInput;
use crate::source::unreadable;

/// The folder of an installation's own texts.
const TEMPLATES: &str = "templates";

/// Everything that sending needs.
pub(crate) struct Post {
    pub(crate) stationery: Stationery,
    pub(crate) courier: Switchboard,
}

impl Post {
    /// As the settings have it.
    ///
    /// # Errors
    /// What is missing before a message can be written and sent.
    pub(crate) fn of(installation: &Installation, stored: &StoredTenant) -> anyhow::Result<Self> {
        // A message is written in this folder's name; the outbox is the whole database's.
        if installation.engine.tenants()?.len() > 1 {
            let told = "the database has several companies, and messages are sent for one only; give each company a database of its own";
            return Err(BadInput::new(told).into());
        }
        let mode: Mode = stored.mode.parse().unwrap_or(Mode::Shadow);
        let redirect_to = match &stored.redirect_to {
            Some(bytes) if mode == Mode::Redirect => {
                let text = std::str::from_utf8(bytes).context("the address of redirect mode cannot be read")?;
                Some(Email::parse(text).context("the address of redirect mode is none")?)
            }
            Some(_) | None => None,
        };
        let stationery = Stationery { redirect_to, ..stationery(&installation.config)? };
        let mail: Box<dyn Courier> = Box::new(Carrier::of(&installation.config)?);
        // A folder takes every channel; then nothing leaves this machine.
        let courier = match installation.config.email.capture {
            Some(_) => Switchboard::new(Some(mail), Vec::new()),
            None => super::channels::switchboard(installation, Some(mail))?,
        };
        Ok(Self { stationery, courier })
    }
}

/// What messages are made with.
pub(crate) fn stationery(config: &Config) -> anyhow::Result<Stationery> {
    let company = config.company.clone().map_err(|missing| BadInput::new(format!("messages cannot be written: {missing}")))?;
    let email = &config.email;
    let sender = email.from.as_ref().context(BadInput::new("messages cannot be written: email.from is empty"))?;
    let brand = Brand {
        name: sender.name.as_deref().map_or_else(|| company.creditor.name.clone(), Line::name),
        sender: sender.address.clone(),
        reply_to: email.reply_to.as_ref().map(|reply| reply.address.clone()),
        colour: Colour::parse(&config.brand.colour),
        logo: config.brand.logo.as_deref().and_then(|logo| Link::parse(logo).ok()),
    };
    let unsubscribe = email.unsubscribe.as_deref();
    Ok(Stationery {
        company,
        templates: templates(&config.dir)?,
        brand: Some(brand),
        unsubscribe: unsubscribe.and_then(|text| Link::parse(text).ok()),
        unsubscribe_by_mail: unsubscribe.and_then(|text| Email::parse(text.strip_prefix("mailto:")?).ok()),
        bounce_domain: email.bounce_domain.clone(),
        redirect_to: None,
        whatsapp: super::channels::templates(config),
        asks_opens: email.asks_opens,
        portal: config.serve.public_address.as_deref().and_then(|address| Link::parse(address).ok()),
    })
}

/// Whether an installation has texts of its own.
pub(crate) fn has_own_texts(dir: &Path) -> bool {
    dir.join(TEMPLATES).is_dir()
}

/// The texts that ship, with those of the installation's folder over them.
pub(crate) fn templates(dir: &Path) -> anyhow::Result<Templates> {
    let folder = dir.join(TEMPLATES);
    if !has_own_texts(dir) {
        return Ok(Templates::shipped());
    }
    let mut texts: Vec<(String, String)> = shipped_texts().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    for language in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&language)? {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            texts.push((format!("{}/{}", name(&language), name(&file)), text));
        }
    }
    Templates::from_texts(texts).map_err(|bad| BadInput::new(format!("{}: {bad}", folder.display())).into())
}

fn entries(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> { fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect() };
    let mut found = read().map_err(|error| unreadable(dir, &error))?;
    found.sort();
    Ok(found)
}

/// The mailbox to which bounces return, where there is one.
///
/// # Errors
/// What is wrong with its settings.
pub(crate) fn mailbox(config: &Config) -> Result<Option<Box<dyn Mailbox>>, BadInput> {
    Ok(match &config.email.bounces {
        None => None,
        Some(config::Mailbox::Maildir(folder)) => Some(Box::new(Maildir::new(folder))),
        Some(config::Mailbox::Pop3 { host, port, tls, user, password }) => {
            let security = if *tls { Security::Tls } else { Security::StartTls };
            // A server on this machine may speak in the clear.
            let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
            let security = if here && !*tls { Security::Plain } else { security };
            let settings = mailbox::Settings { port: *port, security, ..mailbox::Settings::new(host, user, password.clone()) };
            Some(Box::new(Pop3::new(settings).map_err(|bad| BadInput::new(format!("[email.bounces]: {bad}")))?))
        }
    })
}

/// What carries messages: a folder, or a mail server over several connections, no faster than the provider takes them.
pub(crate) struct Carrier {
    inner: Box<dyn Courier>,
    pace: Pace,
}

impl Carrier {
    pub(super) fn of(config: &Config) -> anyhow::Result<Self> {
        if let Some(folder) = &config.email.capture {
            let capture = Capture::into(folder).with_context(|| format!("failed to make {}", folder.display()))?;
            return Ok(Self { inner: Box::new(capture), pace: Pace::new(0) });
        }
        let smtp = config.email.smtp.as_ref().context(BadInput::new("messages cannot be sent: email.smtp.host is empty"))?;
        let mailers = (0..smtp.connections).map(|_| mailer(smtp).map(|mailer| -> Box<dyn Mailer> { Box::new(mailer) }));
        let mailers = mailers.collect::<Result<Vec<_>, BadInput>>()?;
        Ok(Self { inner: Box::new(post::Post::new(mailers)), pace: Pace::new(config.email.per_second) })
    }
}

/// A connection to the mail server, which is opened with the first mail.
pub(crate) fn mailer(smtp: &Smtp) -> Result<smtp::Smtp, BadInput> {
    let security = match smtp.tls {
        Tls::None => Security::Plain,
        Tls::Starttls => Security::StartTls,
        Tls::Tls => Security::Tls,
    };
    let mut settings = Settings::new(&smtp.host, smtp.port, security, &smtp.hello);
    settings.login = smtp.login.as_ref().map(|(user, password)| Login { user: user.clone(), password: password.clone() });
    if let Some(pem) = &smtp.authorities {
        settings.roots = Roots::Pem(pem.clone());
    }
    smtp::Smtp::new(settings).map_err(|bad| BadInput::new(format!("[email.smtp]: {bad}")))
}

impl Courier for Carrier {
    fn carries(&self) -> Channels {
        self.inner.carries()
    }

    /// What goes out in half a second: what waits behind it is then no more than a second's worth in all.
    fn at_a_time(&self) -> usize {
        if self.pace.per_second == 0 { usize::MAX } else { self.pace.per_second.div_ceil(2) }
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let mut sent = Vec::with_capacity(parcels.len());
        while sent.len() < parcels.len() {
            let rest = parcels.get(sent.len()..).unwrap_or_default();
            let part = rest.get(..self.pace.take(rest.len())).unwrap_or(rest);
            sent.extend(self.inner.send(part));
        }
        sent
    }
}

/// No more than so many mails a second.
struct Pace {
    per_second: usize,
    began: Clock,
    taken: usize,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        Self { per_second: usize::try_from(per_second).unwrap_or(usize::MAX), began: Clock::now(), taken: 0 }
    }

    /// How many of `wanted` may go now, at least one; waits for the next second when this one is full.
    fn take(&mut self, wanted: usize) -> usize {
        const SECOND: Duration = Duration::from_secs(1);
        if self.per_second == 0 {
            return wanted;
        }
        if self.taken >= self.per_second {
            pause(SECOND.saturating_sub(self.began.elapsed()));
        }
        if self.began.elapsed() >= SECOND {
            (self.began, self.taken) = (Clock::now(), 0);
        }
        let free = wanted.min(self.per_second.saturating_sub(self.taken)).max(1);
        self.taken += free;
        free
    }
}

#[expect(clippy::disallowed_methods, reason = "a provider's rate is kept by waiting")]
fn pause(length: Duration) {
    std::thread::sleep(length);
}
