//! What people and Meta do: messages to us, templates that are paused or put elsewhere.
//!
//! Deliberately absent: calls.

use serde_json::{Value, json};

use super::state::{State, wa_id};

/// Somebody sends something to a number; its id.
pub(crate) fn write(state: &mut State, from: &str, number: &str, kind: &str, content: &Value, answers: Option<&str>) -> String {
    let id = state.id();
    let now = state.clock.now();
    let person = wa_id(from);
    state.wrote.insert((number.to_owned(), person.clone()), now);
    let mut message = json!({"from": person, "id": id, "timestamp": now.to_string(), "type": kind});
    if let Some(fields) = message.as_object_mut() {
        fields.insert(kind.to_owned(), content.clone());
        if let Some(answers) = answers {
            fields.insert("context".to_owned(), json!({"from": state.display(number), "id": answers}));
        }
        if kind == "unsupported" {
            fields.insert("errors".to_owned(), json!([{"code": 131_051, "title": "Message type unknown"}]));
        }
    }
    let mut value = state.about(number, "messages", message);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("contacts".to_owned(), json!([{"profile": {"name": "Somebody"}, "wa_id": person}]));
    }
    state.tell("messages", &value);
    id
}

/// A template stands elsewhere from now on.
pub(crate) fn template(state: &mut State, name: &str, language: &str, event: &str) {
    for template in state.templates.iter_mut().filter(|template| template.name == name && template.language == language) {
        event.clone_into(&mut template.status);
    }
    let about = json!({"event": event, "message_template_id": 1, "message_template_name": name, "message_template_language": language, "reason": "NONE"});
    state.tell("message_template_status_update", &about);
}

/// A template is in another category from now on.
pub(crate) fn recategorise(state: &mut State, name: &str, language: &str, category: &str) {
    let mut before = String::new();
    for template in state.templates.iter_mut().filter(|template| template.name == name && template.language == language) {
        before = std::mem::replace(&mut template.category, category.to_owned());
    }
    let about = json!({"message_template_id": 1, "message_template_name": name, "message_template_language": language,
        "previous_category": before, "new_category": category});
    state.tell("template_category_update", &about);
}
