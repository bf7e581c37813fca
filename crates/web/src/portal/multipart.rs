//! Forms with a file (RFC 7578), as far as browsers write them. Deliberately absent: several files, and names of files.

/// Parts of a form at most.
const PARTS_MAX: usize = 64;
/// Bytes of the headers of a part at most.
const HEAD_MAX: usize = 2_000;

/// Fields by name, and the file.
pub(super) type Parts = (Vec<(String, String)>, Option<Vec<u8>>);

/// The boundary that a content type names, behind `multipart/form-data`.
pub(super) fn boundary(rest: &str) -> Option<&str> {
    let said = rest.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?.trim_matches('"');
    ((1..=70).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_graphic())).then_some(said)
}

/// Reads a body; nothing when it is none such, or has too many parts.
pub(super) fn read(boundary: &str, body: &[u8]) -> Option<Parts> {
    let line = format!("--{boundary}");
    let mut rest = body.strip_prefix(line.as_bytes())?;
    let between = format!("\r\n{line}");
    let (mut fields, mut file) = (Vec::new(), None);
    for _ in 0..PARTS_MAX {
        if rest.starts_with(b"--") {
            return Some((fields, file));
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest.get(..rest.len().min(HEAD_MAX))?, b"\r\n\r\n")?;
        let head = std::str::from_utf8(rest.get(..end)?).ok()?;
        rest = rest.get(end + 4..)?;
        let length = find(rest, between.as_bytes())?;
        let content = rest.get(..length)?;
        rest = rest.get(length + between.len()..)?;
        let said = head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = parameter(said, "name")?.to_owned();
        if parameter(said, "filename").is_some() {
            if !content.is_empty() && file.is_none() {
                file = Some(content.to_vec());
            }
        } else {
            fields.push((name, std::str::from_utf8(content).ok()?.to_owned()));
        }
    }
    None
}

/// A quoted parameter of a header.
fn parameter<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let wanted = format!("{name}=\"");
    head.split(';').find_map(|one| one.trim().strip_prefix(wanted.as_str())?.split('"').next())
}

/// Where something stands first. A first byte that is rare is looked for, so that five megabytes are read once.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(next) = text.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + next;
        if text.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_a_file_are_read() {
        let body = b"--xy\r\nContent-Disposition: form-data; name=\"on\"\r\n\r\n2026-01-05\r\n--xy\r\nContent-Disposition: form-data; \
                     name=\"proof\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n\r\n--\r\n--xy--\r\n";
        let (fields, file) = read("xy", body).unwrap();
        assert_eq!(fields, [("on".to_owned(), "2026-01-05".to_owned())]);
        assert_eq!(file.unwrap(), b"%PDF-1.7\r\n\r\n--");
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in [&b""[..], b"--xy", b"--xy\r\n", b"--xy\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb", b"--xz--"] {
            assert!(read("xy", bad).is_none());
        }
        assert_eq!(boundary("; boundary=\"a b\""), None);
        assert_eq!(boundary("; charset=utf-8; boundary=----x1"), Some("----x1"));
        assert_eq!(boundary(""), None);
    }

    #[test]
    fn a_file_that_is_empty_is_none() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"proof\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        assert!(read("b", body).unwrap().1.is_none());
    }
}
