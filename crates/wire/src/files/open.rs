//! From bytes to a kind of file: gunzips, looks at the first bytes, turns UTF-16 into UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

use super::options::{Encoding, Options};
use super::refused::{Refused, RefusedKind};

/// How much of a file is looked at before it is read.
pub(super) const HEAD_BYTES: u64 = 256 * 1024;
/// The largest XLSX or Parquet file, which have to be held whole.
const HELD_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// A file whose format is known.
pub(super) enum Opened<'r> {
    /// Delimited text; [`Encoding`] is missing while all letters seen are ASCII.
    Delimited(Text<'r>),
    /// One JSON object per line.
    JsonLines(Text<'r>),
    /// A zipped workbook.
    Workbook(Vec<u8>),
    /// Parquet.
    Parquet(Vec<u8>),
}

/// A text file: its first bytes, and all of it.
pub(super) struct Text<'r> {
    pub(super) head: Vec<u8>,
    /// Starts with `head` again.
    pub(super) bytes: Box<dyn Read + 'r>,
    /// What the bytes handed on are (UTF-16 has become UTF-8); none when the head is pure ASCII and the first
    /// other byte is to decide.
    pub(super) encoding: Option<Encoding>,
    /// What the file was, for people.
    pub(super) encoding_name: &'static str,
}

/// Finds out what kind of file this is.
///
/// # Errors
/// When it is empty, cannot be read, or is of a format that is not read here.
pub(super) fn open<'r>(input: impl Read + 'r, file: &str, options: &Options) -> Result<Opened<'r>, Refused> {
    let (magic, input) = peek(Box::new(input), 2, file)?;
    let input: Box<dyn Read + 'r> = if magic == [0x1F, 0x8B] { Box::new(flate2::read::MultiGzDecoder::new(input)) } else { input };
    let (mut head, mut input) = peek(input, HEAD_BYTES, file)?;
    if let Some(opened) = other_formats(&head, &mut input, file)? {
        return Ok(opened);
    }
    let (wide, mark_len) = utf16(&head, options);
    let mut encoding_name = "UTF-8";
    if let Some(decoder) = wide {
        encoding_name = "UTF-16";
        skip(&mut input, mark_len, file)?;
        (head, input) =
            peek(Box::new(Utf16 { input, decoder, raw: vec![0; 16 * 1024], text: String::new(), at: 0, done: false }), HEAD_BYTES, file)?;
    } else if head.starts_with(b"\xEF\xBB\xBF") {
        encoding_name = "UTF-8 with a byte order mark";
        skip(&mut input, 3, file)?;
        head.drain(..3);
    }
    let whole = u64::try_from(head.len()).is_ok_and(|len| len + 3 < HEAD_BYTES);
    let encoding = match (encoding_name, options.encoding) {
        ("UTF-8", Some(encoding)) => Some(encoding),
        ("UTF-8", None) => vote(&head, whole),
        _ => Some(Encoding::Utf8),
    };
    if encoding == Some(Encoding::Latin1) {
        encoding_name = "Windows-1252 (Latin-1)";
    }
    let first = head.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let text = |head| Text { head, bytes: input, encoding, encoding_name };
    match first {
        None => {
            Err(Refused::new(file, RefusedKind::Empty, "the file is empty", "give a file with a header row and at least one row below it"))
        }
        Some(b'{') => Ok(Opened::JsonLines(text(head))),
        Some(b'[') => Err(Refused::new(
            file,
            RefusedKind::Unreadable,
            "the file is one JSON array",
            "write one object per line (JSON Lines), as `jq -c '.[]'` does",
        )),
        Some(b'<') => {
            Err(Refused::new(file, RefusedKind::Unreadable, "the file is HTML or XML, whatever its name says", "export it as CSV or XLSX"))
        }
        Some(_) => Ok(Opened::Delimited(text(head))),
    }
}

/// Formats that are told by their first bytes and held whole.
fn other_formats<'r>(head: &[u8], input: &mut Box<dyn Read + 'r>, file: &str) -> Result<Option<Opened<'r>>, Refused> {
    let unreadable = |problem, mend| Err(Refused::new(file, RefusedKind::Unreadable, problem, mend));
    if head.starts_with(b"PK\x03\x04") {
        Ok(Some(Opened::Workbook(hold(input, file)?)))
    } else if head.starts_with(b"PAR1") {
        Ok(Some(Opened::Parquet(hold(input, file)?)))
    } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
        unreadable("the file is a workbook of Excel before 2007", "save it as XLSX or CSV")
    } else if head.starts_with(b"%PDF") {
        unreadable("the file is a PDF", "export the table as CSV or XLSX")
    } else {
        Ok(None)
    }
}

