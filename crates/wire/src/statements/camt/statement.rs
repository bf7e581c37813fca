//! The statements of a camt file: accounts, balances, entries as they end.
//!
//! Deliberately absent: the markup (`tree`) and what is in an entry (`entry`, `detail`).

use std::collections::BTreeMap;

use regua_core::bank::{Line, Statement};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::gather::{self, Gathered};
use super::super::{amount, day};
use super::detail::{self, Detail};
use super::entry;
use super::tree::{self, Node, Sink};

/// Counts and sums of one statement's entries, per currency.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    credits: (u32, i128),
    debits: (u32, i128),
    booked: i128,
}

/// What is gathered while a file is walked through.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) gathered: Gathered,
    made_on: Option<Day>,
    details: Vec<Detail>,
    lines: Vec<Line>,
    sums: BTreeMap<Currency, Sums>,
    first: Option<Currency>,
    /// Whether any statement ended.
    any: bool,
}

impl Sink for Reader {
    fn ended(&mut self, node: Node, around: &[Node]) -> Option<Node> {
        let within = |good: fn(&str) -> bool| around.iter().any(|outer| good(&outer.name));
        match &*node.name {
            "TxDtls" if !within(|name| name == "Ntry") => self.gathered.refuse(node.place, "TxDtls: a transaction outside of an entry"),
            "Ntry" if !within(tree::is_statement) => {
                self.gathered.refuse(node.place, "Ntry: an entry outside of a statement has no account")
            }
            "TxDtls" => self.details.push(detail::read(&node)),
            "Ntry" => self.entry(&node),
            name if tree::is_root(name) && !self.any => {
                self.gathered.refuse(node.place, format!("{name}: no statement of an account is in this file; ask the bank for one"));
            }
            "GrpHdr" => self.made_on = day::iso(node.text(&["CreDtTm"])),
            name if tree::is_statement(name) => self.statement(&node),
            _ => return Some(node),
        }
        None
    }

    fn broken(&mut self, place: u32, what: String) {
        self.gathered.refuse(place, what);
    }
}

impl Reader {
    fn entry(&mut self, node: &Node) {
        let details = std::mem::take(&mut self.details);
        let read = entry::whole(node).and_then(|whole| {
            let lines = whole.lines(details, node, &mut self.gathered)?;
            Ok((whole, lines))
        });
        match read {
            Ok((whole, lines)) => {
                self.first.get_or_insert(whole.currency);
                let sums = self.sums.entry(whole.currency).or_default();
                let side = if whole.minor < 0 { &mut sums.debits } else { &mut sums.credits };
                side.0 = side.0.saturating_add(1);
                side.1 += i128::from(whole.minor.unsigned_abs());
                sums.booked += if whole.booked { i128::from(whole.minor) } else { 0 };
                self.lines.extend(lines);
            }
            Err((place, what)) => self.gathered.refuse(place, what),
        }
    }

