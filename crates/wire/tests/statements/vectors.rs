//! Files of our own making, each beside the text of what is read in it. `SOURCE.md` in the folder says what each is about.

use std::path::{Path, PathBuf};

use regua_wire::statements::{Unreadable, read_any};

use super::{READERS, shown};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements/vectors")
}

/// The vectors: name, bytes, expected text.
pub(crate) fn all() -> Vec<(String, Vec<u8>, String)> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending != "txt" && ending != "md"));
    found.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let text = |path: &Path| std::fs::read_to_string(format!("{}.txt", path.display())).unwrap_or_default();
    found.iter().map(|path| (name(path), std::fs::read(path).unwrap(), text(path))).collect()
}

#[test]
fn every_vector_is_read_as_the_text_beside_it_says() {
    let mut other = String::new();
    for (name, bytes, expected) in all() {
        let read = read_any(&bytes, &name).map_or_else(|error| format!("{error}\n"), |file| shown::file(&file));
        if read != expected {
            other.push_str(&format!("=== {name}\n{read}"));
        }
    }
    assert!(other.is_empty(), "{other}");
}

#[test]
fn an_unclear_file_says_what_was_looked_for() {
    for bytes in [&b""[..], b"hello", b"date;amount\n1;2\n", b"\0\xFF\xFE", b"<html></html>"] {
        let error = read_any(bytes, "extrato.txt").unwrap_err();
        assert!(matches!(error, Unreadable::Unclear { .. }), "{error}");
        assert!(error.to_string().starts_with("`extrato.txt` is of no format that is read here: neither `<OFX>`"), "{error}");
    }
    let error = read_any(b"hello", "extrato.ofx").unwrap_err().to_string();
    assert_eq!(error, "this is no ofx file: a tag `<OFX>` was looked for and is not there");
    let cnab = format!("{}\n", "0".repeat(240));
    assert_eq!(
        read_any(cnab.as_bytes(), "x.ret").unwrap_err().to_string(),
        "this is a cnab240 file, which is read as returns of slips and debits, not as a statement"
    );
    let bomb = b"<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n<BkToCstmrStmt><Stmt>&a;</Stmt></BkToCstmrStmt>";
    assert_eq!(read_any(bomb, "x.xml").unwrap_err(), Unreadable::DocumentType { place: 2 });
}

#[test]
fn an_empty_file_is_an_error_for_every_reader() {
    for (name, read) in READERS {
        assert!(matches!(read(b""), Err(Unreadable::Not { .. })), "{name}");
    }
}
