//! Files of our own making, each beside the text of what is read in it. `SOURCE.md` in the folder says what each is about.

use std::path::{Path, PathBuf};

use regua_wire::statements::{REFUSED_MAX, Unreadable, nacha, read_any};

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
    let bomb = b"<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n<BkToCstmrStmt><Stmt>&a;</Stmt></BkToCstmrStmt>";
    assert_eq!(read_any(bomb, "x.xml").unwrap_err(), Unreadable::DocumentType { place: 2 });
}

#[test]
fn hostile_files_are_read_in_one_pass() {
    // Anything that looks at all that came before, for each piece, would take hours.
    let many = |start: &str, piece: &str| format!("{start}{}", piece.repeat((1 << 20) / piece.len())).into_bytes();
    for (start, piece) in [
        ("<OFX>", "<"),
        ("<OFX>", "<A"),
        ("<OFX>", "<!--"),
        ("<OFX>", "<A>&"),
        ("<OFX>", "<A><![CDATA["),
        ("<OFX><STMTRS><CURDEF>BRL<STMTTRN>", "<MEMO>x"),
        ("<OFX><STMTRS><CURDEF>BRL", "<STMTTRN>"),
        ("<BkToCstmrStmt><Stmt>", "<Ntry>"),
        ("<BkToCstmrStmt><Stmt>", "<Ntry><!--"),
        ("<BkToCstmrStmt><Stmt>", "<a>"),
        ("<BkToCstmrStmt><Stmt>", "<a/>"),
        ("<BkToCstmrStmt><Stmt>", "&a;"),
        ("<BkToCstmrStmt><Stmt><Ntry><TxDtls><RmtInf>", "<Ustrd>x</Ustrd>"),
        ("<BkToCstmrStmt><Stmt><Ntry>", "<TxDtls></TxDtls>"),
        ("<BkToCstmrStmt><Stmt>", "<Ntry <"),
        (":20:1\n:60F:C261130EUR0,00\n", ":61:261130C1,00NMSC\n"),
        (":20:1\n:61:", "x\n"),
        (":20:1\n:60F:C261130EUR0,00\n:61:261130C1,00NMSC\n:86:", "/EREF/"),
        (":20:1\n:60F:C261130EUR0,00\n:61:261130C1,00NMSC\n:86:123?00", "?20EREF+"),
        ("", ":20:\n"),
    ] {
        let bytes = many(start, piece);
        for (_, read) in READERS {
            if let Ok(file) = read(&bytes) {
                assert!(file.refused.len() <= REFUSED_MAX + 1, "{start}{piece}");
            }
        }
    }
    let batch = format!("5200{:<46}PPD{:<34}{:07}\n", "", "", 1);
    let entry = format!("627092221172{:<17}{:010}{:<40}{:015}\n", 1, 1, "", 1);
    let addenda = format!("705{:<80}{:011}\n", "x", 1);
    let file = nacha::read(&many(&format!("{batch}{entry}"), &addenda)).unwrap();
    assert_eq!(file.statements[0].lines.len(), 1);
    assert_eq!(nacha::read(&many(&batch, "x\n")).unwrap().refused.len(), REFUSED_MAX + 1);
}

#[test]
fn an_empty_file_is_an_error_for_every_reader() {
    for (name, read) in READERS {
        assert!(matches!(read(b""), Err(Unreadable::Not { .. })), "{name}");
    }
}
