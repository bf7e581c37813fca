//! What lies on the desk when the demo is opened: colleagues, what holds some of the overdue still, lines of a bank that nobody
//! explained, and notes of earlier calls.
//!
//! Only where the company is served: the books and their report are without it.

use anyhow::Context as _;
use regua_core::bank::{BankAccount, BankFile, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::facts::{Cause, Fact};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_engine::Act;
use regua_engine::bank::{Account, Reading};
use regua_engine::commands::tell::About;
use regua_engine::people::{Caller, Limit, NewPerson, Role, Standing};
use regua_engine::work::NewNote;
use regua_store::db::Scope;
use regua_store::lists::receivables::{self, ListedReceivable, Sort, Wanted};

use crate::live::installation::Installation;
use crate::world::SystemRng;

/// The account by the name that the company gives it, its bank, branch and number.
const ACCOUNT: (&str, &str, &str, &str) = ("itau", "341", "0057", "12345-7");
/// Who paid what, besides a share of what is open of a receivable: payers whom the books do not know.
const LINES: [(&str, &str, Share); 4] = [
    ("MARINA DUARTE ME", "PIX RECEBIDO", Share::Whole),
    ("TRANSPORTES BOA VISTA", "TED CREDITO EM CONTA", Share::Less(150)),
    ("JOANA P SILVA", "PIX RECEBIDO", Share::Fixed(10_000)),
    ("CONTABILIDADE AZEVEDO", "DEPOSITO", Share::Fixed(47_215)),
];
/// Notes of the calls of the week before.
const NOTES: [&str; 3] = [
    "Falei com o financeiro: a nota fiscal ficou parada na aprovação interna. Prometeram pagar até sexta.",
    "Pediu segunda via por WhatsApp. Enviei o Pix copia e cola.",
    "Telefone do cadastro não é mais deles; a recepção passou o e-mail do contador.",
];

/// Who works there besides the owner: name, address, role, and how much they may decide alone, in minor units.
const TEAM: [(&str, &str, Role, Option<i64>); 3] = [
    ("Marta Finanças", "marta@nuvemclara.example", Role::Manager, Some(500_000)),
    ("Bia Cobrança", "bia@nuvemclara.example", Role::Collector, Some(20_000)),
    ("Caio Análises", "caio@nuvemclara.example", Role::Analyst, None),
];

/// How much a line brings.
enum Share {
    /// Exactly what is open of a receivable.
    Whole,
    /// So many minor units less: a bank kept its fee.
    Less(i64),
    /// So many minor units.
    Fixed(i64),
}

/// Lays it there, as of a moment.
pub(super) fn lay(installation: &Installation, owner: &Caller, now: Instant) -> anyhow::Result<()> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let act = Act { by: "regua demo".to_owned(), reason: None };
    let today = installation.zone()?.day_of(now);
    let wanted = Wanted { status: Some("open"), currency: Some("BRL"), until: today.plus(-3), ..Wanted::ALL };
    let late = engine.db().read(Scope::Tenant(tenant), |tx| receivables::page(tx, tenant, &wanted, Sort::DueFirst, None, 40))?.rows;
    for (text, about) in NOTES.into_iter().zip(late.iter().rev()) {
        let new = NewNote { text, receivable: Some(&about.row.external_id), follow_up_on: None };
        engine.add_note(tenant, &about.customer.to_string(), new, &act, now, &mut SystemRng)?;
    }
    for (name, email, role, limit) in TEAM {
        let standing = Standing { role, limit: limit.and_then(Limit::new) };
        engine.invite(owner, NewPerson { name, email }, standing, now, &mut SystemRng)?;
    }
    let held = [
        Fact::Promised { on: today.plus(3) },
        Fact::Froze { cause: Cause::Dispute },
        Fact::Froze { cause: Cause::Agreement },
        Fact::Promised { on: today.plus(1) },
    ];
    for (fact, about) in held.into_iter().zip(late.iter().rev().skip(LINES.len() + NOTES.len())) {
        engine.tell(tenant, &About::Receivable(about.row.external_id.clone()), fact, Some(&act), now)?;
    }
    let (name, bank, branch, number) = ACCOUNT;
    let account = Account { bank: bank.into(), branch: branch.into(), number: number.into(), wallet: "109".into(), ..Account::default() };
    engine.add_bank_account(tenant, name, &account, 1, &act, now)?;
    let lines = (1..).zip(&LINES).zip(late.iter().rev().skip(3)).map(|((place, line), of)| told(place, line, of, today.plus(-1)));
    let statement = Statement {
        account: BankAccount { bank: bank.into(), branch: branch.into(), number: number.into() },
        currency: Currency::BRL,
        number: Some(1),
        made_on: Some(today),
        until: None,
        lines: lines.collect(),
    };
    let file = BankFile { format: Format::Ofx, statements: vec![statement], refused: Vec::new(), checks: Vec::new() };
    let read = engine.read_bank_file(tenant, &Reading::of("extrato.ofx", [0x5a; 32], &file), &act, now);
    read.map(|_read| ()).context("failed to read the demo's bank file")
}

fn told(place: u32, (payer, text, share): &(&str, &str, Share), of: &ListedReceivable, on: Day) -> Line {
    let minor = match share {
        Share::Whole => of.row.balance,
        Share::Less(fee) => of.row.balance.saturating_sub(*fee).max(1),
        Share::Fixed(minor) => *minor,
    };
    Line {
        place,
        event: Event::Paid,
        amount: Some(Money::new(minor, Currency::BRL)),
        paid_on: Some(on),
        posted_on: Some(on),
        names: Names { bank_id: Some(format!("DEMO{place:04}").into()), ..Names::default() },
        payer: Payer { name: Some((*payer).into()), ..Payer::default() },
        parts: Parts::default(),
        text: (*text).into(),
        codes: Vec::new(),
    }
}