/// Reads the first bytes without taking them away.
fn peek<'r>(mut input: Box<dyn Read + 'r>, bytes_max: u64, file: &str) -> Result<(Vec<u8>, Box<dyn Read + 'r>), Refused> {
    let mut head = Vec::new();
    input.by_ref().take(bytes_max).read_to_end(&mut head).map_err(|error| broken(file, &error))?;
    let again = io::Cursor::new(head.clone()).chain(input);
    Ok((head, Box::new(again)))
}

fn skip(input: &mut impl Read, bytes: u64, file: &str) -> Result<(), Refused> {
    io::copy(&mut input.by_ref().take(bytes), &mut io::sink()).map_err(|error| broken(file, &error))?;
    Ok(())
}

fn hold(input: &mut impl Read, file: &str) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    input.by_ref().take(HELD_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| broken(file, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > HELD_BYTES_MAX) {
        return Err(Refused::new(
            file,
            RefusedKind::TooLarge,
            "the file is larger than 512 MiB",
            "export it as CSV, which is read as a stream",
        ));
    }
    Ok(bytes)
}

/// A file that breaks off: nothing of it is taken, because what follows is unknown.
pub(super) fn broken(file: &str, error: &io::Error) -> Refused {
    Refused::new(file, RefusedKind::Io, format!("reading stopped: {error}"), "get the file again; a cut-off file is not read in part")
}

/// The decoder of a UTF-16 file and the length of its byte order mark.
fn utf16(head: &[u8], options: &Options) -> (Option<Decoder>, u64) {
    let (little, big) = (UTF_16LE.new_decoder_without_bom_handling(), UTF_16BE.new_decoder_without_bom_handling());
    match head {
        [0xFF, 0xFE, ..] => return (Some(little), 2),
        [0xFE, 0xFF, ..] => return (Some(big), 2),
        _ => {}
    }
    match (options.encoding, head) {
        (Some(Encoding::Utf16Le), _) => (Some(little), 0),
        (Some(Encoding::Utf16Be), _) => (Some(big), 0),
        (Some(Encoding::Utf8 | Encoding::Latin1), _) => (None, 0),
        // A header is ASCII nearly always: every second byte of its UTF-16 is then zero.
        (None, [1..=127, 0, 1..=127, 0, ..]) => (Some(little), 0),
        (None, [0, 1..=127, 0, 1..=127, ..]) => (Some(big), 0),
        (None, _) => (None, 0),
    }
}

/// UTF-8 when one line with letters beyond ASCII is valid UTF-8 (other text hardly ever is), Windows-1252 when
/// there are such lines and none is valid, nothing while all is ASCII.
fn vote(head: &[u8], whole: bool) -> Option<Encoding> {
    let mut lines: Vec<&[u8]> = head.split(|&byte| byte == b'\n' || byte == b'\r').collect();
    if !whole && lines.len() > 1 {
        lines.pop(); // cut anywhere, perhaps within a letter
    }
    let mut wide = lines.into_iter().filter(|line| !line.is_ascii()).peekable();
    wide.peek()?;
    Some(if wide.any(|line| std::str::from_utf8(line).is_ok()) { Encoding::Utf8 } else { Encoding::Latin1 })
}

/// UTF-16 as UTF-8 on the fly; what is not a letter becomes U+FFFD, by which its row is rejected.
struct Utf16<R> {
    input: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    at: usize,
    done: bool,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.text.len() && !self.done {
            let len = self.input.read(&mut self.raw)?;
            self.done = len == 0;
            self.text.clear();
            self.at = 0;
            let chunk = self.raw.get(..len).unwrap_or_default();
            self.text.reserve(self.decoder.max_utf8_buffer_length(len).unwrap_or(len.saturating_mul(4)));
            let _complete = self.decoder.decode_to_string(chunk, &mut self.text, self.done);
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let len = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        self.at += len;
        Ok(len)
    }
}
