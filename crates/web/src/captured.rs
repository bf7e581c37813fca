//! Messages that a demo captured instead of sending them, as pages: a list, and one as its reader would see it.
//!
//! Only a demo has them. Deliberately absent: scripts, and anything that a message could bring to run or fetch.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use regua_core::time::{Instant, Zone};
use regua_wire::channels::shown::{self, Shown};

use crate::looks::{escaped, page};

/// Messages of one page of the list.
const PAGE: usize = 50;
/// Messages that are listed at most: a demo has some thousands.
const FILES_MAX: usize = 200_000;
/// Bytes of a message that are read.
const BYTES_MAX: u64 = 4 << 20;
/// The longest name of a file.
const NAME_MAX: usize = 128;

/// The list, the newest first; from behind the message that `after` names.
pub(crate) fn list(folder: &Path, after: Option<&str>) -> Response {
    let names = match names(folder) {
        Ok(names) => names,
        Err(_unreadable) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let begin = after.map_or(0, |after| names.partition_point(|name| name.as_str() >= after));
    let shown = names.get(begin..).unwrap_or_default().iter().take(PAGE);
    let mut html = head(&format!("{} captured, the newest first. Nothing was sent.", counted(names.len())), &[("/v1/docs", "API")]);
    html.push_str("<main class=\"wrap mails\" id=\"mails\">\n");
    if names.is_empty() {
        html.push_str("<p class=\"card empty\">No message yet. When one would be sent, it is here.</p>\n");
    } else {
        html.push_str("<ol class=\"card list\">\n");
        for name in shown {
            let mail = read(folder, name).unwrap_or_default();
            let to = mail.to.join(", ");
            let _ = writeln!(
                html,
                "<li><a href=\"/captured/{}\"><span class=\"to\">{}</span><span class=\"subject\">{}</span><span \
                 class=\"when soft\">{}</span></a></li>",
                escaped(name),
                escaped(if to.is_empty() { "nobody named" } else { &to }),
                escaped(subject(&mail)),
                when(mail.at)
            );
        }
        html.push_str("</ol>\n");
    }
    let last = names.get(begin.saturating_add(PAGE).saturating_sub(1)).filter(|_| names.len() > begin.saturating_add(PAGE));
    html.push_str("<nav class=\"turn\" aria-label=\"Pages\">");
    if begin > 0 {
        html.push_str("<a href=\"/captured\">← Newest</a>");
    }
    if let Some(last) = last {
        let _ = write!(html, "<a class=\"on\" href=\"/captured?after={}\">Older →</a>", escaped(last));
    }
    html.push_str("</nav>\n</main>\n");
    page("Captured messages", &html)
}

/// One message.
pub(crate) fn one(folder: &Path, name: &str) -> Response {
    let Some(mail) = is_name(name).then(|| read(folder, name)).flatten() else { return StatusCode::NOT_FOUND.into_response() };
    let mut html = head("One message, as its reader would see it.", &[("/captured", "All messages"), ("/v1/docs", "API")]);
    let _ = writeln!(
        html,
        "<main class=\"wrap mail\" id=\"mails\">\n<section class=\"card about\">\n<h2>{}</h2>\n<dl>\n<dt>From</dt><dd>{}</dd>\n\
         <dt>To</dt><dd>{}</dd>\n<dt>When</dt><dd>{}</dd>\n</dl>\n</section>",
        escaped(subject(&mail)),
        escaped(&mail.from),
        escaped(&mail.to.join(", ")),
        when(mail.at)
    );
    if let Some(body) = &mail.html {
        // An empty `sandbox`: no scripts, no forms, no way out. What it may fetch is what this page may: nothing.
        let _ = writeln!(
            html,
            "<iframe class=\"card\" sandbox=\"\" title=\"The message as HTML\" referrerpolicy=\"no-referrer\" srcdoc=\"{}\"></iframe>",
            escaped(body)
        );
    }
    if let Some(text) = &mail.text {
        let open = if mail.html.is_none() { " open" } else { "" };
        let _ =
            writeln!(html, "<details class=\"card plain\"{open}><summary>The text part</summary><pre>{}</pre></details>", escaped(text));
    }
    html.push_str("</main>\n");
    page(subject(&mail), &html)
}

fn head(says: &str, links: &[(&str, &str)]) -> String {
    let mut html = format!(
        "<a class=\"skip\" href=\"#mails\">To the messages</a>\n<header class=\"top\"><div><h1>Captured messages</h1><p \
         class=\"soft\">{}</p></div><nav aria-label=\"Elsewhere\">",
        escaped(says)
    );
    for (to, what) in links {
        let _ = write!(html, "<a href=\"{to}\">{what}</a>");
    }
    html.push_str("</nav></header>\n");
    html
}

fn counted(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

fn subject(mail: &Shown) -> &str {
    if mail.subject.is_empty() { "Without a subject" } else { &mail.subject }
}

/// A moment as a person reads it.
fn when(at: Option<Instant>) -> String {
    let Some(at) = at else { return String::new() };
    let text = Zone::utc().rfc3339(at);
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("<time datetime=\"{text}\">{day} {} UTC</time>", time.get(..5).unwrap_or_default())
}

/// Whether a name can be one of a captured message: nothing leads out of the folder.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    name.len() <= NAME_MAX && !name.starts_with('.') && name.bytes().all(fits) && matches!(ending, Some("eml" | "txt"))
}

/// The names of the folder's messages, the newest first: names begin with ids, which begin with when.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> =
        fs::read_dir(folder)?.take(FILES_MAX).filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.retain(|name| is_name(name));
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

fn read(folder: &Path, name: &str) -> Option<Shown> {
    let mut bytes = Vec::new();
    fs::File::open(folder.join(name)).ok()?.take(BYTES_MAX).read_to_end(&mut bytes).ok()?;
    if Path::new(name).extension().is_some_and(|ending| ending == "eml") {
        return shown::read(&bytes);
    }
    // As the courier writes what is no mail: `sms to +55…`, an empty line, the text.
    let text = String::from_utf8(bytes).ok()?;
    let (head, text) = text.split_once("\n\n").unwrap_or(("", &text));
    let (channel, to) = head.split_once(" to ").unwrap_or((head, ""));
    let subject = format!("By {channel}");
    Some(Shown { subject, to: vec![to.to_owned()], text: Some(text.to_owned()), ..Shown::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn folder(count: usize) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..count {
            let mail = format!(
                "From: Acme <us@acme.example>\r\nTo: c{n}@example.com\r\nSubject: Fatura <{n}>\r\nDate: Tue, 01 Dec 2026 09:00:00 -0300\r\n\
                 Content-Type: text/html; charset=utf-8\r\n\r\n<p class=\"x\">Oi {n}</p><script>alert(1)</script>"
            );
            fs::write(dir.path().join(format!("msg_{n:04}.eml")), mail).unwrap();
        }
        fs::write(dir.path().join("notes.md"), "no message").unwrap();
        dir
    }

    #[tokio::test]
    async fn pages_hold_every_message_once_and_the_newest_first() {
        let dir = folder(120);
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let html = text(list(dir.path(), after.as_deref())).await;
            let found = html.split("href=\"/captured/").skip(1).filter_map(|rest| rest.split('"').next());
            seen.extend(found.map(str::to_owned));
            match html.split("?after=").nth(1) {
                Some(rest) => after = rest.split('"').next().map(str::to_owned),
                None => break,
            }
        }
        let expected: Vec<String> = (0..120).rev().map(|n| format!("msg_{n:04}.eml")).collect();
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn a_message_is_shown_where_nothing_in_it_runs() {
        let dir = folder(1);
        let response = one(dir.path(), "msg_0000.eml");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        let html = text(response).await;
        assert!(html.contains("sandbox=\"\"") && html.contains("&lt;script&gt;alert(1)"), "{html}");
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("Fatura &lt;0&gt;") && html.contains("c0@example.com") && html.contains("2026-12-01 12:00 UTC"), "{html}");
    }

    #[tokio::test]
    async fn what_is_no_mail_is_shown_as_text() {
        let dir = folder(0);
        let empty = text(list(dir.path(), None)).await;
        assert!(empty.contains("No message yet"), "{empty}");
        fs::write(dir.path().join("msg_1.sms.txt"), "sms to +5511987654321\n\nOi Ana\n").unwrap();
        let html = text(one(dir.path(), "msg_1.sms.txt")).await;
        assert!(html.contains("By sms") && html.contains("+5511987654321") && html.contains("Oi Ana"), "{html}");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let dir = folder(1);
        fs::write(dir.path().join("msg_9.eml.key"), "secret").unwrap();
        for name in ["../msg_0000.eml", "..%2Fx.eml", "/etc/passwd", ".eml", "a/b.eml", "regua.key", "msg_9.eml.key", "", "notes.md"] {
            assert_eq!(one(dir.path(), name).status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
