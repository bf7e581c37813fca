//! A month of a company at its bank: slips are registered, paid in time, late, short, twice and never, beside Pix that say
//! much or little. The bank's returns come in any order, twice, and overlapping; its statement shows them in sums. In the end
//! the books agree with the bank to the cent, on both databases.
//!
//! The bank is a program of its own: it reads the company's file, keeps accounts, and writes files as banks do. The seed is
//! printed; `REGUA_SEED` runs another, `REGUA_FULL=1` a month of two thousand customers.

use std::collections::BTreeMap;

use regua_core::bank::{BankAccount, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::{Attribute, Customer, TaxId};
use regua_core::time::{Day, Instant};
use regua_engine::bank::{Account, BankRead, Reading, Wanted};
use regua_wire::cnab::remittance::{self, Remittance};
use regua_wire::cnab::{Charge, InterestRate, Title, bank_side};
use regua_wire::files::portfolio::{CustomerRow, Portfolio, ReceivableRow, When};
use regua_wire::statements::{bank_side as statement_side, read_any};

use crate::common::{Company1, act, brl, customer, day, on_both};
use crate::house::{company, hour, rcv};

/// Draws that are the same for the same seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n
    }

    fn days(&mut self, from: i32, to: i32) -> i32 {
        from + i32::try_from(self.below(u64::try_from(to - from + 1).unwrap())).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = usize::try_from(self.below(u64::try_from(place + 1).unwrap())).unwrap();
            items.swap(place, other);
        }
    }
}

/// A CPF with right check digits.
fn cpf(number: usize) -> String {
    let mut digits: Vec<u32> = format!("{:09}", 100_000_000 + number * 137).bytes().map(|byte| u32::from(byte - b'0')).collect();
    for _ in 0..2 {
        let weights = (2..).take(digits.len());
        let sum: u32 = digits.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
        let rest = sum % 11;
        digits.push(if rest < 2 { 0 } else { 11 - rest });
    }
    digits.iter().map(u32::to_string).collect()
}

/// Money that came, and for what it was, as only the payer knows.
#[derive(Clone)]
struct Came {
    receivable: String,
    line: Line,
}

/// The bank: what it was asked, what it got, what it told.
struct Bank {
    account: BankAccount,
    /// Every payment of a slip, by the day on which it tells of it.
    returns: BTreeMap<Day, Vec<Line>>,
    /// Every line of the account besides the sums of slips.
    direct: Vec<Line>,
    /// What each money was for.
    truth: Vec<Came>,
}

impl Bank {
    fn registers(&mut self, asked: &Remittance, day: Day) {
        assert_eq!(asked.refused, []);
        assert!(asked.checks.iter().all(regua_core::bank::Check::holds));
        for title in &asked.titles {
            let line = Line { event: Event::Registered, amount: None, codes: vec!["02".into()], ..slip_line(title, None, day) };
            self.returns.entry(day).or_default().push(line);
        }
    }

    /// What is to be paid for a slip on a day, by the orders that came with it.
    fn wants(title: &Title, on: Day) -> (i64, i64) {
        let billed = title.amount.minor();
        if on <= title.due {
            return (billed, 0);
        }
        let fine = match title.fine.map(|fine| fine.charge) {
            Some(Charge::Share(rate)) => title.amount.times(rate, regua_core::policy::program::Rounding::HalfUp).unwrap().minor(),
            Some(Charge::Amount(amount)) => amount.minor(),
            None => 0,
        };
        let daily = match title.interest.map(|interest| interest.rate) {
            Some(InterestRate::Daily(amount)) => amount.minor(),
            Some(InterestRate::Monthly(_)) | None => 0,
        };
        let added = fine + daily * i64::from(on.since(title.due));
        (billed + added, added)
    }

