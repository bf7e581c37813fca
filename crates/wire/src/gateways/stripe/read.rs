//! Values of Stripe's objects, read one by one. Absent, null, empty and of another kind are the same: not told.
//!
//! Deliberately absent: structs for whole objects. Stripe's objects differ by the version that a merchant pinned, and an event
//! may hold a part of one; a reader that demands a whole object refuses what another year's account sends.

use regua_core::time::Instant;
use serde_json::Value;

/// Bytes of a name that Stripe gives; its own limit is 255.
const NAME_MAX: usize = 255;
/// 2200-01-01 in seconds after the epoch: what lies behind is no moment of a payment.
const SECS_MAX: i64 = 7_258_118_400;

/// A text that is not empty.
pub(super) fn text<'a>(from: &'a Value, key: &str) -> Option<&'a str> {
    from.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The name of an object: alone, or as `id` of the object when it was expanded.
pub(super) fn name<'a>(from: &'a Value, key: &str) -> Option<&'a str> {
    let value = from.get(key)?;
    value.as_str().or_else(|| value.get("id").and_then(Value::as_str)).filter(|name| is_name(name))
}

/// The name of this object.
pub(super) fn own_name(object: &Value) -> Option<&str> {
    text(object, "id").filter(|name| is_name(name))
}

/// What may stand in a path or a key: visible, and of a length that Stripe gives.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An object in an object; a name that was not expanded is none.
pub(super) fn object<'a>(from: &'a Value, key: &str) -> Option<&'a Value> {
    from.get(key).filter(|value| value.is_object())
}

/// The value at a path of keys.
pub(super) fn at<'a>(from: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(from, |value, key| value.get(key))
}

/// A whole number.
pub(super) fn whole(from: &Value, key: &str) -> Option<i64> {
    from.get(key).and_then(Value::as_i64)
}

/// True or false.
pub(super) fn truth(from: &Value, key: &str) -> Option<bool> {
    from.get(key).and_then(Value::as_bool)
}

/// A moment in whole seconds after the epoch.
pub(super) fn moment(from: &Value, key: &str) -> Option<Instant> {
    whole(from, key).filter(|secs| (1..SECS_MAX).contains(secs)).map(Instant::from_secs)
}

/// What a list holds: of Stripe's `list` objects, and of plain lists.
pub(super) fn list<'a>(from: &'a Value, key: &str) -> &'a [Value] {
    from.get(key).map_or(&[], items)
}

/// What this list holds.
pub(super) fn items(list: &Value) -> &[Value] {
    list.as_array().or_else(|| list.get("data").and_then(Value::as_array)).map_or(&[], Vec::as_slice)
}

/// The place behind the last item of a page, when another page follows. Of a search it is Stripe's own mark.
pub(super) fn next(page: &Value) -> Option<String> {
    if truth(page, "has_more") != Some(true) {
        return None;
    }
    text(page, "next_page").or_else(|| items(page).last().and_then(own_name)).map(str::to_owned)
}

/// A page that the payer can be sent to: over TLS, and short enough for a mail.
pub(super) fn link(from: &Value, key: &str) -> Option<String> {
    /// Bytes of a link; Stripe's hosted pages have some four hundred.
    const LINK_MAX: usize = 2_000;
    let fits = |link: &&str| link.starts_with("https://") && link.len() <= LINK_MAX && link.bytes().all(|byte| byte.is_ascii_graphic());
    text(from, key).filter(fits).map(str::to_owned)
}
