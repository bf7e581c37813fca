//! Banks: accounts, files that tell what was paid, the lines that a person is asked about, slips and the files that register them.

use regua_core::money::Money;
use regua_engine::bank::{Account, Reading, Remittance, Slip, Wanted, beneficiary, line_of};
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_wire::boleto::banks::{OurNumber, free_field};
use regua_wire::boleto::{BankCode, Barcode};
use regua_wire::statements::read_any;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, cursor_of};
use super::super::problem::{FieldError, Problem};
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::money::{MOVED, moved};
use super::shared::{REASON, ground, of_path, placed};

/// The longest file of a bank, in bytes: a day of a large company.
const FILE_MAX: usize = 16 << 20;
/// Lines that could not be taken in and are listed; all are counted.
const REFUSED_MAX: usize = 200;

static ACCOUNT: Schema = Schema {
    name: "AddedAccount",
    doc: "An account of the company's.",
    fields: &[
        must("name", Kind::Name, "What people call it."),
        must("bank", Kind::Name, "The bank."),
        must("number", Kind::Name, "The account."),
        must("next_slip", Kind::Int(1, i64::MAX), "The number of its next slip."),
        must("issues_slips", Kind::Bool, "Whether slips can be issued on it."),
    ],
};

static READ: Schema = Schema {
    name: "ReadBankFile",
    doc: "What came of a bank's file.",
    fields: &[
        may("read_before", Kind::Moment, "When the very same file was read before: then nothing was done."),
        must("format", Kind::Text(40), "What sort of file it is."),
        must("accounts", Kind::List(&Kind::Name, 1_000), "The accounts that it is of."),
        must("lines", Kind::Int(0, i64::MAX), "Good lines."),
        must("known", Kind::Int(0, i64::MAX), "Lines that another file had told."),
        must("booked", Kind::Int(0, i64::MAX), "Lines that were booked."),
        must("money", Kind::List(&Kind::Money, 200), "What was booked, one amount a currency."),
        must("undone", Kind::Int(0, i64::MAX), "Payments that were taken back."),
        must("waiting", Kind::Int(0, i64::MAX), "Lines that a person is asked about."),
        must("kept", Kind::Int(0, i64::MAX), "Lines from which nothing follows."),
        must("again", Kind::Int(0, i64::MAX), "Lines of earlier files that could be booked now."),
        must("refused_count", Kind::Int(0, i64::MAX), "Lines that could not be taken in."),
        must(
            "refused",
            Kind::List(
                &Kind::Object(&[must("line", Kind::Int(0, i64::MAX), "Its place."), must("what", Kind::Text(2_000), "What is wrong.")]),
                REFUSED_MAX,
            ),
            "The first of them.",
        ),
        must("checks_hold", Kind::Bool, "Whether the sums that the file tells are those of its lines."),
    ],
};

static LINE: Schema = Schema {
    name: "BankLineStanding",
    doc: "A line of a bank that was answered.",
    fields: &[must("id", Kind::Name, "Which."), must("status", Kind::Word(&["set_aside"]), "Where it stands.")],
};

static SLIP: Schema = Schema {
    name: "IssuedSlip",
    doc: "A slip with which a receivable can be paid.",
    fields: &[
        must("receivable", Kind::Name, "What its source calls the receivable."),
        must("account", Kind::Name, "The account that it is paid on."),
        must("number", Kind::Name, "Its number at the bank."),
        must("status", Kind::Word(&["issued", "sent", "registered", "rejected", "paid", "closed"]), "What the bank knows of it."),
        must("known", Kind::Bool, "Whether it was out before."),
        must("amount", Kind::Money, "As issued."),
        must("due_on", Kind::Day, "As issued."),
        must("barcode", Kind::Text(60), "The digits of its bar code."),
        must("line", Kind::Text(80), "What a payer types."),
    ],
};