    fn slip_paid(&mut self, title: &Title, on: Day, short: i64) {
        let (wanted, added) = Self::wants(title, on);
        let amount = brl(wanted - short);
        let parts = Parts { billed: Some(title.amount), added: (added > 0).then(|| brl(added)), fee: Some(brl(150)), ..Parts::default() };
        let line = Line { parts, amount: Some(amount), ..slip_line(title, Some(on), on.plus(1)) };
        self.truth.push(Came { receivable: title.company_use.to_string(), line: line.clone() });
        self.returns.entry(on.plus(1)).or_default().push(line);
    }

    fn pix(&mut self, receivable: &str, amount: i64, on: Day, payer: Payer, text: &str) {
        let number = self.direct.len();
        let id = format!("E18236120202603{:02}1200{number:011}", number % 28 + 1);
        let names = Names { bank_id: Some(format!("F{number:06}").into()), end_to_end: Some(id.as_str().into()), ..Names::default() };
        // The id of a Pix stands in the text, as banks write it.
        let text = format!("PIX {text} {id}");
        let line = Line { names, payer, text: text.into(), codes: vec!["CREDIT".into()], ..money(amount, on) };
        self.truth.push(Came { receivable: receivable.to_owned(), line: line.clone() });
        self.direct.push(line);
    }

    fn other(&mut self, event: Event, amount: i64, on: Day, text: &str) {
        let number = self.direct.len();
        let names = Names { bank_id: Some(format!("F{number:06}").into()), ..Names::default() };
        self.direct.push(Line { event, names, text: text.into(), ..money(amount, on) });
    }

    /// A return of a day; one that is told again later is the same lines in another file.
    fn return_of(&self, day: Day, with: &[Line]) -> Vec<u8> {
        let lines = self.returns.get(&day).into_iter().flatten().chain(with).cloned().collect();
        let number = u64::try_from(day.since(Day::parse("2026-03-01").unwrap()) + 1).unwrap();
        let statement = Statement {
            account: self.account.clone(),
            currency: Currency::BRL,
            number: Some(number),
            made_on: Some(day),
            until: None,
            lines,
        };
        bank_side::write(Format::Cnab400, "ACME", &statement).unwrap()
    }

    /// The account over some days: slips in one sum a day, everything else by itself.
    fn statement(&self, from: Day, until: Day) -> Vec<u8> {
        let mut lines: Vec<Line> =
            self.direct.iter().filter(|line| line.posted_on.is_some_and(|on| from <= on && on <= until)).cloned().collect();
        for (told, slips) in &self.returns {
            let sum: i64 = slips.iter().filter_map(|line| line.amount).map(Money::minor).sum();
            let posted = slips.iter().find_map(|line| line.amount.and(line.posted_on)).unwrap_or(*told);
            if sum > 0 && from <= posted && posted <= until {
                let names = Names { bank_id: Some(format!("S{posted}").into()), ..Names::default() };
                lines.push(Line { names, text: "LIQUIDACAO COBRANCA".into(), ..money(sum, posted) });
            }
        }
        lines.sort_by_key(|line| line.posted_on);
        let (account, made_on) = (self.account.clone(), Some(until.plus(1)));
        let statement = Statement { account, currency: Currency::BRL, number: None, made_on, until: Some(until), lines };
        statement_side::ofx102(&statement, Some(brl(0))).into_bytes()
    }
}

fn money(minor: i64, on: Day) -> Line {
    Line {
        place: 1,
        event: Event::Paid,
        amount: Some(brl(minor)),
        paid_on: Some(on),
        posted_on: Some(on),
        names: Names::default(),
        payer: Payer::default(),
        parts: Parts::default(),
        text: "".into(),
        codes: Vec::new(),
    }
}

fn slip_line(title: &Title, paid_on: Option<Day>, posted_on: Day) -> Line {
    let names = Names {
        our_number: Some(title.our_number.clone()),
        document: Some(title.document.clone()),
        company_use: Some(title.company_use.clone()),
        ..Names::default()
    };
    Line { paid_on: paid_on.or(Some(posted_on)), posted_on: Some(posted_on), names, codes: vec!["06".into()], ..money(0, posted_on) }
}

