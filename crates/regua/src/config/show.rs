//! `regua config`: the value of each key and where it comes from; of secrets only that there is one.

use std::path::Path;

use super::values::{Entry, Origin, Scalar, variable};
use super::{Environment, MANUAL, read, values};
use crate::exit::{Exit, note};
use crate::output::{Format, Listing, Out};

/// Prints every key; with `manual`, the manual instead.
pub(crate) fn show(dir: &Path, environment: &Environment, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    let values = values(dir, environment)?;
    let mut rows = Listing::new(&[("key", "key"), ("value", "value"), ("origin", "origin"), ("variable", "overridden by")]);
    for entry in &values.entries {
        let name = variable(&entry.key);
        let variable = if matches!(entry.origin, Origin::Environment(_)) { String::new() } else { name };
        rows.row([entry.key.as_str().into(), shown(entry).into(), values.place(&entry.origin).into(), variable.into()]);
    }
    out.listing(&rows, format)?;
    for stranger in values.strangers(environment) {
        note(&format!("warning: {stranger}"));
    }
    // What is shown may still be wrong: say so, after it was shown.
    read::config(&values, dir)?;
    Ok(Exit::Done)
}

/// The whole manual.
pub(crate) fn manual(out: &mut Out) -> anyhow::Result<Exit> {
    out.text(MANUAL)?;
    Ok(Exit::Done)
}

fn shown(entry: &Entry) -> String {
    match &entry.value {
        Scalar::Text(text) if text.is_empty() => String::new(),
        _ if entry.is_secret() => "***".to_owned(),
        Scalar::Text(text) if entry.key == "database.url" => without_password(text),
        value @ (Scalar::Text(_) | Scalar::Number(_)) => value.to_string(),
    }
}

/// The address of a database with its password hidden.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // The last `@` of all: a password may hold one, and a slash too.
    let (hidden, path) = match rest.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => (format!("{user}:***@"), host),
            None => (format!("{login}@"), host),
        },
        None => (String::new(), rest),
    };
    let path = match path.split_once("password=") {
        Some((before, after)) => format!("{before}password=***{}", after.find('&').map_or("", |at| &after[at..])),
        None => path.to_owned(),
    };
    format!("{scheme}://{hidden}{path}")
}
