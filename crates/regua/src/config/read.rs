//! Values into settings: every text becomes what it means, or is told with its place and the mend.

mod channels;

use std::fs;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regua_core::party::Email;
use regua_core::words::{Language, UnknownWord};
use regua_engine::letters::Company;
use regua_engine::secret::Secret;
use regua_wire::billing::{self, TermsWords};
use regua_wire::gateways::pix::{self, AccountKind};
use regua_wire::messages::context::Creditor;
use regua_wire::messages::{Line, Link};

use super::values::{Scalar, Values};
use super::{Account, Brand, Config, Database, Gateway, Log, Mailbox, Oidc, PixBank, Sandbox, Sender, Serve, Smtp, Tls};
use crate::exit::BadInput;

/// A mirrored account is read no more often than this.
const SYNC_EVERY_MIN: Duration = Duration::from_secs(60);

/// Settings of values; paths are relative to `dir`.
pub(super) fn config(values: &Values, dir: &Path) -> Result<Config, BadInput> {
    let mut reading = Reading { values, dir, problems: Vec::new() };
    let config = Config {
        dir: dir.to_owned(),
        database: reading.database(),
        tenant: reading.some("company.tenant").map(str::to_owned),
        company: reading.company(),
        language: reading.some("company.language").and_then(|text| text.parse().ok()),
        brand: reading.brand(),
        billing: reading.billing(),
        email: reading.email(),
        channels: reading.channels(),
        gateway: reading.gateway(),
        serve: reading.serve(),
        oidc: reading.oidc(),
        private_endpoints: reading.is_on("endpoints.allow_private"),
        in_app_origins: reading.parsed("in_app.origins", origins).unwrap_or_default(),
        key_file: reading.path("keys.file"),
    };
    if reading.problems.is_empty() { Ok(config) } else { Err(BadInput::new(reading.problems.join("\n"))) }
}

struct Reading<'v> {
    values: &'v Values,
    dir: &'v Path,
    problems: Vec<String>,
}

