//! The settings of one installation: `regua.toml`, with the environment over it, as values that are right.
//!
//! Deliberately absent: connecting to anything. A setting that cannot be right is refused here; whether the other side is
//! there, `regua doctor` says.

mod key;
mod read;
mod show;
mod values;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regua_core::words::Language;
use regua_engine::letters::Company;
use regua_engine::secret::Secret;
use regua_wire::billing::TermsWords;
use regua_wire::gateways::pix;

use crate::exit::BadInput;
use crate::source::unreadable;

pub(crate) use key::KeyFile;
pub(crate) use show::{manual, show, without_password};
pub(crate) use values::{Environment, MANUAL, Values, own_file};

/// What the file is called.
pub(crate) const FILE: &str = "regua.toml";
/// The variable that names the folder.
const FOLDER: &str = "REGUA_DIR";

/// All settings of an installation.
#[derive(Debug)]
pub(crate) struct Config {
    /// The folder that paths are relative to.
    pub(crate) dir: PathBuf,
    pub(crate) database: Database,
    /// Which company's rows; the only one's when nothing is said.
    pub(crate) tenant: Option<String>,
    /// Who writes; nothing, and what is missing, while it is not said.
    pub(crate) company: Result<Company, String>,
    /// The language of customers who stated none, if it is said.
    pub(crate) language: Option<Language>,
    pub(crate) brand: Brand,
    /// The terms of subscriptions that say nothing else.
    pub(crate) billing: TermsWords,
    pub(crate) email: Email,
    /// What carries messages besides e-mail.
    pub(crate) channels: Channels,
    /// Who moves money.
    pub(crate) gateway: Gateway,
    /// What `serve` listens to.
    pub(crate) serve: Serve,
    /// Who vouches for people besides passwords; nobody when nothing is said.
    pub(crate) oidc: Option<Oidc>,
    /// Whether events may be delivered inside one's own network.
    pub(crate) private_endpoints: bool,
    /// The origins of an app's pages that may ask what to show.
    pub(crate) in_app_origins: Vec<String>,
    /// Where the key is.
    pub(crate) key_file: PathBuf,
}

/// What carries messages besides e-mail.
#[derive(Debug)]
pub(crate) struct Channels {
    pub(crate) sms: Option<Sms>,
    pub(crate) whatsapp: Option<Whatsapp>,
    pub(crate) push: Option<Push>,
    pub(crate) callback: Option<Callback>,
}

/// An account at a provider of SMS.
#[derive(Debug)]
pub(crate) struct Sms {
    pub(crate) account: String,
    pub(crate) token: Secret,
    /// A service of the account, or a number.
    pub(crate) service: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) base: Option<String>,
    pub(crate) per_second: u32,
    pub(crate) connections: u16,
}

/// A number of WhatsApp.
#[derive(Debug)]
pub(crate) struct Whatsapp {
    pub(crate) number: String,
    pub(crate) token: Secret,
    /// What signs what Meta tells; without it nothing is taken in.
    pub(crate) app_secret: Option<Secret>,
    /// What Meta says when it asks whether an address is ours.
    pub(crate) verify: Option<Secret>,
    pub(crate) template: String,
    pub(crate) template_overdue: Option<String>,
    pub(crate) button: Option<String>,
    /// People in a day; none for any number.
    pub(crate) tier: Option<u32>,
    pub(crate) base: Option<String>,
    pub(crate) per_second: u32,
    pub(crate) connections: u16,
}

/// Web push.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) key: Secret,
    pub(crate) contact: String,
    pub(crate) per_second: u32,
}

/// A program of the company's own that carries messages.
pub(crate) struct Callback {
    pub(crate) url: String,
    pub(crate) secret: Secret,
    pub(crate) channels: regua_core::facts::Channels,
    pub(crate) per_second: u32,
}

/// The address may hold a key, and does not show.
impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// Who moves money: the gateways that are set up.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) stripe: Option<Account>,
    /// Where Stripe sends a payer afterwards.
    pub(crate) return_url: Option<String>,
    pub(crate) asaas: Option<Account>,
    pub(crate) pix: Option<PixBank>,
}

/// The gateway that moves no money.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// With what its webhooks are signed.
    pub(crate) secret: Option<Secret>,
}

/// An account at a gateway.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) key: Secret,
    /// By what its webhooks are known.
    pub(crate) hook: Option<Secret>,
    /// Whether another system charges, and this one only reads.
    pub(crate) mirror: bool,
    /// Another address than the gateway's own.
    pub(crate) base: Option<String>,
}

/// A bank's Pix API.
#[derive(Debug)]
pub(crate) struct PixBank {
    pub(crate) base: String,
    pub(crate) token_path: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// Certificate and key, in PEM.
    pub(crate) identity: Option<(Vec<u8>, Secret)>,
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) key: String,
    /// Where debits of Pix Automático go; none leaves it out.
    pub(crate) account: Option<pix::Account>,
}

