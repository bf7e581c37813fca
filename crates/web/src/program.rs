//! Whether a person asks for something, or a program that looks at mails and links before people do.
//!
//! It is told by what such programs say of themselves; one that says nothing is taken for a person. Deliberately absent: how soon
//! after its message it comes, which the engine knows.

use axum::http::{HeaderMap, Method, header};

/// Headers by which browsers and programs say that nobody looks at what they fetch yet.
const AHEAD: &[(&str, &[&str])] = &[
    ("sec-purpose", &["prefetch", "prerender"]),
    ("purpose", &["prefetch", "preview"]),
    ("x-purpose", &["preview", "prefetch", "instant"]),
    ("x-moz", &["prefetch"]),
];

/// Parts of the names, in lower case, of proxies of mail programs, scanners of links, and makers of previews.
const NAMES: &[&str] = &[
    // Pictures for Gmail and Yahoo.
    "googleimageproxy",
    "yahoomailproxy",
    // Previews in talks.
    "whatsapp/",
    "facebookexternalhit",
    "facebot",
    "telegrambot",
    "twitterbot",
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "linkedinbot",
    "skypeuripreview",
    "microsoftpreview",
    "bingpreview",
    "google-pagerenderer",
    "googledocs",
    // Whoever looks at what links lead to.
    "barracuda",
    "mimecast",
    "proofpoint",
    "safelinks",
    "microsoft office existence discovery",
    "microsoft-webdav",
    "symantec",
    "trendmicro",
    "urlscan",
    "virustotal",
    "headlesschrome",
    "phantomjs",
    "bot/",
    "bot;",
    "spider",
    "crawler",
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "go-http-client",
    "okhttp",
    "libwww",
    "java/",
];

/// What Apple's mail program calls itself when it fetches all pictures of a mail as it comes: a browser without its rest.
const BARE: &str = "mozilla/5.0";

/// Whether a program asks that nobody looks over the shoulder of.
pub(crate) fn asks(method: &Method, headers: &HeaderMap) -> bool {
    if method == Method::HEAD {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if AHEAD.iter().any(|(name, words)| words.iter().any(|word| text(name).contains(word))) {
        return true;
    }
    let name = text(header::USER_AGENT.as_str());
    let name = name.trim();
    name.is_empty() || name == BARE || NAMES.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const PHONE: &str =
        "Mozilla/5.0 (Linux; Android 14; SM-A155M) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_browser_is_a_person_and_what_fetches_ahead_is_none() {
        for name in [PHONE, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"]
        {
            assert!(!asks(&Method::GET, &headers(&[("user-agent", name)])), "{name}");
            assert!(asks(&Method::HEAD, &headers(&[("user-agent", name)])), "who only asks whether it is there reads nothing");
            for (ahead, word) in
                [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch"), ("x-purpose", "preview")]
            {
                assert!(asks(&Method::GET, &headers(&[("user-agent", name), (ahead, word)])), "{ahead}");
            }
        }
    }

    #[test]
    fn programs_are_known_by_what_they_call_themselves() {
        for name in [
            "",
            "Mozilla/5.0",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            "WhatsApp/2.24.20 A",
            "facebookexternalhit/1.1",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
        ] {
            assert!(asks(&Method::GET, &headers(&[("user-agent", name)])), "{name}");
        }
        assert!(asks(&Method::GET, &HeaderMap::new()));
    }
}
