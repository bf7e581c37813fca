//! What independent programs read of a printed document: poppler renders it and gives its text, zbar reads its codes.

#![expect(clippy::unwrap_used, reason = "a test says what it expected")]

#[path = "../examples/samples/data.rs"]
mod data;
#[path = "../examples/samples/logo.rs"]
mod logo;

use std::path::{Path, PathBuf};
use std::process::Command;

use regua_core::words::Language;
use regua_paper::{Press, Printed};
use tempfile::TempDir;

/// Renders at this many dots an inch: what a screen shows, far below a printer.
const DPI: &str = "150";

/// Runs a program of the machine. Without it a test fails and says so: what is skipped silently is not tested.
fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output =
        output.unwrap_or_else(|why| panic!("{program} does not start ({why}): run scripts/setup, or install poppler-utils and zbar-tools"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

struct OnDisk {
    folder: TempDir,
}

impl OnDisk {
    fn new(printed: &Printed) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.pdf"), &printed.bytes).unwrap();
        Self { folder }
    }

    /// The text in the order of the file, pages apart by form feeds.
    fn text(&self) -> String {
        run("pdftotext", &["-raw", "-enc", "UTF-8", "a.pdf", "-"], self.folder.path()).replace('\u{a0}', " ")
    }

    /// Every code on the pages: kind and content.
    fn codes(&self) -> Vec<String> {
        run("pdftoppm", &["-r", DPI, "-png", "a.pdf", "page"], self.folder.path());
        let mut pages: Vec<PathBuf> = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        pages.retain(|path| path.extension().is_some_and(|extension| extension == "png"));
        pages.sort();
        let mut codes = Vec::new();
        for page in pages {
            // Its exit code 4 says that it found none on a page, which is no failure.
            let arguments = ["-q", "-S*.enable=0", "-Sqrcode.enable=1", "-Si25.enable=1"];
            let output = Command::new("zbarimg").args(arguments).arg(&page).output();
            let output = output.unwrap_or_else(|why| panic!("zbarimg does not start ({why}): run scripts/setup, or install zbar-tools"));
            assert!(matches!(output.status.code(), Some(0 | 4)), "{}", String::from_utf8_lossy(&output.stderr));
            codes.extend(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned));
        }
        codes.sort();
        codes.dedup();
        codes
    }

    fn structure(&self) -> String {
        run("pdfinfo", &["-struct-text", "a.pdf"], self.folder.path())
    }

    fn info(&self) -> String {
        run("pdfinfo", &["a.pdf"], self.folder.path())
    }
}

/// Fails unless the words stand in this order.
fn in_order(text: &str, words: &[&str]) {
    let text = text.replace('\n', " ");
    let mut rest = text.as_str();
    for word in words {
        let Some(at) = rest.find(word) else { panic!("`{word}` does not follow what stands before it in:\n{text}") };
        rest = &rest[at + word.len()..];
    }
}

#[test]
fn what_is_scanned_is_what_was_given() {
    let press = Press::new().unwrap();
    for brand in [data::aurora(), data::horta(), data::atelie()] {
        let invoice = data::invoice(Language::PtBr);
        let slip = data::slip(Language::PtBr, &brand, data::customer(), u32::try_from(invoice.total.minor()).unwrap());
        let expected = [format!("I2/5:{}", slip.barcode), format!("QR-Code:{}", slip.pix.clone().unwrap())];
        for printed in [press.slip(&brand, &slip).unwrap(), press.invoice(&brand, &invoice, Some(&slip)).unwrap()] {
            assert_eq!(OnDisk::new(&printed).codes(), expected, "{}", brand.name);
        }
    }
}

#[test]
fn the_longest_pix_code_still_scans() {
    let press = Press::new().unwrap();
    let mut slip = data::slip(Language::PtBr, &data::aurora(), data::person(), 100);
    slip.pix = Some(data::pix("Longo").repeat(5).chars().take(512).collect());
    let codes = OnDisk::new(&press.slip(&data::aurora(), &slip).unwrap()).codes();
    assert!(codes.contains(&format!("QR-Code:{}", slip.pix.unwrap())), "{codes:?}");
}