fn portfolio(customers: usize, draw: &mut Draw) -> Portfolio {
    let mut portfolio = Portfolio { customers: Vec::new(), receivables: Vec::new(), payments: Vec::new() };
    for number in 0..customers {
        let id = format!("C{number:04}");
        let text = |text: &str| Attribute::Text(text.into());
        let attributes = [
            ("address", text("Rua das Flores, 10")),
            ("district", text("Centro")),
            ("city", text("Sao Paulo")),
            ("state", text("SP")),
            ("postal_code", text("01310-100")),
        ];
        let known = Customer {
            name: Some(format!("Pessoa Inventada {number:04}").into()),
            tax_id: Some(TaxId::parse(&cpf(number), "BR").unwrap()),
            attributes: attributes.map(|(key, value)| (key.into(), value)).into_iter().collect(),
            ..customer(&id).customer
        };
        portfolio.customers.push(CustomerRow { id: id.as_str().into(), customer: known });
        for part in 0..=draw.below(2) {
            portfolio.receivables.push(ReceivableRow {
                id: format!("FT{number:04}{part}").into(),
                customer: u32::try_from(number).unwrap(),
                issued: When::On(day("2026-03-01")),
                due_on: day("2026-03-05").plus(draw.days(0, 20)),
                amount: brl(5_000 + i64::try_from(draw.below(40_000)).unwrap()),
                method: None,
            });
        }
    }
    portfolio
}

/// What payers do in a month.
fn month(bank: &mut Bank, asked: &Remittance, portfolio: &Portfolio, company: &Company1, draw: &mut Draw) {
    let titles: BTreeMap<&str, &Title> = asked.titles.iter().map(|title| (&*title.company_use, title)).collect();
    for row in &portfolio.receivables {
        let payer = &portfolio.customers[usize::try_from(row.customer).unwrap()].customer;
        let by = |with: bool| Payer {
            name: payer.name.as_deref().map(|name| name.to_uppercase().into()),
            tax_id: payer.tax_id.as_ref().filter(|_| with).map(|id| id.as_str().into()),
            account: None,
        };
        let on = row.due_on.plus(draw.days(-3, 4));
        let title = titles.get(&*row.id).copied();
        match (title, draw.below(20)) {
            (_, 0) => {} // never
            (Some(title), 1) => bank.slip_paid(title, on, 700),
            (Some(title), 2) => {
                bank.slip_paid(title, on, 0);
                bank.slip_paid(title, on, 0);
            }
            (Some(title), _) => bank.slip_paid(title, on, 0),
            // What settles it on that day is what a second copy would say.
            (None, choice) => {
                let exact = due_on(company, &row.id, on);
                match choice {
                    1..=8 => bank.pix(&row.id, exact, on, by(true), &format!("REF {}", row.id)),
                    9..=12 => bank.pix(&row.id, exact, on, by(true), "RECEBIDO"),
                    13..=15 => bank.pix(&row.id, exact, on, by(false), "RECEBIDO"),
                    16..=17 => bank.pix(&row.id, exact - 100, on, by(true), "RECEBIDO"),
                    _ => bank.pix(&row.id, exact, on, Payer::default(), "TED RECEBIDA"),
                }
            }
        }
    }
    for week in 0..4 {
        bank.other(Event::Fee, 4_990, day("2026-03-06").plus(week * 7), "TARIFA PACOTE");
        bank.other(Event::Spent, 100_000 + i64::from(week), day("2026-03-07").plus(week * 7), "PAGTO FORNECEDOR");
    }
}

/// What settles a receivable on a day when nothing was paid on it: its own books are asked.
fn due_on(company: &Company1, id: &str, on: Day) -> i64 {
    let copies = company.engine.second_copy(company.tenant, &format!("rcv:{id}"), Some(on), hour("2026-03-01", 9)).unwrap();
    copies[0].1.amount.total.minor()
}

