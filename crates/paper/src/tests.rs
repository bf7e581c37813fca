//! What holds for any document: nothing leaves its page, no texts lie on each other, the same input gives the same bytes.

use proptest::prelude::*;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Language, Rail};
use regua_wire::boleto::{BankCode, Barcode, FreeField};

use crate::layout::{Mpt, PAGE_HEIGHT, PAGE_WIDTH, Shape, Sheet};
use crate::text::{Line, Style};
use crate::*;

/// A box of a text: page, left, top, right, bottom, and the text.
type Placed = (usize, Mpt, Mpt, Mpt, Mpt, String);

fn texts(sheet: &Sheet<'_>) -> Vec<Placed> {
    let mut found = Vec::new();
    for (at, page) in sheet.pages.iter().enumerate() {
        let mut add = |x: Mpt, baseline: Mpt, line: &Line, style: &Style| {
            let (top, bottom) = (baseline - style.ascent(), baseline + style.descent());
            found.push((at, x, top, x + line.width, bottom, line.text.clone()));
        };
        for item in &page.items {
            match &item.shape {
                Shape::Text { x, baseline, line, style } => add(*x, *baseline, line, style),
                Shape::Code { x, baseline, lines, style, .. } => {
                    for (line, row) in lines.iter().zip(0..) {
                        add(*x, baseline + style.line_height() * row, line, style);
                    }
                }
                Shape::Area { .. } | Shape::Dashes { .. } | Shape::Symbol { .. } | Shape::Logo { .. } => {}
            }
        }
    }
    found
}

/// Says what leaves its page, and which texts lie on each other.
fn faults(sheet: &Sheet<'_>) -> Vec<String> {
    let placed = texts(sheet);
    let mut faults = Vec::new();
    for (page, left, top, right, bottom, text) in &placed {
        if *left < 0 || *top < 0 || *right > PAGE_WIDTH || *bottom > PAGE_HEIGHT {
            faults.push(format!("page {page}: `{text}` leaves it ({left}, {top}, {right}, {bottom})"));
        }
    }
    for (at, (page, left, top, right, bottom, text)) in placed.iter().enumerate() {
        for (other_page, l, t, r, b, other) in placed.iter().skip(at + 1) {
            // A thousandth of a point is no overlap: lengths are rounded.
            let apart = page != other_page || *right <= l + 2 || *r <= left + 2 || *bottom <= t + 2 || *b <= top + 2;
            if !apart {
                faults.push(format!("page {page}: `{text}` and `{other}` overlap"));
            }
        }
    }
    faults
}

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

/// Texts as they should not be, and as they are.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[A-Za-zÀ-ÿ]{1,14}( [A-Za-zÀ-ÿ]{1,14}){0,8}",
        "[A-Za-z0-9]{60,150}",
        Just("العربية עברית 日本語 🙂🏽‍👩‍👧".to_owned()),
        Just("a\u{300}\u{301}\u{302}\u{303}\u{304}\u{200b}\u{202e}\u{feff}\u{0}x\u{e000}".to_owned()),
        Just("⸻⸻⸻⸻⸻⸻⸻⸻⸻⸻⸻⸻".to_owned()),
        Just(String::new()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    text().prop_map(|text| if text.trim().is_empty() { "?".to_owned() } else { text })
}

fn party() -> impl Strategy<Value = Party> {
    (name(), prop::collection::vec(text(), 0..=6)).prop_map(|(name, address)| Party { name, tax_id: None, address })
}

fn brand() -> impl Strategy<Value = Brand> {
    (party(), name(), any::<[u8; 3]>(), prop::collection::vec(text(), 0..=6)).prop_map(|(party, name, [r, g, b], contact)| Brand {
        legal_name: party.name,
        address: party.address,
        contact,
        ..Brand::named(&name, Colour::new(r, g, b))
    })
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL)
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![-100_000..10_000_000_i64, -900_000_000_000_000..900_000_000_000_000_i64]
}

prop_compose! {
    fn invoice()(
        (language, number, customer) in (language(), name(), party()),
        rows in prop::collection::vec((text(), prop::option::of(text()), any::<u64>(), amount(), any::<bool>()), 1..40),
        (order, notes, how_to_pay) in (prop::option::of(text()), prop::collection::vec(text(), 0..4), prop::collection::vec(text(), 0..4)),
        (discount, pix, is_automatic) in (prop::option::of((text(), amount())), prop::option::of("[ -~]{1,512}"), any::<bool>()),
    ) -> Invoice {
        let day = Day::from_epoch(20_000);
        let total: i64 = rows.iter().map(|row| row.3).sum::<i64>() + discount.as_ref().map_or(0, |(_, minor)| *minor);
        let mut invoice = Invoice::new(language, &number, customer, day, day.plus(9), brl(total));
        invoice.lines = rows.into_iter().map(|(description, detail, quantity, minor, has_period)| InvoiceLine {
            description, detail, quantity, amount: brl(minor), unit_price: has_period.then_some(brl(minor)), period: has_period.then_some((day, day.plus(30))),
        }).collect();
        invoice.discounts = discount.into_iter().map(|(label, minor)| Adjustment { label, amount: brl(minor) }).collect();
        invoice.purchase_order = order;
        invoice.notes = notes;
        invoice.how_to_pay = how_to_pay;
        invoice.pix = pix;
        invoice.is_automatic = is_automatic;
        invoice.instalments = vec![Instalment { due_on: day, amount: brl(total - 1) }, Instalment { due_on: day.plus(30), amount: brl(1) }];
        invoice
    }
}

