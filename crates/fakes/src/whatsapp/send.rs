//! What must be right of a message, and what becomes of it.
//!
//! Deliberately absent: files, places, lists.

use serde_json::{Value, json};

use super::state::{Message, State, digits, wa_id, wrong};
use crate::serve::Reply;

/// Characters of a text at most.
const TEXT_MAX: usize = 4_096;
/// Codes that a number may end in, told at once, with their status.
const AT_ONCE: [(u16, u32); 6] = [(403, 131_031), (400, 131_042), (500, 131_000), (503, 131_016), (400, 131_056), (403, 368)];
/// Codes that a number may end in, told later.
const LATER: [u32; 7] = [131_026, 131_048, 131_049, 131_050, 130_472, 130_497, 131_053];

type Wrong = Box<Reply>;

/// What is sent.
struct Asked {
    template: Option<String>,
    words: Vec<String>,
    button: Option<String>,
    category: String,
}

pub(crate) fn send(state: &mut State, number: &str, body: &[u8]) -> Result<Value, Wrong> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if !state.numbers.iter().any(|known| known.id == number) {
        return Err(wrong(400, 100, "Invalid parameter", "The phone number id does not exist, or the token may not use it"));
    }
    if body["messaging_product"] != "whatsapp" {
        return Err(wrong(400, 100, "Invalid parameter", "The parameter messaging_product is required."));
    }
    let said = body["to"].as_str().unwrap_or_default();
    let to = digits(said);
    if said.is_empty() {
        return Err(wrong(400, 100, "Invalid parameter", "The parameter to is required."));
    }
    if !(7..=15).contains(&to.len()) {
        return Err(wrong(400, 131_009, "Parameter value is not valid", "to is not a phone number"));
    }
    if state.display(number) == to {
        return Err(wrong(400, 131_021, "Recipient cannot be sender", ""));
    }
    let asked = match body["type"].as_str().unwrap_or("text") {
        "text" => text(&body["text"])?,
        "template" => template(state, &body["template"])?,
        _ => return Err(wrong(400, 131_051, "Message type unknown", "Message type is not currently supported")),
    };
    limits(state, number, &to)?;
    if let Some((status, code)) = AT_ONCE.into_iter().find(|(_, code)| to.ends_with(&format!("{code:06}"))) {
        return Err(wrong(status, code, "as the number asks", "the fake was told to"));
    }
    let (now, in_window) = (state.clock.now(), state.in_window(number, &to));
    let id = state.id();
    let future = future(state, &to, &asked, in_window);
    let tag = body["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let (number, status) = (number.to_owned(), "accepted".to_owned());
    let Asked { template, words, button, category } = asked;
    let is_template = template.is_some();
    let person = wa_id(&to);
    let message =
        Message { id: id.clone(), number, to, template, words, button, tag, status, error: None, at: now, in_window, category, future };
    state.messages.push(message);
    let taken = if is_template { json!({"id": id, "message_status": "accepted"}) } else { json!({"id": id}) };
    Ok(json!({"messaging_product": "whatsapp", "contacts": [{"input": said, "wa_id": person}], "messages": [taken]}))
}

/// What a message becomes, and when. A text outside the window is taken, and told as failed.
fn future(state: &State, to: &str, asked: &Asked, in_window: bool) -> Vec<(i64, &'static str, Option<u32>)> {
    let (until_sent, until_delivered, until_read) = state.latency;
    let sent = state.clock.now() + until_sent;
    let delivered = sent + until_delivered;
    let failed = |code| vec![(sent, "failed", Some(code))];
    if asked.template.is_none() && !in_window {
        return failed(131_047);
    }
    if asked.category == "marketing" && state.no_offers.contains(to) {
        return failed(131_050);
    }
    if let Some(code) = LATER.into_iter().find(|code| to.ends_with(&format!("{code:06}"))) {
        return failed(code);
    }
    let mut future = vec![(sent, "sent", None)];
    if to.ends_with("000001") {
        future.extend([(delivered, "-delivered", None), (delivered, "read", None)]);
    } else if !to.ends_with("000002") {
        future.push((delivered, "delivered", None));
        future.extend(until_read.map(|until| (delivered + until, "read", None)));
    }
    future
}