fn reads(company: &Company1, name: &str, bytes: &[u8], now: Instant) -> BankRead {
    use sha2::{Digest as _, Sha256};
    let file = read_any(bytes, name).unwrap();
    assert_eq!(file.refused, [], "{name}");
    assert!(file.checks.iter().all(regua_core::bank::Check::holds), "{name}: {:?}", file.checks);
    company.engine.read_bank_file(company.tenant, &Reading::of(name, Sha256::digest(bytes).into(), &file), &act(), now).unwrap()
}

#[expect(clippy::print_stdout, reason = "the seed is shown, and what the month came to")]
fn lives(url: &str, seed: u64, customers: usize) {
    let mut draw = Draw(seed);
    let mut company = company(url);
    let (start, now) = (hour("2026-03-01", 9), hour("2026-04-05", 9));
    let account =
        Account { bank: "341".into(), branch: "0811".into(), number: "53678-8".into(), wallet: "109".into(), ..Account::default() };
    company.engine.add_bank_account(company.tenant, "itau", &account, 1, &act(), start).unwrap();
    let portfolio = portfolio(customers, &mut draw);
    assert!(company.import(&portfolio, start).refused.is_empty());
    for row in portfolio.receivables.iter().filter(|_| draw.below(3) > 0) {
        company.engine.issue_slip(company.tenant, &rcv(&row.id), "itau", &act(), start).unwrap();
    }
    let tax_id = TaxId::parse("11.222.333/0001-81", "BR").unwrap();
    let wanted = Wanted { account: "itau", name: "Acme Software Ltda", tax_id: &tax_id, again: None };
    let sent = company.engine.remit(company.tenant, wanted, &act(), start).unwrap();
    assert_eq!(sent.refused, []);
    let again = company.engine.remit(company.tenant, Wanted { again: Some(sent.number), ..wanted }, &act(), now).unwrap();
    assert!(remittance::read(&again.bytes).unwrap().titles == remittance::read(&sent.bytes).unwrap().titles, "the same is asked again");
    let asked = remittance::read(&sent.bytes).unwrap();
    let account = BankAccount { bank: "341".into(), branch: "811".into(), number: "53678-8".into() };
    let mut bank = Bank { account, returns: BTreeMap::new(), direct: Vec::new(), truth: Vec::new() };
    bank.registers(&asked, day("2026-03-02"));
    month(&mut bank, &asked, &portfolio, &company, &mut draw);

    // Files: a return for each day, some with yesterday's lines again, some twice; statements of three overlapping stretches.
    let days: Vec<Day> = bank.returns.keys().copied().collect();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (place, on) in days.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| bank.returns[&days[before]].clone()).unwrap_or_default();
        let repeated: &[Line] = if draw.below(4) == 0 { &before } else { &[] };
        files.push((format!("{on}.ret"), bank.return_of(*on, repeated)));
        if draw.below(5) == 0 {
            files.push((format!("{on}-again.ret"), bank.return_of(*on, repeated)));
        }
    }
    for (from, until) in [("2026-03-01", "2026-03-14"), ("2026-03-10", "2026-03-24"), ("2026-03-20", "2026-04-02")] {
        files.push((format!("{until}.ofx"), bank.statement(day(from), day(until))));
    }
    draw.shuffle(&mut files);
    let mut already = 0;
    for (name, bytes) in &files {
        already += u32::from(reads(&company, name, bytes, now).already.is_some());
    }
    // A second walk over all files finds nothing new.
    for (name, bytes) in &files {
        assert!(reads(&company, name, bytes, now).already.is_some());
    }
    answers(&company, &bank, now);
    agrees(&company, &bank, &portfolio);
    println!(
        "seed {seed}: {} receivables, {} slips, {} payments of {}, {} files, {already} of them twice, {} booked",
        portfolio.receivables.len(),
        asked.titles.len(),
        bank.truth.len(),
        brl(bank.truth.iter().filter_map(|came| came.line.amount).map(Money::minor).sum()),
        files.len(),
        booked_of(&company)
    );
}

