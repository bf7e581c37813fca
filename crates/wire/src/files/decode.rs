//! Lines of bytes as text.

use std::borrow::Cow;

use super::options::Encoding;
use super::reject::Fault;

/// Turns a line into text. While all lines were ASCII the first other one decides the encoding.
pub(super) fn decode<'l>(line: &'l [u8], encoding: &mut Option<Encoding>) -> Result<Cow<'l, str>, Fault> {
    if line.contains(&0) {
        return Err(Fault::row("the row contains a NUL byte", "the file is damaged or binary here: write the row again"));
    }
    let utf8 = std::str::from_utf8(line);
    if let (true, Ok(text)) = (line.is_ascii(), utf8) {
        return Ok(Cow::Borrowed(text));
    }
    let latin1 = *encoding.get_or_insert(if utf8.is_ok() { Encoding::Utf8 } else { Encoding::Latin1 }) == Encoding::Latin1;
    match (utf8, latin1) {
        (Ok(text), false) if text.contains(char::REPLACEMENT_CHARACTER) => Err(Fault::row(
            "the row contains the sign U+FFFD: a letter was lost when the file was written",
            "export the file again as UTF-8",
        )),
        (Ok(text), false) => Ok(Cow::Borrowed(text)),
        (Err(error), false) => Err(Fault::row(
            format!("the bytes of the row are not UTF-8 (at byte {})", error.valid_up_to() + 1),
            "write the row in the encoding of the rest of the file",
        )),
        (Ok(_), true) => Err(Fault::row(
            "the row is UTF-8 and the rest of the file is Windows-1252 (Latin-1)",
            "write the row in the encoding of the rest of the file, or say `--encoding`",
        )),
        (Err(_), true) if line.iter().any(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)) => {
            Err(Fault::row("the row has a byte that is no letter of Windows-1252 (Latin-1)", "export the file again as UTF-8"))
        }
        (Err(_), true) => Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0),
    }
}
