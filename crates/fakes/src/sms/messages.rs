//! Messages: what must be right of one, what becomes of it, and those that people write.
//!
//! Deliberately absent: what a message costs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::state::{Message, State, wrong};
use crate::clock::date_time;
use crate::serve::{Ask, Reply};

/// Characters of a text at most.
const BODY_MAX: usize = 1_600;
/// Codes of carriers that a number may end in.
const CARRIER: [u32; 9] = [30_003, 30_004, 30_005, 30_006, 30_007, 30_008, 30_034, 30_410, 30_450];
/// Words that stop and start messages without anybody's doing.
const STOPS: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const STARTS: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELPS: [&str; 2] = ["HELP", "INFO"];

pub(crate) fn create(state: &mut State, place: usize, body: &[u8]) -> Result<Value, Box<Reply>> {
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let said = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let bad = |code: u32, why: &str| wrong(400, code, why);
    let to = said("To").ok_or_else(|| bad(21_604, "A 'To' phone number is required."))?;
    let text = said("Body").ok_or_else(|| bad(21_602, "Message body is required."))?;
    if text.chars().count() > BODY_MAX {
        return Err(bad(21_617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let account = state.accounts.get(place).ok_or_else(|| wrong(401, 20_003, "Authenticate"))?;
    let (from, service) = match (said("MessagingServiceSid"), said("From")) {
        (Some(service), _) if service == account.service => {
            let number =
                account.numbers.first().ok_or_else(|| bad(21_703, "The Messaging Service does not have a phone number available"))?;
            (number.clone(), Some(service.to_owned()))
        }
        (Some(_), _) => return Err(bad(21_701, "The Messaging Service does not exist")),
        (None, Some("+15005550001")) => return Err(bad(21_212, "The 'From' number +15005550001 is not a valid phone number")),
        (None, Some("+15005550008")) => return Err(bad(21_611, "This 'From' number has exceeded the maximum number of queued messages")),
        (None, Some(number)) if account.numbers.iter().any(|own| own == number) => (number.to_owned(), None),
        (None, Some(_)) => {
            return Err(bad(21_606, "The 'From' phone number provided is not a valid message-capable phone number for this account"));
        }
        (None, None) => return Err(bad(21_603, "A 'From' phone number is required.")),
    };
    let callback = said("StatusCallback").map(str::to_owned);
    if callback.as_ref().is_some_and(|url| !url.starts_with("http")) {
        return Err(bad(21_609, "The 'StatusCallback' URL is not a valid URL"));
    }
    may(state, place, &from, to)?;
    let now = state.clock.now();
    let (sent, arrived) = (now + state.latency.0, now + state.latency.0 + state.latency.1);
    let ends = |code: u32| to.ends_with(&code.to_string());
    let future = if state.accounts.get(place).is_some_and(|account| account.suspended) {
        vec![(now, "failed", Some(30_002))]
    } else if let Some(code) = CARRIER.into_iter().find(|code| ends(*code)) {
        vec![(sent, "sent", None), (arrived, "undelivered", Some(code))]
    } else if ends(40_000) {
        vec![(sent, "sent", None)]
    } else {
        vec![(sent, "sent", None), (arrived, "delivered", None)]
    };
    let sid = state.id("SM");
    let message = Message {
        sid,
        account: place,
        from,
        service,
        to: to.to_owned(),
        body: text.to_owned(),
        status: "queued".to_owned(),
        error: None,
        callback,
        at: now,
        future,
    };
    let shown = shown(state, &message);
    state.messages.push(message);
    Ok(shown)
}

/// Whether a message may go from a sender to a number.
fn may(state: &State, place: usize, from: &str, to: &str) -> Result<(), Box<Reply>> {
    let bad = |code: u32, why: &str| Err(wrong(400, code, why));
    let digits = to.strip_prefix('+').unwrap_or_default();
    let valid = (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    // The first five are those of the provider's test credentials.
    match to {
        _ if !valid || to == "+15005550001" => return bad(21_211, &format!("The 'To' number {to} is not a valid phone number.")),
        "+15005550002" => return bad(21_612, "The 'To' phone number is not currently reachable using the 'From' phone number via SMS."),
        "+15005550003" => {
            return bad(21_408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.");
        }
        "+15005550004" => return bad(21_610, "Attempt to send to unsubscribed recipient"),
        "+15005550009" => return bad(21_614, "'To' number is not a valid mobile number"),
        _ => {}
    }
    let countries = state.accounts.get(place).map(|account| account.countries.as_slice()).unwrap_or_default();
    if !countries.is_empty() && !countries.iter().any(|country| to.starts_with(country.as_str())) {
        return bad(21_408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.");
    }
    if state.is_stopped(from, to) {
        return bad(21_610, "Attempt to send to unsubscribed recipient");
    }
    if state.messages.iter().filter(|message| message.from == from && message.status == "queued").count() >= state.queue {
        return bad(21_611, "This 'From' number has exceeded the maximum number of queued messages");
    }
    Ok(())
}

pub(crate) fn one(state: &State, place: usize, sid: &str) -> Option<Value> {
    state.messages.iter().find(|message| message.account == place && message.sid == sid).map(|message| shown(state, message))
}

/// The newest first, as the provider lists them.
pub(crate) fn list(state: &State, place: usize, ask: &Ask) -> Value {
    let (to, from) = (ask.asked("To"), ask.asked("From"));
    let size = ask.asked("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50_usize).clamp(1, 1_000);
    let fits = |message: &&Message| {
        message.account == place && to.as_ref().is_none_or(|to| *to == message.to) && from.as_ref().is_none_or(|from| *from == message.from)
    };
    let messages: Vec<Value> = state.messages.iter().rev().filter(fits).take(size).map(|message| shown(state, message)).collect();
    json!({"messages": messages, "page": 0, "page_size": size, "next_page_uri": null})
}

fn shown(state: &State, message: &Message) -> Value {
    let account = state.accounts.get(message.account).map_or("", |account| &account.sid);
    let from = message.service.is_none().then_some(&message.from);
    let waits_for_a_number = message.service.is_some() && message.status == "queued";
    let status = if waits_for_a_number { "accepted" } else { message.status.as_str() };
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}.json", message.sid);
    json!({
        "account_sid": account, "api_version": "2010-04-01", "body": message.body, "date_created": date_time(message.at, 0),
        "direction": "outbound-api", "error_code": message.error, "error_message": null, "from": from,
        "messaging_service_sid": message.service, "num_media": "0", "num_segments": "1", "price": null, "sid": message.sid,
        "status": status, "to": message.to, "uri": uri,
    })
}

pub(crate) fn inbound(state: &mut State, from: &str, to: &str, text: &str) -> Result<String, String> {
    let place = state.accounts.iter().position(|account| account.numbers.iter().any(|number| number == to));
    let place = place.ok_or_else(|| format!("no account has the number {to}"))?;
    let sid = state.id("SM");
    let word = text.trim().to_uppercase();
    let kind = [(&STOPS[..], "STOP"), (&STARTS, "START"), (&HELPS, "HELP")].into_iter().find(|(words, _)| words.contains(&word.as_str()));
    match kind {
        Some((_, "STOP")) => state.stop(to, from, true),
        Some((_, "START")) => state.stop(to, from, false),
        Some(_) | None => {}
    }
    let now = state.clock.now();
    let Some(account) = state.accounts.get(place) else { return Ok(sid) };
    if let Some(url) = account.inbound.clone() {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("ToCountry", "").append_pair("SmsMessageSid", &sid).append_pair("NumMedia", "0").append_pair("SmsSid", &sid);
        form.append_pair("SmsStatus", "received").append_pair("Body", text).append_pair("To", to).append_pair("NumSegments", "1");
        form.append_pair("MessageSid", &sid).append_pair("AccountSid", &account.sid).append_pair("From", from);
        if let Some((_, kind)) = kind.filter(|_| account.tells_opt_out) {
            form.append_pair("OptOutType", kind);
        }
        form.append_pair("ApiVersion", "2010-04-01");
        state.hooks.push(&sid, &url, place, form.finish().into_bytes(), now);
    }
    Ok(sid)
}
