//! Files of banks: each line is booked once, what is not sure is asked, and the order of files changes nothing.

use regua_core::bank::{BankAccount, BankFile, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::party::{Customer, TaxId};
use regua_core::time::{Day, Instant};
use regua_engine::bank::{Account, BankRead, Reading};
use regua_engine::commands::tenant::FILES;
use regua_wire::files::portfolio::{CustomerRow, Portfolio, ReceivableRow, When};

use crate::common::{Company1, act, brl, customer, day, on_both};
use crate::house::{company, cus, hour, rcv};

const NOW: &str = "2026-03-25";

fn account() -> Account {
    Account { bank: "341".into(), branch: "0057".into(), number: "12345-7".into(), wallet: "109".into(), ..Account::default() }
}

/// A company with an account, and three customers who owe 100.00, 50.00 and 200.00.
fn with_account(url: &str) -> Company1 {
    let mut company = company(url);
    let now = hour("2026-03-01", 9);
    company.engine.add_bank_account(company.tenant, "itau", &account(), 1, &act(), now).unwrap();
    let people = [("C1", "529.982.247-25"), ("C2", "111.444.777-35"), ("C3", "11.222.333/0001-81")];
    let customers = people.iter().map(|(id, tax_id)| {
        let known = customer(id).customer;
        CustomerRow { id: (*id).into(), customer: Customer { tax_id: Some(TaxId::parse(tax_id, "BR").unwrap()), ..known } }
    });
    let row = |id: &str, who, due: &str, minor| ReceivableRow {
        id: id.into(),
        customer: who,
        issued: When::On(day("2026-03-01")),
        due_on: day(due),
        amount: brl(minor),
        method: None,
    };
    let receivables = vec![
        row("INV-0001", 0, "2026-03-20", 10_000),
        row("INV-0002", 1, "2026-03-20", 5_000),
        row("INV-0003", 2, "2026-03-20", 20_000),
        row("INV-0004", 2, "2026-03-31", 20_000),
    ];
    let portfolio = Portfolio { customers: customers.collect(), receivables, payments: Vec::new() };
    assert!(company.import(&portfolio, now).refused.is_empty());
    company
}

/// A line that brought money, on the payer's day.
fn paid(minor: i64, on: &str) -> Line {
    Line {
        place: 2,
        event: Event::Paid,
        amount: Some(brl(minor)),
        paid_on: Some(day(on)),
        posted_on: Some(day(on)),
        names: Names::default(),
        payer: Payer::default(),
        parts: Parts::default(),
        text: "".into(),
        codes: vec!["06".into()],
    }
}

fn slip(number: &str, minor: i64, on: &str) -> Line {
    Line { names: Names { our_number: Some(number.into()), ..Names::default() }, ..paid(minor, on) }
}

fn pix(e2e: &str, minor: i64, on: &str) -> Line {
    Line { names: Names { end_to_end: Some(e2e.into()), ..Names::default() }, ..paid(minor, on) }
}

fn file(format: Format, made_on: &str, lines: Vec<Line>) -> BankFile {
    let account = BankAccount { bank: "341".into(), branch: "57".into(), number: "12345-7".into() };
    let made_on = Some(day(made_on));
    let statement = Statement { account, currency: Currency::BRL, number: Some(1), made_on, until: None, lines };
    BankFile { format, statements: vec![statement], refused: Vec::new(), checks: Vec::new() }
}

fn read(company: &Company1, name: &str, file: &BankFile, now: Instant) -> BankRead {
    // What makes files different here is their name.
    let mut digest = [0; 32];
    digest[..name.len().min(32)].copy_from_slice(&name.as_bytes()[..name.len().min(32)]);
    company.engine.read_bank_file(company.tenant, &Reading::of(name, digest, file), &act(), now).unwrap()
}

fn paid_so_far(company: &Company1) -> i64 {
    company.clean().paid
}

#[test]
fn a_return_pays_slips_and_neither_the_file_nor_its_lines_count_twice() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        for id in ["INV-0001", "INV-0002"] {
            let slip = company.engine.issue_slip(company.tenant, &rcv(id), "itau", &act(), hour("2026-03-02", 9)).unwrap();
            assert!(!slip.known);
            let again = company.engine.issue_slip(company.tenant, &rcv(id), "itau", &act(), hour("2026-03-03", 9)).unwrap();
            assert_eq!((again.known, again.number), (true, slip.number), "one slip that can be paid at a time");
        }
        let registered = Line { event: Event::Registered, amount: None, codes: vec!["02".into()], ..slip("1", 0, "2026-03-03") };
        let first = file(Format::Cnab400, "2026-03-21", vec![registered, slip("1", 10_000, "2026-03-20"), slip("2", 4_000, "2026-03-20")]);
        let done = read(&company, "first.ret", &first, now);
        assert_eq!((done.lines, done.booked, done.kept, done.waiting), (3, 2, 1, 0));
        assert_eq!(done.money.get("BRL"), Some(&14_000));
        assert_eq!(company.books_of("C1").row("INV-0001").status, "paid");
        assert_eq!(company.books_of("C2").row("INV-0002").balance, 1_000, "less than was due is money on it all the same");
        // The very same file again, then its lines in another file with one more.
        assert_eq!(read(&company, "first.ret", &first, now).already, Some(now));
        let second = file(Format::Cnab400, "2026-03-22", vec![slip("2", 4_000, "2026-03-20"), slip("2", 1_000, "2026-03-21")]);
        let done = read(&company, "second.ret", &second, now);
        assert_eq!((done.known, done.booked), (1, 1));
        assert_eq!(paid_so_far(&company), 15_000);
    });
}

