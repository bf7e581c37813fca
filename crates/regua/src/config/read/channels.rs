//! The tables of channels: SMS, WhatsApp, web push, and a carrier of the company's own.

use regua_core::facts::Channels as Set;
use regua_core::words::Channel;
use regua_wire::channels::push::VapidKey;
use regua_wire::channels::whatsapp::tier;
use regua_wire::webhooks_out::SigningKey;

use super::super::{Callback, Channels, Push, Sms, Whatsapp};
use super::{Reading, web_address};

/// Channels that a program of the company's own may carry.
const CARRIED: &[Channel] = &[Channel::Voice, Channel::Letter, Channel::Sms, Channel::Whatsapp, Channel::Push];

impl Reading<'_> {
    pub(super) fn channels(&mut self) -> Channels {
        Channels { sms: self.sms(), whatsapp: self.whatsapp(), push: self.push(), callback: self.callback() }
    }

    fn sms(&mut self) -> Option<Sms> {
        let account = self.parsed("sms.account", |text| named(text, char::is_alphanumeric, "an account such as AC…"));
        let token = self.secret("sms.auth_token");
        let from = self.parsed("sms.from", |text| {
            let digits = text.strip_prefix('+').unwrap_or(text);
            let fits = (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            let word = (3..=11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
            (fits || word)
                .then(|| text.to_owned())
                .ok_or_else(|| format!("`{text}` is neither a number such as +15005550006 nor a short code"))
        });
        let service = self.parsed("sms.service", |text| {
            let known = named(text, char::is_alphanumeric, "a service such as MG…")?;
            if known.starts_with("MG") { Ok(known) } else { Err(format!("`{text}` is no service; it begins with MG")) }
        });
        let base = self.parsed("sms.base", web_address);
        let (per_second, connections) = (self.number("sms.per_second", 0..=10_000), self.number("sms.connections", 1..=100));
        let account = account?;
        let Some(token) = token else {
            self.wrong("sms.account", "has no token; set REGUA_SMS_AUTH_TOKEN or sms.auth_token_file");
            return None;
        };
        if from.is_none() && service.is_none() {
            self.wrong("sms.account", "nobody is named who sends; set sms.from or sms.service");
        }
        Some(Sms { account, token, service, from, base, per_second, connections })
    }

    fn whatsapp(&mut self) -> Option<Whatsapp> {
        let number = self.parsed("whatsapp.number", |text| named(text, |c| c.is_ascii_digit(), "the long id of a number, digits alone"));
        let (token, app_secret) = (self.secret("whatsapp.access_token"), self.secret("whatsapp.app_secret"));
        let verify = self.secret("whatsapp.verify_token");
        let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let name = |text: &str| named(text, small, "a template's name, small letters, digits and _");
        let (template, template_overdue) = (self.parsed("whatsapp.template", name), self.parsed("whatsapp.template_overdue", name));
        let button = self.parsed("whatsapp.button", web_address);
        let people = self.parsed("whatsapp.tier", |text| {
            let word = format!("TIER_{}", text.to_ascii_uppercase());
            tier(&word).map_err(|_unknown| format!("`{text}` is not one of 250, 1k, 2k, 10k, 100k and unlimited"))
        });
        let base = self.parsed("whatsapp.base", web_address);
        let (per_second, connections) = (self.number("whatsapp.per_second", 0..=1_000), self.number("whatsapp.connections", 1..=100));
        let number = number?;
        let Some(token) = token else {
            self.wrong("whatsapp.number", "has no token; set REGUA_WHATSAPP_ACCESS_TOKEN or whatsapp.access_token_file");
            return None;
        };
        let Some(template) = template else {
            self.wrong("whatsapp.template", "is empty; without one nobody gets a message who did not write within a day");
            return None;
        };
        let tier = people.flatten();
        Some(Whatsapp { number, token, app_secret, verify, template, template_overdue, button, tier, base, per_second, connections })
    }

    fn push(&mut self) -> Option<Push> {
        let key = self.secret("push.key");
        let contact = self.parsed("push.contact", |text| {
            let fits = ["mailto:", "https://"].iter().any(|start| text.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
            fits.then(|| text.to_owned()).ok_or_else(|| format!("`{text}` is neither mailto:… nor https://…"))
        });
        let per_second = self.number("push.per_second", 0..=10_000);
        let key = key?;
        if let Err(wrong) = VapidKey::parse(key.expose()) {
            self.wrong("push.key", &wrong.to_string());
            return None;
        }
        let Some(contact) = contact else {
            self.wrong("push.contact", "is empty, and push services ask whom to turn to");
            return None;
        };
        Some(Push { key, contact, per_second })
    }

    fn callback(&mut self) -> Option<Callback> {
        // The text may hold a key, and is not shown.
        let told = |_shown| "is no address such as https://letters.acme.example/regua, which has no query".to_owned();
        let url = self.parsed("callback.url", |text| web_address(text).map_err(told));
        let secret = self.secret("callback.secret");
        let channels = self.parsed("callback.channels", |text| {
            let one = |word: &str| -> Result<Channel, String> {
                let channel: Channel = word.parse().map_err(|bad: regua_core::words::UnknownWord| bad.to_string())?;
                if CARRIED.contains(&channel) { Ok(channel) } else { Err(format!("{channel} is carried by nobody but us")) }
            };
            text.split_whitespace().map(one).collect::<Result<Set, String>>()
        });
        let per_second = self.number("callback.per_second", 0..=10_000);
        let url = url?;
        let Some(secret) = secret else {
            self.wrong("callback.url", "has no secret; set REGUA_CALLBACK_SECRET or callback.secret_file");
            return None;
        };
        if SigningKey::parse(secret.expose()).is_err() {
            self.wrong("callback.secret", "is none; it is whsec_ and 24 to 64 bytes in base 64");
            return None;
        }
        let Some(channels) = channels.filter(|channels| !channels.is_empty()) else {
            self.wrong("callback.channels", "is empty; name what the carrier carries, such as `voice letter`");
            return None;
        };
        Some(Callback { url, secret, channels, per_second })
    }
}

/// A name of these letters alone.
fn named(text: &str, fits: impl Fn(char) -> bool, what: &str) -> Result<String, String> {
    let good = text.len() <= 512 && text.is_ascii() && text.chars().all(fits);
    good.then(|| text.to_owned()).ok_or_else(|| format!("`{text}` is not {what}"))
}