/// A person answers what waits: who knows the payer says what it was for.
fn answers(company: &Company1, bank: &Bank, now: Instant) {
    let truth: BTreeMap<&str, &Came> = bank.truth.iter().filter_map(|came| Some((came.line.names.end_to_end.as_deref()?, came))).collect();
    loop {
        let waiting = company.engine.bank_waiting(company.tenant, None, 100, now).unwrap();
        if waiting.is_empty() {
            return;
        }
        for asked in waiting {
            let line = asked.line.unwrap();
            let came = line.names.end_to_end.as_deref().and_then(|id| truth.get(id)).unwrap_or_else(|| panic!("nobody knows {line:?}"));
            assert_eq!(line.amount, came.line.amount);
            company.engine.book_bank_line(company.tenant, asked.id, &[rcv(&came.receivable)], &act(), now).unwrap();
        }
    }
}

fn booked_of(company: &Company1) -> i64 {
    let sums = company.engine.bank_sums(company.tenant).unwrap();
    sums.iter().filter(|sum| sum.status == "booked" && sum.event == "paid").map(|sum| sum.count).sum()
}

/// The books and the bank, to the cent.
fn agrees(company: &Company1, bank: &Bank, portfolio: &Portfolio) {
    let came: i64 = bank.truth.iter().filter_map(|came| came.line.amount).map(Money::minor).sum();
    let line = company.clean();
    assert_eq!((line.paid, line.returned), (came, 0), "all that came was booked, once");
    let mut by_receivable: BTreeMap<&str, i64> = BTreeMap::new();
    for came in &bank.truth {
        *by_receivable.entry(&came.receivable).or_default() += came.line.amount.unwrap().minor();
    }
    // Money that named nothing pays the payer's oldest: by customer it is the same in any case.
    let mut by_customer: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &portfolio.receivables {
        let who = &*portfolio.customers[usize::try_from(row.customer).unwrap()].id;
        *by_customer.entry(who).or_default() += by_receivable.get(&*row.id).copied().unwrap_or(0);
    }
    for (who, paid) in by_customer {
        let books = company.books_of(who);
        books.add_up();
        let of_ledgers: i64 = books
            .entries
            .iter()
            .filter(|(_, entry)| entry.kind == regua_core::ledger::EntryKind::Payment)
            .map(|(_, entry)| -entry.amount.minor())
            .sum();
        let received: i64 = books.account.iter().filter(|row| row.kind == "received").map(|row| row.amount).sum();
        assert_eq!(of_ledgers + received, paid, "{who}");
    }
    // What the account shows: sums of slips, money by itself, and what left it.
    let sums = company.engine.bank_sums(company.tenant).unwrap();
    let of =
        |event: &str, status: &str| sums.iter().filter(|sum| sum.event == event && sum.status == status).map(|sum| sum.amount).sum::<i64>();
    let slips: i64 = bank.returns.values().flatten().filter_map(|line| line.amount).map(Money::minor).sum();
    assert_eq!(of("paid", "kept"), slips, "every sum of slips was known as one");
    assert_eq!((of("fee", "kept"), of("spent", "kept")), (4 * 4_990, 4 * 100_000 + 6));
}

#[test]
fn a_month_at_the_bank_reconciles_to_the_cent_whatever_the_order_of_files() {
    let full = std::env::var_os("REGUA_FULL").is_some();
    let seed = std::env::var_os("REGUA_SEED").and_then(|seed| seed.to_str()?.parse().ok());
    for seed in seed.map_or_else(|| vec![1, 2], |seed| vec![seed]) {
        on_both(|url| lives(url, seed, if full { 2_000 } else { 40 }));
    }
}