#[test]
fn a_slip_of_another_program_with_a_number_of_ours_pays_nothing_of_ours() {
    on_both(|url| {
        let company = with_account(url);
        company.engine.issue_slip(company.tenant, &rcv("INV-0001"), "itau", &act(), hour("2026-03-02", 9)).unwrap();
        let other = slip("1", 10_000, "2026-03-20");
        let other = Line { names: Names { company_use: Some("OLD-77".into()), ..other.names.clone() }, ..other };
        let own = Line { names: Names { company_use: Some("inv-0001".into()), ..other.names.clone() }, ..slip("1", 9_000, "2026-03-20") };
        let done = read(&company, "a.ret", &file(Format::Cnab400, "2026-03-21", vec![other, own]), hour(NOW, 9));
        assert_eq!((done.booked, done.waiting, done.money.get("BRL")), (1, 1, Some(&9_000)));
    });
}

#[test]
fn at_a_bank_that_puts_the_agreement_before_the_number_only_our_agreement_is_ours() {
    on_both(|url| {
        let company = with_account(url);
        let brasil = Account {
            bank: "001".into(),
            branch: "0548-7".into(),
            number: "1448-6".into(),
            wallet: "18".into(),
            agreement: "1238798".into(),
            ..Account::default()
        };
        let now = hour(NOW, 9);
        company.engine.add_bank_account(company.tenant, "bb", &brasil, 1, &act(), hour("2026-03-01", 9)).unwrap();
        company.engine.issue_slip(company.tenant, &rcv("INV-0002"), "bb", &act(), hour("2026-03-02", 9)).unwrap();
        let lines = vec![slip("12387980000000001", 5_000, "2026-03-20"), slip("76543210000000001", 5_000, "2026-03-20")];
        let mut of_brasil = file(Format::Cnab240, "2026-03-21", lines);
        of_brasil.statements[0].account = BankAccount { bank: "001".into(), branch: "548".into(), number: "1448-6".into() };
        let done = read(&company, "bb.ret", &of_brasil, now);
        assert_eq!((done.booked, done.waiting), (1, 1));
        assert_eq!(company.books_of("C2").row("INV-0002").status, "paid");
    });
}

#[test]
fn the_same_money_twice_in_one_file_is_two_payments_and_the_second_is_credit() {
    on_both(|url| {
        let company = with_account(url);
        company.engine.issue_slip(company.tenant, &rcv("INV-0001"), "itau", &act(), hour("2026-03-02", 9)).unwrap();
        let twice = file(Format::Cnab240, "2026-03-21", vec![slip("1", 10_000, "2026-03-20"), slip("1", 10_000, "2026-03-20")]);
        let done = read(&company, "twice.ret", &twice, hour(NOW, 9));
        assert_eq!((done.booked, done.known), (2, 0));
        let line = company.clean();
        assert_eq!((line.paid, line.applied, line.credit), (20_000, 10_000, 10_000));
    });
}