impl<'v> Reading<'v> {
    fn text(&self, key: &str) -> &'v str {
        match self.values.get(key).map(|entry| &entry.value) {
            Some(Scalar::Text(text)) => text,
            Some(Scalar::Number(_)) | None => "", // a test reads every key
        }
    }

    /// A text, unless it is empty.
    fn some(&self, key: &str) -> Option<&'v str> {
        Some(self.text(key).trim()).filter(|text| !text.is_empty())
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.some(key).map(str::to_owned)
    }

    fn number<T: TryFrom<i64> + Default>(&mut self, key: &str, range: std::ops::RangeInclusive<i64>) -> T {
        let number = match self.values.get(key).map(|entry| &entry.value) {
            Some(&Scalar::Number(number)) => number,
            Some(Scalar::Text(_)) | None => 0,
        };
        match T::try_from(number) {
            Ok(fits) if range.contains(&number) => fits,
            Ok(_) | Err(_) => {
                self.wrong(key, &format!("{number} is not between {} and {}", range.start(), range.end()));
                T::default()
            }
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(self.text(key))
    }

    /// Notes what is wrong with a key.
    fn wrong(&mut self, key: &str, what: &str) {
        let place = self.values.get(key).map(|entry| self.values.place(&entry.origin)).unwrap_or_default();
        self.problems.push(format!("{place}: {key}: {what}"));
    }

    /// A text with a meaning, unless it is empty.
    fn parsed<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.some(key)?;
        parse(text).map_err(|what| self.wrong(key, &what)).ok()
    }

    fn duration(&mut self, key: &str) -> Duration {
        self.parsed(key, duration).unwrap_or_default()
    }

    fn database(&mut self) -> Database {
        let text = self.text("database.url");
        let url = match text.strip_prefix("sqlite:") {
            Some(":memory:") => {
                self.wrong("database.url", "a database in memory is forgotten at the end of every command; name a file");
                text.to_owned()
            }
            Some(file) => format!("sqlite:{}", self.dir.join(file).display()),
            None => {
                if !["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start)) {
                    // The text itself may be a secret in the wrong place.
                    self.wrong("database.url", "is neither `sqlite:FILE` nor `postgres://USER@HOST/NAME`");
                }
                text.to_owned()
            }
        };
        Database {
            url: Secret::new(&url),
            connections: self.number("database.connections", 1..=1_000),
            batch: self.number("database.batch", 1..=10_000),
            statement_timeout: self.duration("database.statement_timeout"),
            lock_timeout: self.duration("database.lock_timeout"),
        }
    }

    fn company(&mut self) -> Result<Company, String> {
        let language = self.parsed("company.language", |text| text.parse::<Language>().map_err(|bad| bad.to_string()));
        let link = self.parsed("company.link", |text| Link::parse(text).map_err(|bad| bad.to_string()));
        let wanted = ["name", "address", "tax_id", "contact", "link"];
        let missing: Vec<&str> = wanted.into_iter().filter(|key| self.some(&format!("company.{key}")).is_none()).collect();
        let (Some(link), true) = (link, missing.is_empty()) else {
            return Err(format!("the table [company] has no {}; messages must say who writes", missing.join(", ")));
        };
        let creditor = Creditor {
            name: Line::name(self.text("company.name")),
            address: Line::new(self.text("company.address")),
            tax_id: Line::new(self.text("company.tax_id")),
            contact: Line::new(self.text("company.contact")),
        };
        if creditor.name.is_empty() {
            self.wrong("company.name", "is not a name: it looks like a link or a number");
        }
        Ok(Company { creditor, link, language })
    }

    fn billing(&mut self) -> TermsWords {
        let told = |bad: billing::BadTerm| bad.to_string();
        let taxes = |text: &str| text.split_whitespace().map(billing::tax).collect::<Result<Vec<_>, _>>().map_err(told);
        TermsWords {
            collection: self.parsed("billing.collection", |text| text.parse().map_err(|bad: UnknownWord| bad.to_string())),
            net: self.parsed("billing.net", |text| billing::net(text).map_err(told)),
            instalments: NonZeroU16::new(self.number("billing.instalments", 1..=120)),
            taxes: Some(self.parsed("billing.taxes", taxes).unwrap_or_default()),
            purchase_order: None,
            attachments: None,
        }
    }

    fn brand(&mut self) -> Brand {
        let colour = self.parsed("company.colour", |text| {
            let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            digits.map(|_| text.to_ascii_lowercase()).ok_or_else(|| format!("`{text}` is not a colour; write one such as #1f4e79"))
        });
        let logo = self.parsed("company.logo", |text| Link::parse(text).map(|_| text.to_owned()).map_err(|bad| bad.to_string()));
        let city = self.parsed("company.city", |text| {
            regua_wire::pix::MerchantCity::fold(text).map(|_| text.to_owned()).map_err(|bad| bad.to_string())
        });
        Brand { colour: colour.unwrap_or_default(), city, logo }
    }

    fn email(&mut self) -> super::Email {
        let from = self.parsed("email.from", sender);
        let unsubscribe = self.parsed("email.unsubscribe", |text| {
            let fits = text.starts_with("https://") || text.strip_prefix("mailto:").is_some_and(|address| sender(address).is_ok());
            let told = || format!("`{text}` is neither an address that begins with https:// nor a mailto: address");
            fits.then(|| text.to_owned()).ok_or_else(told)
        });
        let capture = self.some("email.capture").filter(|text| *text != "off").map(|folder| self.dir.join(folder));
        let domain = self.parsed("email.bounces.domain", |text| {
            let fits = text.contains('.') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
            fits.then(|| text.to_ascii_lowercase()).ok_or_else(|| format!("`{text}` is not a domain"))
        });
        let asks_opens = self.is_on("email.opens");
        if asks_opens && self.some("serve.public_address").is_none() {
            self.wrong("email.opens", "the picture needs an address: set serve.public_address too");
        }
        super::Email {
            asks_opens,
            reply_to: self.parsed("email.reply_to", sender),
            smtp: self.smtp(from.as_ref()),
            per_second: self.number("email.smtp.per_second", 0..=100_000),
            group: self.number("email.smtp.group", 1..=1_000),
            bounce_domain: domain,
            bounces: self.mailbox(),
            from,
            unsubscribe,
            capture,
        }
    }

    fn is_on(&mut self, key: &str) -> bool {
        let word = |text: &str| match text {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(format!("`{other}` is neither on nor off")),
        };
        self.parsed(key, word).unwrap_or(false)
    }

    fn gateway(&mut self) -> Gateway {
        let on = self.is_on("gateway.sandbox.enabled");
        let secret = self.owned("gateway.sandbox.secret").map(|word| Secret::new(&word));
        Gateway {
            sandbox: on.then_some(Sandbox { secret }),
            stripe: self.account("gateway.stripe", "webhook_secret"),
            return_url: self.owned("gateway.stripe.return_url"),
            asaas: self.account("gateway.asaas", "webhook_token"),
            pix: self.pix(),
        }
    }

    fn account(&mut self, table: &str, hook: &str) -> Option<Account> {
        let role = |text: &str| match text {
            "owner" => Ok(false),
            "mirror" => Ok(true),
            other => Err(format!("`{other}` is neither owner nor mirror")),
        };
        let mirror = self.parsed(&format!("{table}.role"), role).unwrap_or(false);
        let (key, hook) = (self.secret(&format!("{table}.key")), self.secret(&format!("{table}.{hook}")));
        Some(Account { key: key?, hook, mirror, base: self.owned(&format!("{table}.base")) })
    }

    fn pix(&mut self) -> Option<PixBank> {
        let client_secret = self.secret("gateway.pix.client_secret");
        let (chain, private) = (self.file("gateway.pix.certificate_file"), self.file("gateway.pix.private_key_file"));
        let authorities = self.file("gateway.pix.authorities_file");
        let account = self.pix_account();
        let base = self.owned("gateway.pix.base")?;
        for key in ["gateway.pix.client_id", "gateway.pix.key"] {
            if self.some(key).is_none() {
                self.wrong(key, "is empty, and the bank's Pix API needs it");
            }
        }
        if client_secret.is_none() {
            self.wrong("gateway.pix.client_secret", "is empty; set REGUA_GATEWAY_PIX_CLIENT_SECRET or client_secret_file");
        }
        let private = private.and_then(|bytes| String::from_utf8(bytes).ok());
        if chain.is_some() != private.is_some() {
            self.wrong("gateway.pix.certificate_file", "goes with private_key_file: both, or neither");
        }
        Some(PixBank {
            base,
            token_path: self.text("gateway.pix.token_path").to_owned(),
            client_id: self.text("gateway.pix.client_id").to_owned(),
            client_secret: client_secret?,
            identity: chain.zip(private.map(|text| Secret::new(&text))),
            authorities,
            key: self.text("gateway.pix.key").to_owned(),
            account,
        })
    }

    fn pix_account(&mut self) -> Option<pix::Account> {
        let sort = |text: &str| match text {
            "current" => Ok(AccountKind::Current),
            "savings" => Ok(AccountKind::Savings),
            "payment" => Ok(AccountKind::Payment),
            other => Err(format!("`{other}` is not one of current, savings and payment")),
        };
        let tipo_conta = self.parsed("gateway.pix.account_kind", sort).unwrap_or(AccountKind::Current);
        Some(pix::Account { conta: self.owned("gateway.pix.account")?, agencia: self.owned("gateway.pix.branch"), tipo_conta })
    }

    fn serve(&mut self) -> Serve {
        let listen = self.text("serve.listen").to_owned();
        if listen.parse::<std::net::SocketAddr>().is_err() {
            self.wrong("serve.listen", "is no address such as 127.0.0.1:8420");
        }
        let log = self.parsed("serve.log", |text| match text {
            "text" => Ok(Log::Text),
            "json" => Ok(Log::Json),
            "off" => Ok(Log::Off),
            other => Err(format!("`{other}` is not one of text, json and off")),
        });
        Serve {
            listen,
            public_address: self.parsed("serve.public_address", web_address),
            behind_proxy: self.is_on("serve.behind_proxy"),
            log: log.unwrap_or_default(),
            rate_per_address: self.number("serve.rate_per_address", 0..=1_000_000),
            rate_per_key: self.number("serve.rate_per_key", 0..=1_000_000),
            metrics: self.is_on("serve.metrics"),
            sync_every: self.sync_every(),
        }
    }

    fn oidc(&mut self) -> Option<Oidc> {
        let secret = self.secret("sign_in.oidc_client_secret");
        let issuer = self.parsed("sign_in.oidc_issuer", |text| match web_address(text) {
            // A provider on this machine is for trying out.
            Ok(issuer) if issuer.starts_with("https://") || is_here(&issuer) => Ok(issuer),
            Ok(_) | Err(_) => Err("is no address that begins with https://".to_owned()),
        });
        let client = self.owned("sign_in.oidc_client_id");
        let Some(issuer) = issuer else {
            if client.is_some() && self.some("sign_in.oidc_issuer").is_none() {
                self.wrong("sign_in.oidc_client_id", "there is a client and no sign_in.oidc_issuer that knows it");
            }
            return None;
        };
        match (client, secret) {
            (Some(client_id), Some(client_secret)) => return Some(Oidc { issuer, client_id, client_secret }),
            (None, _) => self.wrong("sign_in.oidc_client_id", "is empty, and the provider asks who it is that asks"),
            (Some(_), None) => self
                .wrong("sign_in.oidc_client_id", "has no secret; set REGUA_SIGN_IN_OIDC_CLIENT_SECRET or sign_in.oidc_client_secret_file"),
        }
        None
    }

    fn sync_every(&mut self) -> Option<Duration> {
        let often = |text: &str| match text {
            "off" => Ok(None),
            text => duration(text).map(Some),
        };
        let every = self.parsed("serve.sync_every", often)??;
        if every < SYNC_EVERY_MIN {
            self.wrong("serve.sync_every", "is less than a minute; a biller counts who asks too often");
        }
        Some(every)
    }

    fn smtp(&mut self, from: Option<&Sender>) -> Option<Smtp> {
        let port = self.number("email.smtp.port", 1..=65_535);
        let connections = self.number("email.smtp.connections", 1..=100);
        let tls = self.parsed("email.smtp.tls", |text| match text {
            "none" => Ok(Tls::None),
            "starttls" => Ok(Tls::Starttls),
            "tls" => Ok(Tls::Tls),
            other => Err(format!("`{other}` is not one of none, starttls and tls")),
        });
        let password = self.password("email.smtp");
        let login = match (self.owned("email.smtp.user"), password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                self.wrong("email.smtp.user", "has no password; set REGUA_EMAIL_SMTP_PASSWORD or email.smtp.password_file");
                None
            }
            (None, Some(_)) => {
                self.wrong("email.smtp.user", "there is a password and nobody who logs in; name the user");
                None
            }
        };
        let domain = from.and_then(|from| Some(from.address.as_str().rsplit_once('@')?.1.to_owned()));
        let hello = self.owned("email.smtp.hello").or(domain).unwrap_or_else(|| "localhost".to_owned());
        let authorities = self.file("email.smtp.authorities_file");
        let host = self.owned("email.smtp.host")?;
        Some(Smtp { host, port, tls: tls.unwrap_or(Tls::Starttls), login, authorities, hello, connections })
    }

    /// The password of a table: itself, or in the file that it names.
    fn password(&mut self, table: &str) -> Option<Secret> {
        self.secret(&format!("{table}.password"))
    }

    /// A secret: itself, or in the file that the key with `_file` behind it names.
    fn secret(&mut self, name: &str) -> Option<Secret> {
        if let Some(word) = self.some(name) {
            return Some(Secret::new(word));
        }
        let key = format!("{name}_file");
        self.some(&key)?;
        let path = self.path(&key);
        match fs::read_to_string(&path).map(|text| text.trim_end_matches(['\r', '\n']).to_owned()) {
            Ok(word) if word.is_empty() => self.wrong(&key, &format!("{} is empty", path.display())),
            Ok(word) => return Some(Secret::new(&word)),
            Err(error) => self.wrong(&key, &format!("{}: {error}", path.display())),
        }
        None
    }

    /// What the file that a key names holds.
    fn file(&mut self, key: &str) -> Option<Vec<u8>> {
        self.some(key)?;
        let path = self.path(key);
        fs::read(&path).map_err(|error| self.wrong(key, &format!("{}: {error}", path.display()))).ok()
    }

    fn mailbox(&mut self) -> Option<Mailbox> {
        let key = "email.bounces.mailbox";
        let password = self.password("email.bounces");
        let text = self.some(key)?;
        let Some((scheme, rest)) = text.split_once("://") else { return Some(Mailbox::Maildir(self.dir.join(text))) };
        let (tls, usual) = match scheme {
            "pop3s" => (true, 995),
            "pop3" => (false, 110),
            _ => {
                self.wrong(key, "is neither the path of a Maildir nor `pop3s://USER@HOST`");
                return None;
            }
        };
        let Some((user, host)) = rest.trim_end_matches('/').rsplit_once('@') else {
            self.wrong(key, "names no user; write `pop3s://USER@HOST`");
            return None;
        };
        if user.contains(':') {
            self.wrong(key, "holds a password; put it into REGUA_EMAIL_BOUNCES_PASSWORD or email.bounces.password_file");
            return None;
        }
        let (host, port) = match host.rsplit_once(':') {
            None => (host, Some(usual)),
            Some((host, port)) => (host, port.parse().ok()),
        };
        let Some(port) = port else {
            self.wrong(key, "the port is not a number");
            return None;
        };
        let Some(password) = password else {
            self.wrong(key, "has no password; set REGUA_EMAIL_BOUNCES_PASSWORD or email.bounces.password_file");
            return None;
        };
        // `%40` is how an address stands in front of the host.
        Some(Mailbox::Pop3 { host: host.to_owned(), port, tls, user: user.replace("%40", "@"), password })
    }
}