/// What `serve` listens to.
#[derive(Debug)]
pub(crate) struct Serve {
    pub(crate) listen: String,
    /// Under which address it is reached, without a slash at its end.
    pub(crate) public_address: Option<String>,
    pub(crate) behind_proxy: bool,
    pub(crate) log: Log,
    /// Requests a second of one address; 0 for any number.
    pub(crate) rate_per_address: u32,
    /// Requests a second of one person or key; 0 for any number.
    pub(crate) rate_per_key: u32,
    /// Whether counts and gauges are shown.
    pub(crate) metrics: bool,
    /// How often a mirrored account is read; never when absent.
    pub(crate) sync_every: Option<Duration>,
}

/// How a log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Log {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
    /// Not at all.
    Off,
}

/// A provider of identities.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
}

/// Where everything is kept.
#[derive(Debug)]
pub(crate) struct Database {
    /// As the store takes it; the path of a file is complete. It may hold a password.
    pub(crate) url: Secret,
    pub(crate) connections: u16,
    /// Customers decided in one transaction.
    pub(crate) batch: u16,
    pub(crate) statement_timeout: Duration,
    pub(crate) lock_timeout: Duration,
}

/// How e-mails look.
#[derive(Debug)]
pub(crate) struct Brand {
    pub(crate) colour: String,
    /// The city that Pix codes show.
    pub(crate) city: Option<String>,
    pub(crate) logo: Option<String>,
}

/// How e-mails go out and what comes back.
#[derive(Debug)]
pub(crate) struct Email {
    pub(crate) from: Option<Sender>,
    pub(crate) reply_to: Option<Sender>,
    pub(crate) unsubscribe: Option<String>,
    /// Whether e-mails hold a picture by which they are seen to be opened.
    pub(crate) asks_opens: bool,
    /// The folder that takes e-mails instead of the server.
    pub(crate) capture: Option<PathBuf>,
    /// The server; nothing while its host is not said.
    pub(crate) smtp: Option<Smtp>,
    pub(crate) per_second: u32,
    /// E-mails that are written down together before they go.
    pub(crate) group: u16,
    /// The domain of return paths.
    pub(crate) bounce_domain: Option<String>,
    pub(crate) bounces: Option<Mailbox>,
}

/// `Name <address>`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Sender {
    pub(crate) name: Option<String>,
    pub(crate) address: regua_core::party::Email,
}

/// A mail server.
#[derive(Debug)]
pub(crate) struct Smtp {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) login: Option<(String, Secret)>,
    /// The authorities of a private certificate, in PEM.
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) hello: String,
    pub(crate) connections: u16,
}

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(clippy::enum_variant_names, reason = "the words of the settings")]
pub(crate) enum Tls {
    None,
    Starttls,
    Tls,
}

/// Where bounces are read from.
#[derive(Debug)]
pub(crate) enum Mailbox {
    Maildir(PathBuf),
    Pop3 { host: String, port: u16, tls: bool, user: String, password: Secret },
}

/// The folder of an installation: the one that is named, else the current one, else that of the environment.
///
/// # Errors
/// When none of them holds the file.
pub(crate) fn folder(named: Option<&Path>, environment: &Environment) -> Result<PathBuf, BadInput> {
    let has = |dir: &Path| dir.join(FILE).is_file();
    if let Some(dir) = named {
        let told = || BadInput::new(format!("{}: no {FILE} in it; `regua init {0}` makes an installation", dir.display()));
        return has(dir).then(|| dir.to_owned()).ok_or_else(told);
    }
    let here = PathBuf::from(".");
    if has(&here) {
        return Ok(here);
    }
    match environment.get(FOLDER).map(PathBuf::from) {
        Some(dir) if has(&dir) => Ok(dir),
        Some(dir) => {
            Err(BadInput::new(format!("{FOLDER} is {}, which has no {FILE}; correct it, or name the folder with --dir", dir.display())))
        }
        None => Err(BadInput::new(format!(
            "no {FILE} in this folder; go to the installation's folder, name it with --dir or {FOLDER}, or make one: regua init DIR"
        ))),
    }
}

/// Reads the values of the installation in a folder.
///
/// # Errors
/// All that is wrong with the file and the environment.
pub(crate) fn values(dir: &Path, environment: &Environment) -> Result<Values, BadInput> {
    let path = dir.join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    Values::read(&path.display().to_string(), &text, environment)
}

impl Config {
    /// Reads the settings of the installation in a folder.
    ///
    /// # Errors
    /// All that is wrong, each with its place and mend.
    pub(crate) fn load(dir: &Path, environment: &Environment) -> Result<Self, BadInput> {
        Self::of(&values(dir, environment)?, dir)
    }

    /// Settings of values; paths are relative to `dir`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub(crate) fn of(values: &Values, dir: &Path) -> Result<Self, BadInput> {
        read::config(values, dir)
    }
}
