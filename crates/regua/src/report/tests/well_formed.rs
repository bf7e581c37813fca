//! A tiny checker of markup: every tag closed in order, every ampersand an entity, ids unique, nothing fetched.

use std::collections::BTreeSet;

/// Panics at the first fault of a page.
pub(super) fn check(page: &str) {
    let body = page.strip_prefix("<!doctype html>\n").expect("a doctype");
    let (before, after) = body.split_once("<style>").expect("a style sheet");
    let (style, after) = after.split_once("</style>").expect("its end");
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'), "the style sheet stays on the page");
    tags(&format!("{before}{after}"));
}

/// Headings, figures, drawings and tables of a page, one a line: what a person who only hears it finds.
pub(super) fn outline(page: &str) -> String {
    let mut lines = Vec::new();
    for tag in page.split('<').skip(1) {
        let Some((tag, text)) = tag.split_once('>') else { continue };
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let of = |key: &str| {
            attributes_of(attributes.trim_end_matches('/')).into_iter().find(|(known, _)| *known == key).map(|(_, value)| value)
        };
        match name {
            "h1" | "h2" | "h3" | "summary" | "dt" => lines.push(format!("{name} {text}")),
            "svg" => lines.extend(of("aria-label").map(|told| format!("svg.{} {told}", of("class").unwrap_or_default()))),
            "header" | "main" | "footer" | "figure" | "section" | "article" => lines.push(name.to_owned()),
            "table" => lines.push(format!("table.{}", of("class").unwrap_or_default())),
            _ => {}
        }
    }
    lines.join("\n")
}

fn tags(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = text;
    while let Some((between, after)) = rest.split_once('<') {
        only_text(between);
        let (tag, behind) = after.split_once('>').expect("a tag ends");
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in order, before: {}", rest.get(..40).unwrap_or(rest));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "a name: {name}");
        assert!(!["script", "link", "img", "iframe", "object", "image", "use"].contains(&name), "nothing runs, nothing is fetched: {name}");
        for (key, value) in attributes_of(attributes) {
            only_text(value);
            assert!(!key.starts_with("on"), "nothing runs: {key}");
            assert!(!["href", "src"].contains(&key) || value.starts_with('#'), "nothing is fetched: {value}");
            assert!(key != "id" || ids.insert(value.to_owned()), "an id is unique: {value}");
        }
        if !closed {
            open.push(name);
        }
    }
    only_text(rest);
    assert!(open.is_empty(), "left open: {open:?}");
}

fn attributes_of(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, behind) = after.split_once('"').expect("a value ends");
        found.push((key, value));
        rest = behind.trim_start();
    }
    assert!(rest.is_empty(), "left over: {rest}");
    found
}

fn only_text(text: &str) {
    assert!(!text.contains('>'), "{text}");
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split_once(';').map(|(entity, _)| entity);
        assert!(matches!(entity, Some("&amp" | "&lt" | "&gt" | "&quot" | "&#39")), "{}", &text[at..]);
    }
}

#[test]
#[should_panic(expected = "closed in order")]
fn a_tag_left_open_is_found() {
    tags("<p><b>x</p></b>");
}

#[test]
#[should_panic(expected = "nothing runs, nothing is fetched: script")]
fn a_script_is_found() {
    tags("<p><script>x</script></p>");
}