#[test]
fn a_pix_is_matched_by_document_or_payer_with_its_amount_and_else_a_person_is_asked() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        let payer = |tax_id: &str| Payer { tax_id: Some(tax_id.into()), ..Payer::default() };
        let lines = vec![
            // The document in the text, its amount, the payer's name: booked.
            Line {
                text: "PIX REF INV-0001".into(),
                payer: Payer { name: Some("CLIENTE C1".into()), ..Payer::default() },
                ..pix("E-1", 10_000, "2026-03-20")
            },
            // The payer alone, with what is open of them altogether: booked on both, the oldest first.
            Line { payer: payer("11222333000181"), ..pix("E-2", 40_000, "2026-03-20") },
            // The payer, but another amount: asked.
            Line { payer: payer("11144477735"), ..pix("E-3", 4_999, "2026-03-20") },
            // The document, but nobody knows whose money: asked.
            Line { text: "INV-0002 obrigado".into(), ..pix("E-4", 100, "2026-03-20") },
            // Nothing at all: asked.
            Line { text: "TED RECEBIDA".into(), ..pix("E-5", 777, "2026-03-20") },
            // Not money of customers.
            Line { event: Event::Fee, ..paid(150, "2026-03-20") },
            Line { event: Event::Spent, ..paid(99_900, "2026-03-20") },
        ];
        let done = read(&company, "march.ofx", &file(Format::Ofx, "2026-03-21", lines), now);
        assert_eq!((done.booked, done.waiting, done.kept), (2, 3, 2));
        assert_eq!(company.books_of("C3").row("INV-0004").status, "paid");
        let asked = company.engine.bank_waiting(company.tenant, None, 10, now).unwrap();
        let best: Vec<Option<(&str, u8)>> =
            asked.iter().map(|one| one.suggestions.first().map(|best| (best.receivable.as_str(), best.found.percent))).collect();
        let mut best: Vec<_> = best.into_iter().flatten().collect();
        best.sort_unstable();
        assert_eq!(best, [("INV-0002", 70), ("INV-0002", 80)]);
        // The person's answers: one is the customer's, one of nobody.
        let of = |minor: i64| asked.iter().find(|one| one.line.as_ref().unwrap().amount == Some(brl(minor))).unwrap().id;
        let moved = company.engine.book_bank_line(company.tenant, of(4_999), &[cus("C2")], &act(), now).unwrap();
        assert_eq!(moved.parts[0].receivable, "INV-0002");
        company.engine.set_bank_line_aside(company.tenant, of(777), &act(), now).unwrap();
        let again = company.engine.book_bank_line(company.tenant, of(777), &[cus("C2")], &act(), now);
        assert_eq!(again.unwrap_err().code, "not_waiting");
        assert_eq!(company.engine.bank_waiting(company.tenant, None, 10, now).unwrap().len(), 1);
        assert_eq!(paid_so_far(&company), 54_999);
        // Booked on the wrong one: what was taken in goes back out, and the books close.
        company.engine.undo_bank_line(company.tenant, of(4_999), &act(), now).unwrap();
        let line = company.clean();
        assert_eq!((line.paid, line.returned), (54_999, 4_999));
        assert_eq!(company.engine.undo_bank_line(company.tenant, of(4_999), &act(), now).unwrap_err().code, "not_booked");
    });
}

#[test]
fn a_pix_that_is_given_back_opens_what_it_had_paid() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        let by = Payer { tax_id: Some("52998224725".into()), ..Payer::default() };
        let came = Line { payer: by, ..pix("E-1", 10_000, "2026-03-20") };
        let went =
            Line { event: Event::Returned, names: Names { of: Some("E-1".into()), ..Names::default() }, ..paid(10_000, "2026-03-23") };
        read(&company, "a.ofx", &file(Format::Ofx, "2026-03-21", vec![came.clone()]), now);
        assert_eq!(company.books_of("C1").row("INV-0001").status, "paid");
        let done = read(&company, "b.ofx", &file(Format::Ofx, "2026-03-24", vec![came, went]), now);
        assert_eq!((done.known, done.undone, done.waiting), (1, 1, 0));
        let row = company.books_of("C1").row("INV-0001").clone();
        assert_eq!((row.status.as_str(), row.balance > 0), ("open", true));
        company.clean();
    });
}