const NAMED: Field = may("account", Kind::Name, "The account, where the file does not say it.");

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/bank/accounts",
        id: "add_bank_account",
        tag: "Bank",
        summary: "Add a bank account of the company",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[
            must("name", Kind::Text(40), "What people call it: letters, digits and `-`."),
            must("bank", Kind::Text(20), "The bank: three digits in Brazil, else what identifies it."),
            may("branch", Kind::Text(20), "The branch."),
            must("number", Kind::Text(40), "The account, with its check digit behind a `-` where there is one; an IBAN as it is."),
            may("wallet", Kind::Text(10), "The portfolio of its slips (carteira)."),
            may("agreement", Kind::Text(30), "What the bank calls the company (convênio, código do beneficiário)."),
            may("post", Kind::Text(10), "The post of a cooperative (posto)."),
            may("pix_key", Kind::Text(80), "The key that Pix charges are paid to."),
            may("first_slip", Kind::Int(1, 999_999_999_999_999), "The number of its first slip; 1 when nothing is said."),
            REASON,
        ]),
        answer: Answer::Created(&ACCOUNT),
        run: add,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/bank/files",
        id: "read_bank_file",
        tag: "Bank",
        summary: "Read a file of a bank",
        doc: "The body is the file as the bank gives it: CNAB returns and statements, OFX, camt.053, CSV. Each line is booked once, kept, or \
              put before a person. The very same file again changes nothing.",
        needs: Needs::Scope(Scope::BankAct),
        query: &[must("name", Kind::Name, "What the file is called."), NAMED],
        body: Body::File(FILE_MAX),
        answer: Answer::One(&READ),
        run: read,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/bank/lines/{line}/book",
        id: "book_bank_line",
        tag: "Bank",
        summary: "Book a line that waits",
        doc: "On these receivables, in this order; what is left is the customer's credit.",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[
            may("receivables", Kind::List(&Kind::Name, 200), "What it pays."),
            may("customer", Kind::Name, "Who paid, where no receivable is said."),
            REASON,
        ]),
        answer: Answer::One(&MOVED),
        run: book,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/bank/lines/{line}/set-aside",
        id: "set_bank_line_aside",
        tag: "Bank",
        summary: "Say of a line that it is no customer's business",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&LINE),
        run: set_aside,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/bank/lines/{line}/undo",
        id: "undo_bank_line",
        tag: "Bank",
        summary: "Take back what a line was booked on",
        doc: "As money that never came. The line stays as taken back.",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&MOVED),
        run: undo,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/slips",
        id: "issue_slip",
        tag: "Bank",
        summary: "Issue a slip for a receivable",
        doc: "Or answer with the one that is out, with 200. The bank learns of it with the next remittance.",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[may("account", Kind::Name, "On which account; the only one with slips when nothing is said."), REASON]),
        answer: Answer::Created(&SLIP),
        run: slip,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/bank/accounts/{account}/remittances",
        id: "remit_slips",
        tag: "Bank",
        summary: "Write the file that registers slips at the bank",
        doc: "Of all that the bank does not know yet. Slips that cannot go out wait for the next file. 409 when none can.",
        needs: Needs::Scope(Scope::BankAct),
        body: Body::Json(&[may("again", Kind::Int(1, i64::MAX), "The number of a file that is written once more."), REASON]),
        answer: Answer::File("text/plain"),
        problems: &[409],
        run: remit,
        ..PLAIN
    },
];

fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let body = &call.body;
    let text = |name: &str| body.text(name).unwrap_or_default().trim().to_owned();
    let (name, first) = (text("name"), body.int("first_slip").unwrap_or(1));
    let account = Account {
        bank: text("bank"),
        branch: text("branch"),
        number: text("number"),
        wallet: text("wallet"),
        agreement: text("agreement"),
        post: text("post"),
        pix_key: text("pix_key"),
    };
    let added = call.engine().add_bank_account(call.tenant, &name, &account, first, &call.act()?, call.now);
    added.map_err(|error| {
        placed(error, &[("bad_name", "/name"), ("known_account", "/name"), ("bad_account", "/number"), ("same_account", "/number")])
    })?;
    Ok(Reply::created(json!({
        "name": name, "bank": account.bank, "number": account.number, "next_slip": first, "issues_slips": beneficiary(&account).is_ok(),
    })))
}

fn read(call: &Call<'_>) -> Result<Reply, Problem> {
    let name = call.query.text("name").unwrap_or_default();
    let file = read_any(&call.file, name).map_err(|why| Problem::new(422, "bad_file", why.to_string()))?;
    let digest: [u8; 32] = Sha256::digest(&call.file).into();
    let reading = Reading { account: call.query.text("account"), ..Reading::of(name, digest, &file) };
    let done = call.engine().read_bank_file(call.tenant, &reading, &call.act()?, call.now);
    let done = done.map_err(|error| placed(error, &[("no_account", "query/account")]))?;
    call.host.ring();
    let money = done.money.iter().map(|(code, minor)| {
        let currency = regua_core::currency::Currency::parse(code).ok_or_else(Problem::bug)?;
        Ok(reply::money(Money::new(*minor, currency)))
    });
    let money = money.collect::<Result<Vec<Value>, Problem>>()?;
    let refused: Vec<Value> = done.refused.iter().take(REFUSED_MAX).map(|bad| json!({"line": bad.place, "what": bad.what})).collect();
    Ok(Reply::one(json!({
        "read_before": reply::opt_moment(done.already),
        "format": file.format.as_str(),
        "accounts": done.accounts,
        "lines": done.lines,
        "known": done.known,
        "booked": done.booked,
        "money": money,
        "undone": done.undone,
        "waiting": done.waiting,
        "kept": done.kept,
        "again": done.again,
        "refused_count": done.refused.len(),
        "refused": refused,
        "checks_hold": file.checks.iter().all(|check| check.holds()),
    })))
}

