//! What a printed document is as bytes: the same each time, small, complete in each language; and what is refused.

#![expect(clippy::unwrap_used, reason = "a test says what it expected")]

#[path = "../examples/samples/data.rs"]
mod data;
#[path = "../examples/samples/logo.rs"]
mod logo;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::words::Language;
use regua_paper::{Invoice, Logo, PaperError, Press, Printed, Slip};

/// Most bytes of a document of one page.
const ONE_PAGE_MAX: usize = 60_000;

fn hybrid(press: &Press, language: Language) -> Printed {
    let (brand, invoice) = (data::aurora(), data::invoice(language));
    let slip = data::slip(language, &brand, data::customer(), u32::try_from(invoice.total.minor()).unwrap());
    press.invoice(&brand, &invoice, Some(&slip)).unwrap()
}

#[test]
fn the_same_document_is_the_same_bytes() {
    let all = |press: &Press| {
        vec![
            hybrid(press, Language::PtBr),
            press.slip(&data::horta(), &data::slip(Language::It, &data::horta(), data::person(), 100)).unwrap(),
            press.receipt(&data::atelie(), &data::receipt(Language::Es)).unwrap(),
            press.statement(&data::aurora(), &data::statement(Language::En, 24)).unwrap(),
        ]
    };
    let (one, other) = (Press::new().unwrap(), Press::new().unwrap());
    let first = all(&one);
    assert!(first == all(&other) && first == all(&one));
    let threads: Vec<Vec<Printed>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..2).map(|_| scope.spawn(|| all(&one))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(threads.iter().all(|printed| *printed == first), "one press serves many threads");
}

#[test]
fn a_page_is_small_and_every_language_is_printed_whole() {
    let press = Press::new().unwrap();
    for language in Language::ALL {
        let printed = [hybrid(&press, *language), press.receipt(&data::atelie(), &data::receipt(*language)).unwrap()];
        for Printed { bytes, pages, missing, shortened } in printed {
            assert_eq!((pages, missing, shortened), (1, 0, 0), "{language}");
            assert!(bytes.len() < ONE_PAGE_MAX, "{language}: {} bytes", bytes.len());
        }
    }
}

#[test]
fn a_long_invoice_takes_the_pages_that_it_needs() {
    let press = Press::new().unwrap();
    let mut invoice = data::long_invoice();
    let pages = |invoice: &Invoice| press.invoice(&data::horta(), invoice, None).unwrap().pages;
    assert_eq!(pages(&invoice), 3);
    let lines = invoice.lines.clone();
    invoice.lines = std::iter::repeat_n(lines, 20).flatten().collect();
    invoice.instalments.clear();
    invoice.total = Money::new(invoice.total.minor() * 20, invoice.total.currency());
    assert!((40..48).contains(&pages(&invoice)));
}

#[test]
fn what_the_typeface_lacks_is_counted() {
    let press = Press::new().unwrap();
    let mut receipt = data::receipt(Language::PtBr);
    receipt.payer.name = "日本 Ltda. 🙂".to_owned();
    // Three characters, in the head and in the sentence.
    assert_eq!(press.receipt(&data::atelie(), &receipt).unwrap().missing, 6);
}

type Change = fn(&mut Slip);

#[test]
fn a_document_that_is_not_right_is_refused_with_its_place() {
    let press = Press::new().unwrap();
    let brand = data::aurora();
    let mut invoice = data::invoice(Language::PtBr);
    invoice.total = Money::new(1, Currency::BRL);
    assert_eq!(press.invoice(&brand, &invoice, None), Err(PaperError::DoesNotAddUp { place: "invoice.total" }));
    let mut invoice = data::invoice(Language::PtBr);
    invoice.lines[0].amount = Money::new(1, Currency::EUR);
    assert_eq!(press.invoice(&brand, &invoice, None), Err(PaperError::Currencies { place: "invoice.total" }));
    invoice.lines.clear();
    assert_eq!(press.invoice(&brand, &invoice, None), Err(PaperError::Empty { place: "invoice.lines" }));
    let mut invoice = data::invoice(Language::PtBr);
    invoice.lines[1].description = "ã".repeat(601);
    let refused = press.invoice(&brand, &invoice, None).unwrap_err().to_string();
    assert_eq!(refused, "invoice.lines[1].description has 601 characters, at most 600: shorten it, or put the rest into a note");
    let good = data::slip(Language::PtBr, &brand, data::person(), 100);
    let mut slip = good.clone();
    slip.barcode.pop();
    assert_eq!(press.slip(&brand, &slip), Err(PaperError::BarcodeLength(43)));
    slip.barcode.push('x');
    assert!(matches!(press.slip(&brand, &slip), Err(PaperError::Barcode(_))));
    let changes: [(&str, Change); 3] = [
        ("slip.line", |slip| slip.line = slip.line.replace('9', "8")),
        ("slip.amount", |slip| slip.amount = Money::new(101, Currency::BRL)),
        ("slip.due_on", |slip| slip.due_on = slip.due_on.plus(1)),
    ];
    for (place, change) in changes {
        slip = good.clone();
        change(&mut slip);
        assert_eq!(press.slip(&brand, &slip), Err(PaperError::OtherSlip { place }));
    }
    slip = good;
    slip.pix = Some("a\nb".to_owned());
    assert_eq!(press.slip(&brand, &slip), Err(PaperError::PixCode { chars: 3, max: 512 }));
    let mut statement = data::statement(Language::PtBr, 6);
    statement.closing = statement.opening;
    assert_eq!(press.statement(&brand, &statement), Err(PaperError::DoesNotAddUp { place: "statement.closing" }));
}

#[test]
fn a_logo_that_is_no_picture_is_refused() {
    let press = Press::new().unwrap();
    let mut brand = data::aurora();
    let receipt = data::receipt(Language::PtBr);
    let good = logo::bars([1, 2, 3]);
    for logo in [
        Logo::Png(b"no picture".to_vec()),
        Logo::Jpeg(good.clone()),
        Logo::Png(good[..good.len() / 2].to_vec()),
        Logo::Png(vec![0; 600 * 1024]),
        Logo::Png(Vec::new()),
    ] {
        brand.logo = Some(logo);
        assert!(matches!(press.receipt(&brand, &receipt), Err(PaperError::Logo(_))), "{:?}", press.receipt(&brand, &receipt).map(|_| ()));
    }
}