#[test]
fn a_statement_shows_the_money_of_a_return_as_a_sum_and_it_is_not_counted_again() {
    for statement_first in [false, true] {
        on_both(|url| {
            let company = with_account(url);
            let now = hour(NOW, 9);
            for id in ["INV-0001", "INV-0002"] {
                company.engine.issue_slip(company.tenant, &rcv(id), "itau", &act(), hour("2026-03-02", 9)).unwrap();
            }
            let of_slips = file(Format::Cnab400, "2026-03-21", vec![slip("1", 10_000, "2026-03-20"), slip("2", 5_000, "2026-03-20")]);
            let sum = Line { text: "LIQ COBRANCA".into(), ..paid(15_000, "2026-03-20") };
            let of_account = file(Format::Ofx, "2026-03-22", vec![sum]);
            let files = [("a.ret", &of_slips), ("b.ofx", &of_account)];
            let order = if statement_first { [1, 0] } else { [0, 1] };
            for place in order {
                read(&company, files[place].0, files[place].1, now);
            }
            assert_eq!(company.engine.bank_waiting(company.tenant, None, 10, now).unwrap(), [], "statement first: {statement_first}");
            assert_eq!(paid_so_far(&company), 15_000);
        });
    }
}

#[test]
fn a_line_that_came_before_its_bill_is_booked_when_the_bill_is_known() {
    on_both(|url| {
        let mut company = with_account(url);
        let now = hour(NOW, 9);
        let by = Payer { tax_id: Some("52998224725".into()), ..Payer::default() };
        let early = Line { text: "FATURA INV-0009".into(), payer: by, ..pix("E-9", 12_300, "2026-03-22") };
        let done = read(&company, "a.ofx", &file(Format::Ofx, "2026-03-23", vec![early]), now);
        assert_eq!((done.booked, done.waiting), (0, 1));
        company.issue("C1", "INV-0009", ("2026-03-20", "2026-04-10"), brl(12_300), now);
        let done = read(&company, "b.ofx", &file(Format::Ofx, "2026-03-24", Vec::new()), now);
        assert_eq!((done.again, done.booked), (1, 1));
        assert_eq!(company.books_of("C1").row("INV-0009").status, "paid");
        company.clean();
    });
}

#[test]
fn what_a_bank_refuses_or_closes_is_seen_and_a_file_of_another_account_is_refused() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        company.engine.issue_slip(company.tenant, &rcv("INV-0001"), "itau", &act(), hour("2026-03-02", 9)).unwrap();
        let news = |event, code: &str| Line { event, amount: None, codes: vec![code.into()], ..slip("1", 0, "2026-03-03") };
        let done = read(&company, "a.ret", &file(Format::Cnab400, "2026-03-04", vec![news(Event::Rejected, "03")]), now);
        assert_eq!((done.waiting, done.kept), (1, 0));
        // A slip that the bank refused cannot be paid: the next is another one.
        let next = company.engine.issue_slip(company.tenant, &rcv("INV-0001"), "itau", &act(), now).unwrap();
        assert_eq!((next.number.as_str(), next.known), ("2", false));
        let mut other = file(Format::Cnab400, "2026-03-04", Vec::new());
        other.statements[0].account.number = "99999-0".into();
        let refused = company.engine.read_bank_file(company.tenant, &Reading::of("x", [9; 32], &other), &act(), now);
        assert_eq!(refused.unwrap_err().code, "unknown_account");
        company.clean();
    });
}