/// The line of the path; its whole id.
fn line(call: &Call<'_>) -> Result<[u8; 16], Problem> {
    const DIGITS: usize = 32;
    if call.at(0).len() != DIGITS {
        return Err(Problem::not_found("line"));
    }
    line_of(call.engine(), call.tenant, call.at(0)).map_err(|error| match error.code {
        "bad_line" => Problem::not_found("line"),
        _ => Problem::from(error),
    })
}

fn book(call: &Call<'_>) -> Result<Reply, Problem> {
    let receivables = call.body.texts_of("receivables");
    let about: Vec<About> = match (receivables.is_empty(), call.body.text("customer")) {
        (false, None) => receivables.into_iter().map(About::Receivable).collect(),
        (true, Some(customer)) => vec![About::Customer(customer.to_owned())],
        (false, Some(_)) => return Err(Problem::field("/customer", "twice", "say receivables or the customer, not both")),
        (true, None) => return Err(Problem::field("/receivables", "required", "say what it pays, or who paid")),
    };
    let booked = call.engine().book_bank_line(call.tenant, line(call)?, &about, &call.act()?, call.now);
    let booked = booked.map_err(|error| {
        placed(error, &[("no_receivable", "/receivables"), ("another_customer", "/receivables"), ("no_customer", "/customer")])
    })?;
    call.host.ring();
    Ok(Reply::one(moved(&booked)))
}

fn set_aside(call: &Call<'_>) -> Result<Reply, Problem> {
    let id = line(call)?;
    call.engine().set_bank_line_aside(call.tenant, id, &call.act()?, call.now)?;
    Ok(Reply::one(json!({"id": cursor_of(&id), "status": "set_aside"})))
}

fn undo(call: &Call<'_>) -> Result<Reply, Problem> {
    let undone = call.engine().undo_bank_line(call.tenant, line(call)?, &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(moved(&undone)))
}

/// The account that slips are issued on: the one that is said, else the only one that can.
fn account(call: &Call<'_>) -> Result<String, Problem> {
    if let Some(name) = call.body.text("account") {
        return Ok(name.to_owned());
    }
    let all = call.engine().bank_accounts(call.tenant)?;
    let mut with: Vec<String> = all.into_iter().filter(|one| beneficiary(&one.account).is_ok()).map(|one| one.name).collect();
    match (with.pop(), with.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Problem::field("/account", "required", "several accounts have slips; say which")),
        (None, _) => Err(Problem::field("/account", "required", "no account can issue slips; add one with a wallet")),
    }
}

fn barcode(slip: &Slip) -> Result<Barcode, Problem> {
    let bad = |why: &dyn std::fmt::Display| Problem::new(422, "bad_slip", why.to_string());
    let company = beneficiary(&slip.account.account)?;
    let number = OurNumber::new(company.bank(), &slip.number).map_err(|why| bad(&why))?;
    let free = free_field(&company, &number).map_err(|why| bad(&why))?;
    let bank = BankCode::parse(&slip.account.account.bank).map_err(|why| bad(&why))?;
    Barcode::new(bank, Some(slip.due_on), Some(slip.amount), free).map_err(|why| bad(&why))
}

fn slip(call: &Call<'_>) -> Result<Reply, Problem> {
    let account = account(call)?;
    let able = call.engine().bank_accounts(call.tenant)?.into_iter().find(|one| one.name == account);
    if let Some(able) = able {
        // Before anything is numbered: a slip that no bank could take helps nobody.
        beneficiary(&able.account).map_err(|error| super::shared::at(Problem::from(error), "/account", "no_slips"))?;
    }
    let slip = call.engine().issue_slip(call.tenant, &of_path(call), &account, &call.act()?, call.now);
    let slip = slip.map_err(|error| placed(error, &[("no_account", "/account")]))?;
    let barcode = barcode(&slip)?;
    let told = json!({
        "receivable": slip.receivable,
        "account": account,
        "number": slip.number,
        "status": slip.status,
        "known": slip.known,
        "amount": reply::money(slip.amount),
        "due_on": reply::day(slip.due_on),
        "barcode": barcode.to_string(),
        "line": barcode.line(),
    });
    Ok(if slip.known { Reply::one(told) } else { Reply::created(told) })
}

fn remit(call: &Call<'_>) -> Result<Reply, Problem> {
    let lacks = || Problem::conflict("not_ready", "company.tax_id of the settings is no CNPJ or CPF; banks ask for it");
    let company = ground(call).company.ok_or_else(lacks)?;
    let wanted = Wanted { account: call.at(0), name: &company.legal_name, tax_id: &company.tax_id, again: call.body.int("again") };
    let made = call.engine().remit(call.tenant, wanted, &call.act()?, call.now)?;
    let Remittance { number, bytes, refused, .. } = made;
    if bytes.is_empty() {
        let told = "no slip waits that the bank could register";
        let fields = refused.into_iter().map(|(receivable, why)| FieldError::new(&receivable, "not_registered", why)).collect();
        return Err(Problem { fields, ..Problem::conflict("no_slips", told) });
    }
    Ok(Reply::File { kind: "text/plain", name: format!("{}-{number}.rem", call.at(0)), bytes })
}