/// How many messages a number sends in a second, and to one person in six.
fn limits(state: &State, number: &str, to: &str) -> Result<(), Wrong> {
    let now = state.clock.now();
    let lately = |secs: i64| {
        state.messages.iter().rev().take_while(move |message| now - message.at < secs).filter(move |message| message.number == number)
    };
    if state.per_second > 0 && lately(1).count() >= state.per_second {
        return Err(wrong(429, 130_429, "Rate limit hit", "Cloud API message throughput has been reached."));
    }
    if state.per_pair > 0 && lately(6).filter(|message| message.to == to).count() >= state.per_pair {
        let details = "Message failed to send because there were too many messages sent from this phone number to the same phone number.";
        return Err(wrong(400, 131_056, "(Business Account, Consumer Account) pair rate limit hit", details));
    }
    Ok(())
}

fn text(text: &Value) -> Result<Asked, Wrong> {
    let body = text["body"].as_str().unwrap_or_default();
    if body.is_empty() {
        return Err(wrong(400, 131_008, "Required parameter is missing", "The parameter text['body'] is required."));
    }
    if body.chars().count() > TEXT_MAX {
        return Err(wrong(400, 100, "Invalid parameter", "Param text['body'] must be at most 4096 characters long."));
    }
    Ok(Asked { template: None, words: vec![body.to_owned()], button: None, category: "service".to_owned() })
}

fn template(state: &State, asked: &Value) -> Result<Asked, Wrong> {
    let name = asked["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| wrong(400, 131_008, "Required parameter is missing", "The parameter template['name'] is required."))?;
    let language = asked["language"]["code"].as_str().unwrap_or_default();
    let known = state.templates.iter().find(|known| known.name == name && known.language == language);
    let known = known.filter(|known| matches!(known.status.as_str(), "APPROVED" | "PAUSED" | "DISABLED"));
    let missing = || {
        wrong(
            404,
            132_001,
            "Template name does not exist in the translation",
            &format!("template name ({name}) does not exist in {language}"),
        )
    };
    let known = known.ok_or_else(missing)?;
    match known.status.as_str() {
        "PAUSED" => return Err(wrong(400, 132_015, "Template is paused", "Template is paused due to low quality")),
        "DISABLED" => return Err(wrong(400, 132_016, "Template is disabled", "Template was paused too many times")),
        _ => {}
    }
    let part = |kind: &str| {
        let parts = asked["components"].as_array().into_iter().flatten();
        parts
            .filter(|part| part["type"] == kind)
            .flat_map(|part| part["parameters"].as_array().cloned().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    let words = part("body").iter().map(parameter).collect::<Result<Vec<_>, _>>()?;
    if words.len() != known.parameters {
        let details = format!(
            "body: number of localizable_params ({}) does not match the expected number of params ({})",
            words.len(),
            known.parameters
        );
        return Err(wrong(400, 132_000, "Number of parameters does not match the expected number of params", &details));
    }
    let button = part("button").iter().map(parameter).collect::<Result<Vec<_>, _>>()?.into_iter().next();
    if button.is_some() != known.button {
        return Err(wrong(400, 131_008, "Required parameter is missing", "buttons: Button at index 0 of type Url requires a parameter"));
    }
    Ok(Asked { template: Some(name.to_owned()), words, button, category: known.category.to_lowercase() })
}

fn parameter(parameter: &Value) -> Result<String, Wrong> {
    let text = parameter["text"].as_str().filter(|_| parameter["type"] == "text").unwrap_or_default();
    if text.is_empty() {
        return Err(wrong(400, 131_008, "Required parameter is missing", "Parameter of type text is missing text value"));
    }
    if text.contains(['\n', '\t', '\r']) || text.contains("     ") {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(wrong(400, 132_018, "There was an issue with the parameters in your template", details));
    }
    Ok(text.to_owned())
}