#[test]
fn a_file_says_until_when_everything_was_told_and_what_waited_for_that_goes_on() {
    on_both(|url| {
        let company = with_account(url);
        let read_at = |company: &Company1| {
            let sources = company
                .engine
                .db()
                .read(regua_store::db::Scope::Tenant(company.tenant), |tx| regua_store::tenants::sources(tx, company.tenant));
            sources.unwrap().into_iter().find(|(source, _)| source == FILES).unwrap().1
        };
        let now = hour(NOW, 9);
        read(&company, "a.ret", &file(Format::Cnab400, "2026-03-21", Vec::new()), now);
        // Made on the 21st, it may not know what is paid on the 21st.
        let imported = hour("2026-03-01", 9);
        assert_eq!(read_at(&company), hour("2026-03-21", 0).max(imported));
        let mut whole = file(Format::Ofx, "2026-03-24", Vec::new());
        whole.statements[0].until = Some(day("2026-03-23"));
        read(&company, "b.ofx", &whole, now);
        assert_eq!(read_at(&company), hour("2026-03-24", 0));
        // A statement that is to end later tells nothing of days to come.
        whole.statements[0].until = Some(day("2026-03-31"));
        read(&company, "d.ofx", &whole, now);
        assert_eq!(read_at(&company), hour("2026-03-24", 0));
        // An old file takes nothing back.
        read(&company, "c.ret", &file(Format::Cnab400, "2026-03-10", Vec::new()), now);
        assert_eq!(read_at(&company), hour("2026-03-24", 0));
    });
}

#[test]
fn an_overdue_step_waits_until_a_file_of_the_bank_was_read_after_the_due_date() {
    on_both(|url| {
        let company = with_account(url);
        let done = |company: &Company1, step: &str| {
            let decisions = company.books_of("C2").decisions;
            decisions.iter().any(|row| row.step == step && row.outcome == "done")
        };
        // Due on Friday the 20th; two days later is Sunday, so the reminder is for Monday.
        company.decide(hour("2026-03-20", 10));
        company.decide(hour("2026-03-23", 10));
        assert!(done(&company, "due"), "on the day itself nothing is to be read first");
        assert!(!done(&company, "late2"), "nobody knows yet whether it was paid");
        read(&company, "old.ret", &file(Format::Cnab400, "2026-03-20", Vec::new()), hour("2026-03-23", 11));
        company.decide(hour("2026-03-23", 11));
        assert!(!done(&company, "late2"), "a file of the due date does not know that day");
        read(&company, "new.ret", &file(Format::Cnab400, "2026-03-23", Vec::new()), hour("2026-03-23", 12));
        company.decide(hour("2026-03-23", 12));
        assert!(done(&company, "late2"));
    });
}

#[test]
fn who_is_erased_is_erased_from_what_banks_told_and_is_found_as_a_payer_no_more() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        let by = |e2e| Line { payer: Payer { tax_id: Some("52998224725".into()), ..Payer::default() }, ..pix(e2e, 10_000, "2026-03-20") };
        read(&company, "a.ofx", &file(Format::Ofx, "2026-03-21", vec![by("E-1")]), now);
        let told = company.engine.export(company.tenant, "C1", now).unwrap();
        assert_eq!(told["bank"][0]["line"]["payer"]["tax_id"], "52998224725");
        company.engine.erase(company.tenant, "C1", false, &act(), now).unwrap();
        let done = read(&company, "b.ofx", &file(Format::Ofx, "2026-03-22", vec![by("E-2")]), now);
        assert_eq!((done.booked, done.waiting), (0, 1));
        let asked = company.engine.bank_waiting(company.tenant, None, 10, now).unwrap();
        assert_eq!(asked[0].suggestions, []);
        company.clean();
    });
}

#[test]
fn lists_of_what_waits_go_on_behind_their_last_line() {
    on_both(|url| {
        let company = with_account(url);
        let now = hour(NOW, 9);
        let lines = (0..25).map(|place| Line { text: format!("TED {place}").into(), ..paid(100 + place, "2026-03-20") }).collect();
        assert_eq!(read(&company, "a.ofx", &file(Format::Ofx, "2026-03-21", lines), now).waiting, 25);
        let mut after: Option<(Day, [u8; 16])> = None;
        let mut seen = 0;
        loop {
            let page = company.engine.bank_waiting(company.tenant, after, 10, now).unwrap();
            let Some(last) = page.last() else { break };
            after = last.posted_on.map(|day| (day, last.id));
            seen += page.len();
        }
        assert_eq!(seen, 25);
    });
}