#[test]
fn the_text_of_an_invoice_comes_in_the_order_in_which_it_is_read() {
    let press = Press::new().unwrap();
    let (brand, invoice) = (data::aurora(), data::invoice(Language::PtBr));
    let slip = data::slip(Language::PtBr, &brand, data::customer(), u32::try_from(invoice.total.minor()).unwrap());
    let printed = press.invoice(&brand, &invoice, Some(&slip)).unwrap();
    assert_eq!((printed.pages, printed.missing, printed.shortened), (1, 0, 0));
    let text = OnDisk::new(&printed).text();
    let (total, pix) = ("R$ 1.215,40", slip.pix.clone().unwrap());
    let words = ["Fatura", "2026-0184", "Para", "Padaria do Porto", "Total a pagar", total, "quinta-feira, 10 de dezembro de 2026"];
    in_order(&text, &words);
    let words = ["Pague com Pix", &pix, "Descrição", "Plano Time", "R$ 1.078,80", "Mensagens de WhatsApp", "Desconto · BEMVINDA", total];
    in_order(&text, &words);
    in_order(&text, &["Total", "Recibo do pagador", "Local de pagamento", "Ficha de compensação"]);
    assert!(text.contains(&slip.line), "the line is printed as it was given");
}

#[test]
fn the_tags_say_what_is_a_heading_a_cell_and_a_picture() {
    let press = Press::new().unwrap();
    let (brand, invoice) = (data::aurora(), data::invoice(Language::En));
    let slip = data::slip(Language::En, &brand, data::customer(), u32::try_from(invoice.total.minor()).unwrap());
    let on_disk = OnDisk::new(&press.invoice(&brand, &invoice, Some(&slip)).unwrap());
    let structure = on_disk.structure();
    for tag in ["H1", "H2", "Table", "THead", "TBody", "TH", "TD", "Figure", "Code"] {
        assert!(structure.lines().any(|line| line.trim_start().starts_with(tag)), "{tag} in\n{structure}");
    }
    let info = on_disk.info();
    assert!(info.contains("Title:") && info.contains("Invoice 2026-0184 – Aurora Gestão"), "{info}");
    let tagged = info.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes"));
    assert!(tagged, "{info}");
    let metadata = run("pdfinfo", &["-meta", "a.pdf"], on_disk.folder.path());
    for mark in ["pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<"] {
        assert!(metadata.contains(mark), "{mark} in\n{metadata}");
    }
}

#[test]
fn every_page_of_a_statement_has_the_headings_and_its_number() {
    let press = Press::new().unwrap();
    for language in [Language::PtBr, Language::En, Language::Es, Language::It] {
        let statement = data::statement(language, 40);
        let printed = press.statement(&data::atelie(), &statement).unwrap();
        let text = OnDisk::new(&printed).text();
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert!(pages.len() == printed.pages && pages.len() > 1);
        let (balance, page) = match language {
            Language::PtBr => ("Saldo", "Página {} de {}"),
            Language::En => ("Balance", "Page {} of {}"),
            Language::Es => ("Saldo", "Página {} de {}"),
            Language::It => ("Saldo", "Pagina {} di {}"),
            Language::Fr | Language::De => unreachable!(),
        };
        for (page_text, number) in pages.iter().zip(1..) {
            let label = page.replacen("{}", &number.to_string(), 1).replacen("{}", &pages.len().to_string(), 1);
            assert!(page_text.contains(balance) && page_text.contains(&label), "{language} {number}: {page_text}");
        }
        let closing = regua_wire::messages::locale::money(language, statement.closing).replace('\u{a0}', " ");
        assert!(pages[0].contains(&closing) && pages[pages.len() - 1].contains(&closing), "{language}: {closing}");
    }
}

#[test]
fn a_receipt_says_who_paid_what_and_when() {
    let press = Press::new().unwrap();
    let printed = press.receipt(&data::atelie(), &data::receipt(Language::It)).unwrap();
    let text = OnDisk::new(&printed).text();
    in_order(&text, &["Ricevuta", "R-2026-0911", "480,00 BRL", "Abbiamo ricevuto da Ana", "2026-0091", "229,90 BRL", "Resta come credito"]);
    assert!(text.contains("E99999999202612071432a1b2c3d4e5f"), "{text}");
}

#[test]
fn the_lines_of_a_long_invoice_all_come_and_in_order() {
    let press = Press::new().unwrap();
    let invoice = data::long_invoice();
    let printed = press.invoice(&data::horta(), &invoice, None).unwrap();
    assert!(printed.pages >= 2 && printed.shortened == 0);
    let text = OnDisk::new(&printed).text();
    let words: Vec<&str> = invoice.lines.iter().map(|line| line.description.as_str()).collect();
    in_order(&text, &words);
    in_order(&text, &["Parcelas", "1/3", "2/3", "3/3", "Observações"]);
}