/// An address of the web without a path's last slash.
fn web_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = |rest: &str| {
        !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\"<>\\".contains(&byte))
    };
    match rest {
        Some(rest) if fits(rest) => Ok(text.trim_end_matches('/').to_owned()),
        Some(_) | None => Err(format!("`{text}` is no address such as https://regua.acme.example")),
    }
}

/// Origins of pages with blanks between, as browsers write them: scheme, host and port, and nothing behind.
fn origins(text: &str) -> Result<Vec<String>, String> {
    let one = |word: &str| match web_address(word) {
        // A page without TLS on this machine is for trying out.
        Ok(origin)
            if origin.matches('/').count() == 2
                && origin == origin.to_ascii_lowercase()
                && (origin.starts_with("https://") || is_here(&origin)) =>
        {
            Ok(origin)
        }
        Ok(_) | Err(_) => Err(format!("`{word}` is no origin such as https://app.acme.example, in lower case and without a path")),
    };
    text.split_whitespace().map(one).collect()
}

/// Whether an address is this machine's own.
fn is_here(address: &str) -> bool {
    let host = address.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `500ms`, `30s` or `5m`.
fn duration(text: &str) -> Result<Duration, String> {
    let told = || format!("`{text}` is not a time; write a number with a unit, such as 500ms, 30s or 5m");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_bad| told())?;
    let length = match unit.trim() {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(told()),
    };
    if length.is_zero() || length > Duration::from_secs(86_400) {
        return Err(format!("`{text}` is no time to wait: it lies between 1ms and a day"));
    }
    Ok(length)
}

/// `Name <address>` or `address`.
fn sender(text: &str) -> Result<Sender, String> {
    let (name, bare) = text.rsplit_once('<').map_or(("", Some(text)), |(name, rest)| (name, rest.strip_suffix('>')));
    let name = Some(name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty());
    let address = bare.and_then(|address| Email::parse(address.trim()).ok());
    address
        .map(|address| Sender { name, address })
        .ok_or_else(|| format!("`{text}` is not an e-mail address; write one such as `Acme <billing@acme.example>`"))
}
