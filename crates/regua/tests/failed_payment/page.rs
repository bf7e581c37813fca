//! A customer with a link and no browser: pages over HTTP, and forms as a browser without scripts sends them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Asks a server.
pub(crate) fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer with a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// The way of a link in a text, from `/p/` on: the first that is there.
pub(crate) fn link(text: &str) -> String {
    let at = text.find("/p/").unwrap_or_else(|| panic!("no link in: {text}"));
    let rest = text[at + 3..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    assert!(rest.len() > 20, "no link in: {text}");
    format!("/p/{rest}")
}

/// Looks at a page, which must be there.
pub(crate) fn look(address: &str, path: &str) -> String {
    let answer = ask(address, "GET", path, &[], b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    answer.body
}

/// Fills the form that has this hidden value and sends it; the page that is shown then.
pub(crate) fn send(address: &str, path: &str, way: &str, fields: &[(&str, &str)]) -> String {
    let html = look(address, path);
    let (action, hidden) = form(&html, way);
    let mut body = String::new();
    for (name, value) in hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied()) {
        body.push_str(&format!("{}{}={}", if body.is_empty() { "" } else { "&" }, encoded(name), encoded(value)));
    }
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
    let sent = ask(address, "POST", &action, &headers, body.as_bytes());
    assert_eq!(sent.status, 303, "{action}: {}", sent.body);
    let to = sent.header("location").expect("where to look").to_owned();
    // Sent again, as by an impatient hand, it is the same answer and nothing more happens.
    let again = ask(address, "POST", &action, &headers, body.as_bytes());
    assert_eq!((again.status, again.header("location")), (303, Some(to.as_str())));
    look(address, &to)
}

/// Where a form goes, and its hidden fields.
fn form(html: &str, way: &str) -> (String, Vec<(String, String)>) {
    let wanted = format!("name=\"way\" value=\"{way}\"");
    let mut all = html.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default());
    let own = all.find(|form| form.contains(&wanted)).unwrap_or_else(|| panic!("no form for {way} in: {html}"));
    let value = |text: &str, name: &str| {
        let rest = text.split_once(&format!("{name}=\""))?.1;
        Some(rest.split('"').next()?.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\""))
    };
    let hidden = own.split("<input ").skip(1).filter(|input| input.starts_with("type=\"hidden\""));
    let fields = hidden.filter_map(|input| Some((value(input, "name")?, value(input, "value")?)));
    (value(own, "action").expect("an action"), fields.collect())
}

/// A text as forms send it.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