    fn statement(&mut self, node: &Node) {
        self.any = true;
        let (lines, sums) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.sums));
        let (first, balances) = (self.first.take(), self.balances(node));
        let told = node.at(&["Acct", "Ccy"]).and_then(|found| Currency::parse(found.text(&[])));
        let currency = told.or(first).or_else(|| balances.first().map(|balance| balance.currency));
        let Some(currency) = currency else {
            let what = "no currency: neither of the account, nor of a balance or entry; there is nothing to read in it";
            return self.gathered.refuse(node.place, format!("{}: {what}", node.name));
        };
        let sums = sums.get(&currency).copied().unwrap_or_default();
        self.balance(&balances, &sums);
        self.summary(node, currency, &sums);
        let closing = balances.iter().find(|balance| balance.kind == Kind::Closing).and_then(|balance| balance.on);
        let number = ["ElctrncSeqNb", "LglSeqNb"].iter().find_map(|name| node.text(&[name]).parse().ok());
        let account = node.at(&["Acct"]);
        let of = |path: &[&str]| account.and_then(|account| account.word(path)).unwrap_or_default();
        let either = |paths: &[&[&str]]| paths.iter().map(|path| of(path)).find(|word| !word.is_empty()).unwrap_or_default();
        let servicer = |name: &'static str| ["Svcr", "FinInstnId", name];
        let bank = either(&[&servicer("BICFI"), &servicer("BIC"), &["Svcr", "FinInstnId", "ClrSysMmbId", "MmbId"]]);
        let number_of = either(&[&["Id", "IBAN"], &["Id", "Othr", "Id"]]);
        self.gathered.statements.push(Statement {
            account: gather::account(&bank, &of(&["Svcr", "BrnchId", "Id"]), &number_of, Some(currency)),
            currency,
            number,
            made_on: day::iso(node.text(&["CreDtTm"])).or(self.made_on),
            until: closing.or_else(|| day::iso(node.text(&["FrToDt", "ToDtTm"]))).or_else(|| day::iso(node.text(&["FrToDt", "ToDt"]))),
            lines,
        });
    }

    fn balances(&mut self, node: &Node) -> Vec<Balance> {
        let mut balances = Vec::new();
        for found in node.all("Bal") {
            match Balance::read(found) {
                Ok(balance) => balances.push(balance),
                Err((place, what)) => self.gathered.refuse(place, what),
            }
        }
        balances
    }

    /// Opening and movements make the closing balance, if both are there in one currency.
    fn balance(&mut self, balances: &[Balance], sums: &Sums) {
        let of = |kind: Kind| balances.iter().find(|balance| balance.kind == kind);
        if let (Some(opening), Some(closing)) = (of(Kind::Opening), of(Kind::Closing))
            && opening.currency == closing.currency
        {
            let read = i128::from(opening.minor) + sums.booked;
            self.gathered.check(closing.place, "opening balance and movements make the closing balance", i128::from(closing.minor), read);
        }
    }

    /// `TxsSummry`: counts and sums of credits and debits.
    fn summary(&mut self, node: &Node, currency: Currency, sums: &Sums) {
        let sides = [
            ("TtlCdtNtries", sums.credits, "credits of a statement", "sum of the credits of a statement"),
            ("TtlDbtNtries", sums.debits, "debits of a statement", "sum of the debits of a statement"),
        ];
        for (name, (count, sum), of_count, of_sum) in sides {
            let Some(total) = node.at(&["TxsSummry", name]) else { continue };
            if let Ok(told) = total.text(&["NbOfNtries"]).parse::<u32>() {
                self.gathered.check(total.place, of_count, i128::from(told), i128::from(count));
            }
            if let Ok(told) = amount::minor(total.text(&["Sum"]), currency.digits()) {
                self.gathered.check(total.place, of_sum, i128::from(told), sum);
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Opening,
    Closing,
    Other,
}

/// A booked balance of an account.
#[derive(Debug)]
struct Balance {
    place: u32,
    kind: Kind,
    currency: Currency,
    minor: i64,
    on: Option<Day>,
}

impl Balance {
    fn read(node: &Node) -> Result<Self, (u32, String)> {
        let kind = match node.text(&["Tp", "CdOrPrtry", "Cd"]) {
            "OPBD" | "PRCD" => Kind::Opening,
            "CLBD" => Kind::Closing,
            _ => Kind::Other,
        };
        let found = node.at(&["Amt"]).ok_or_else(|| (node.place, "Bal/Amt: missing".to_owned()))?;
        let bad = |what: &str| (found.place, format!("Bal/Amt: {what}"));
        let currency = Currency::parse(&found.currency).ok_or_else(|| bad("`Ccy` is not a currency of ISO 4217, such as EUR"))?;
        let minor = amount::minor(found.text(&[]), currency.digits()).map_err(bad)?;
        let credit = detail::sign(node).ok_or_else(|| (node.place, "Bal/CdtDbtInd: neither CRDT nor DBIT".to_owned()))?;
        let on = day::iso(node.text(&["Dt", "Dt"])).or_else(|| day::iso(node.text(&["Dt", "DtTm"])));
        Ok(Self { place: node.place, kind, currency, minor: if credit { minor } else { minor.checked_neg().unwrap_or(0) }, on })
    }
}
