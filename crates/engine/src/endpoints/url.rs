//! Addresses that webhooks may go to: what can be said of one without asking anybody, and of what its name resolves to.
//!
//! A tenant's people enter addresses, and we are inside a network that they are not: whatever is not open to everybody is
//! refused, by name here and by number when it is delivered (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

use crate::error::{Error, Result};

/// Characters of an address, at most.
const LENGTH_MAX: usize = 2_000;

/// How far webhooks reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reach {
    /// Addresses that are open to everybody, over TLS.
    #[default]
    Public,
    /// Addresses of private networks and of this machine too, and without TLS: for tests on one machine.
    Private,
}

/// The address, when webhooks may go there.
///
/// # Errors
/// [`crate::Kind::Refused`] says what is wrong with it.
pub fn check(text: &str, reach: Reach) -> Result<String> {
    let bad = |why: &str| Error::refused("bad_endpoint_url", format!("the address {why}; write it as https://host/path"));
    let text = text.trim();
    if text.len() > LENGTH_MAX {
        return Err(bad("is longer than 2000 characters"));
    }
    if text.contains('#') {
        return Err(bad("has a fragment, which no server sees"));
    }
    if !text.is_ascii() || text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
        return Err(bad("holds a character that an address has not; names in other scripts are written as xn--…"));
    }
    let uri: Uri = text.parse().or(Err(bad("cannot be read")))?;
    let authority = uri.authority().ok_or_else(|| bad("has no host"))?;
    if authority.as_str().contains('@') {
        return Err(bad("holds a user's name; a webhook is signed instead"));
    }
    match (uri.scheme_str(), reach) {
        (Some("https"), _) | (Some("http"), Reach::Private) => {}
        (Some("http"), Reach::Public) => return Err(bad("is not protected by TLS")),
        (Some(_) | None, _) => return Err(bad("is no web address")),
    }
    let written = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    if !written.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
        return Err(bad("has a port that is none"));
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(bad("has no host"));
    }
    if reach == Reach::Public {
        // The name is resolved when something is delivered; a number can be looked at now.
        let closed = match host.parse::<IpAddr>() {
            Ok(ip) => !is_public(ip),
            Err(_name) => is_private_name(host),
        };
        if closed {
            return Err(bad("is of this machine or of a private network, where no webhooks go"));
        }
    }
    Ok(text.to_owned())
}

/// Whether a name is no name of the open network: numbers in odd spellings, and names that never leave a network.
fn is_private_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    // `0x7f.1`, `2130706433`, `127.1`: some resolvers read numbers in these.
    let number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    number || !host.contains('.') || ["localhost", "local", "internal", "localdomain", "lan", "home", "arpa"].contains(&last)
}

/// Whether an address is one that everybody can reach: not of this machine, of a private network or of documentation, and none
/// that stands for such a one.
#[must_use]
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// The registry of special addresses (RFC 6890 and what came since).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match (a, b, c) {
        // This network, private ones, this machine.
        (0 | 10 | 127, _, _) => true,
        // Carriers' own (100.64/10).
        (100, 64..=127, _) => true,
        // This link, where clouds keep their keys (169.254.169.254).
        (169, 254, _) => true,
        (172, 16..=31, _) | (192, 168, _) => true,
        // IETF (192.0.0/24), documentation, 6to4 relays, AS112.
        (192, 0, 0 | 2) | (192, 88, 99) | (192, 31, 196) | (192, 52, 193) | (192, 175, 48) => true,
        // Measurements of networks, documentation.
        (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // Many at once, and what is reserved.
        (224..=255, _, _) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let bytes = ip.octets();
    let segments = ip.segments();
    let v4 = |from: usize| {
        let mut four = [0; 4];
        four.iter_mut().zip(bytes.iter().skip(from)).for_each(|(to, byte)| *to = *byte);
        Ipv4Addr::from(four)
    };
    match segments {
        // Nothing, this machine, and IPv4 in its old and its mapped spelling. Nobody is delivered to by these.
        [0, 0, 0, 0, 0, _, _, _] => false,
        // IPv4 translated (RFC 2765), and by the local prefix of RFC 8215.
        [0, 0, 0, 0, 0xffff, 0, _, _] | [0x64, 0xff9b, 1, ..] => false,
        // NAT64 and 6to4 stand for the IPv4 address that they hold.
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => is_public_v4(v4(12)),
        [0x2002, ..] => is_public_v4(v4(2)),
        // Teredo, benchmarks, ORCHID: the assignments of IETF (2001::/23); documentation.
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // What is open to everybody is 2000::/3. All else is unique-local, link-local, multicast, or nobody's yet.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_are_open_to_everybody_are_public() {
        for closed in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "169.254.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::",
            "2001::1",
            "2001:0:53aa:64c::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "4000::1",
            "5f00::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:4860:4860::8888",
            "2001:200::1",
        ] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
    }

    #[test]
    fn addresses_are_refused_with_what_is_wrong_with_them() {
        let long = format!("https://example.com/{}", "a".repeat(LENGTH_MAX));
        for (url, why) in [
            ("http://example.com/", "TLS"),
            ("ftp://example.com/", "no web address"),
            ("javascript:alert(1)", "no web address"),
            ("/hook", "no host"),
            ("https://user@example.com/", "user"),
            ("https://user:pass@example.com/", "user"),
            ("https://example.com/#a", "fragment"),
            ("https://example.com:0/", "port"),
            ("https://example.com:/", "port"),
            ("https://example.com:99999/", ""),
            ("https://exa mple.com/", "character"),
            ("https://example.com/\r\nX: y", "character"),
            ("https://exámple.com/", "character"),
            ("https://example.com\\@10.0.0.1/", "character"),
            ("https://localhost/", "private"),
            ("https://LOCALHOST./", "private"),
            ("https://intranet/", "private"),
            ("https://db.internal/", "private"),
            ("https://127.0.0.1/", "private"),
            ("https://127.1/", "private"),
            ("https://2130706433/", "private"),
            ("https://0x7f000001/", "private"),
            ("https://0x7f.0.0.0x1/", "private"),
            ("https://[::1]/", "private"),
            ("https://[::ffff:169.254.169.254]/", "private"),
            ("https://169.254.169.254/latest/meta-data", "private"),
            (long.as_str(), "longer"),
        ] {
            let refused = check(url, Reach::Public).expect_err(url);
            assert!(refused.detail.contains(why), "{url}: {}", refused.detail);
        }
        for url in ["https://example.com", "https://example.com:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]:443/x"] {
            assert_eq!(check(url, Reach::Public).expect(url), url);
        }
        assert!(check("http://127.0.0.1:8080/hook", Reach::Private).is_ok());
        assert!(check("http://user@127.0.0.1/", Reach::Private).is_err());
    }
}