prop_compose! {
    fn slip()(
        (language, payer, beneficiary, guarantor) in (language(), party(), party(), prop::option::of(party())),
        (bank, code, free) in (name(), name(), "[0-9]{25}"),
        pix in prop::option::of("[ -~]{1,512}"),
        (place, agency, our, document, kind, portfolio) in (text(), text(), text(), text(), text(), text()),
        (minor, instructions) in (1..9_999_999_999_i64, prop::collection::vec(text(), 0..8)),
    ) -> Slip {
        let day = Day::from_epoch(20_000);
        let parts = (BankCode::parse("999").unwrap(), FreeField::parse(&free).unwrap());
        let barcode = Barcode::new(parts.0, Some(day), Some(brl(minor)), parts.1).unwrap();
        Slip {
            language, bank: SlipBank { name: bank, code }, barcode: barcode.to_string(), line: barcode.line(), pix, place_of_payment: place, beneficiary,
            agency_and_code: agency, our_number: our, document_number: document, document_on: day, processed_on: day,
            due_on: day, document_kind: kind, is_accepted: true, portfolio, amount: brl(minor), instructions, payer, guarantor,
        }
    }
}

fn press() -> &'static Press {
    static PRESS: std::sync::OnceLock<Press> = std::sync::OnceLock::new();
    PRESS.get_or_init(|| Press::new().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_of_an_invoice_leaves_its_page_or_lies_on_something(brand in brand(), invoice in invoice(), slip in prop::option::of(slip())) {
        let sheet = press().lay_invoice(&brand, &invoice, slip.as_ref());
        let sheet = sheet.map_err(|why| TestCaseError::fail(why.to_string()))?;
        prop_assert_eq!(faults(&sheet), Vec::<String>::new());
        prop_assert!(pdf::write(&press().faces, &sheet).is_ok());
    }

    #[test]
    fn nothing_of_a_slip_leaves_its_page_or_lies_on_something(brand in brand(), slip in slip()) {
        let sheet = press().lay_slip(&brand, &slip).map_err(|why| TestCaseError::fail(why.to_string()))?;
        prop_assert_eq!(faults(&sheet), Vec::<String>::new());
        prop_assert!(pdf::write(&press().faces, &sheet).is_ok());
    }

    #[test]
    fn nothing_of_a_receipt_or_statement_leaves_its_page(
        (brand, payer, number, language) in (brand(), party(), name(), language()),
        (reference, notes) in (prop::option::of(text()), prop::collection::vec(text(), 0..4)),
        rows in prop::collection::vec((text(), prop::option::of(text()), amount()), 0..80),
        rail in prop::sample::select(Rail::ALL),
    ) {
        let day = Day::from_epoch(20_000);
        let sum: i64 = rows.iter().map(|row| row.2).sum();
        let paid = |(description, document, minor): &(String, Option<String>, i64)| Paid {
            document: document.clone().unwrap_or_default(), description: description.clone(), due_on: day, amount: brl(*minor),
        };
        let receipt = Receipt {
            language, number, payer: payer.clone(), issued_on: day, paid_on: day, amount: brl(sum + 7), rail, reference,
            paid: rows.iter().map(paid).collect(), credit: Some(brl(7)), notes: notes.clone(),
        };
        let movement = |(description, document, minor): &(String, Option<String>, i64)| Movement {
            on: day, description: description.clone(), document: document.clone(), amount: brl(*minor),
        };
        let statement = Statement {
            language, customer: payer, issued_on: day, from: day, to: day, opening: brl(-5), movements: rows.iter().map(movement).collect(),
            closing: brl(sum - 5), notes,
        };
        for sheet in [press().lay_receipt(&brand, &receipt), press().lay_statement(&brand, &statement)] {
            let sheet = sheet.map_err(|why| TestCaseError::fail(why.to_string()))?;
            prop_assert_eq!(faults(&sheet), Vec::<String>::new());
            prop_assert!(pdf::write(&press().faces, &sheet).is_ok());
        }
    }
}
