//! The batches of a NACHA file as statements, and its control records as checks.
//!
//! Deliberately absent: columns (`records`). A line that is refused is in no count or sum, so that the controls fail as they
//! must; addenda of a refused entry are silent, for one fault is told once.

use regua_core::bank::{Event, Line, Statement};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::day;
use super::super::gather::{self, Gathered};
use super::super::text::{clean, joined, word};
use super::records::{Class, Entry, News, columns, number};

/// Digits of a hash: what does not fit is cut off in front.
const HASH_MODULUS: i64 = 10_000_000_000;

/// Counts and sums, of a batch or a file.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    lines: i64,
    hash: i64,
    debits: i64,
    credits: i64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.lines = self.lines.saturating_add(other.lines);
        self.hash = (self.hash + other.hash) % HASH_MODULUS;
        self.debits = self.debits.saturating_add(other.debits);
        self.credits = self.credits.saturating_add(other.credits);
    }
}

/// An entry with its addenda, until the next one begins.
struct Pending<'l> {
    place: u32,
    entry: Entry<'l>,
    news: Option<News<'l>>,
    /// A 98 or 99 that could not be read: what the entry is, is then unknown.
    unknown: bool,
    name: Option<Box<str>>,
    texts: Vec<&'l str>,
}

/// What stands before a record 7.
enum Before<'l> {
    Nothing,
    Refused,
    Entry(Box<Pending<'l>>),
}

struct Batch {
    class: Class,
    statement: Statement,
    posted_on: Option<Day>,
    settled_on: Option<Day>,
    totals: Totals,
}

/// A file while it is read, line by line.
pub(super) struct Reader<'l, 'g> {
    gathered: &'g mut Gathered,
    made_on: Option<Day>,
    batch: Option<Batch>,
    before: Before<'l>,
    totals: Totals,
    batches: i64,
    advice: bool,
    controlled: bool,
}

impl<'l, 'g> Reader<'l, 'g> {
    pub(super) fn new(gathered: &'g mut Gathered) -> Self {
        Self {
            gathered,
            made_on: None,
            batch: None,
            before: Before::Nothing,
            totals: Totals::default(),
            batches: 0,
            advice: false,
            controlled: false,
        }
    }

    /// A line that is not even one; what stands behind it may belong to it.
    pub(super) fn refuse(&mut self, place: u32, line: &[u8], what: String) {
        if line.starts_with(b"6") {
            self.settle();
            self.before = Before::Refused;
        }
        self.gathered.refuse(place, what);
    }

    /// A line of 94 ASCII columns.
    pub(super) fn line(&mut self, place: u32, line: &'l str) {
        let read = match columns(line, 1, 1) {
            "1" => {
                self.made_on = day::yymmdd(columns(line, 24, 29));
                if self.made_on.is_some() {
                    Ok(())
                } else {
                    Err("columns 24-29 (day of creation): not a day that exists, such as 261130".to_owned())
                }
            }
            "5" => {
                self.begin(place, line);
                Ok(())
            }
            "6" => self.entry(place, line),
            "7" => self.addenda(line),
            "8" => self.control(place, line),
            // Lines of nines fill the last block.
            "9" if line.bytes().all(|byte| byte == b'9') => Ok(()),
            "9" => self.file_control(place, line),
            _ => Err("column 1: no record of a NACHA file begins so; 1, 5, 6, 7, 8 and 9 are known".to_owned()),
        };
        if let Err(what) = read {
            self.gathered.refuse(place, what);
        }
    }

    /// The last line was read.
    pub(super) fn finish(&mut self, last: u32) {
        self.end(Some(last));
        if !self.controlled {
            self.gathered.refuse(last, "the file ends without its control record (9): lines may be missing; ask for the file again");
        }
    }

    fn begin(&mut self, place: u32, line: &str) {
        self.end(Some(place));
        let class = Class::of(columns(line, 51, 53).trim(), columns(line, 5, 20).trim());
        self.advice |= class == Class::Advice;
        self.batches += 1;
        let number = columns(line, 88, 94).parse().ok();
        let account = gather::account(columns(line, 80, 87), "", columns(line, 41, 50), None);
        let effective = day::yymmdd(columns(line, 70, 75));
        let near = effective.or(self.made_on);
        let settled_on = near.and_then(|near| day::julian(columns(line, 76, 78), near));
        let statement = Statement { account, currency: Currency::USD, number, made_on: self.made_on, until: None, lines: Vec::new() };
        self.batch = Some(Batch { class, statement, posted_on: settled_on.or(effective), settled_on, totals: Totals::default() });
        self.before = Before::Nothing;
    }

    fn entry(&mut self, place: u32, line: &'l str) -> Result<(), String> {
        self.settle();
        self.before = Before::Refused;
        let batch = self.batch.as_mut().ok_or("an entry outside of a batch")?;
        let entry = Entry::read(line, batch.class)?;
        let (debits, credits) = if entry.is_debit(batch.class) { (entry.minor, 0) } else { (0, entry.minor) };
        batch.totals.add(Totals { lines: 1, hash: entry.bank, debits, credits });
        self.before = Before::Entry(Box::new(Pending { place, entry, news: None, unknown: false, name: None, texts: Vec::new() }));
        Ok(())
    }

    fn addenda(&mut self, line: &'l str) -> Result<(), String> {
        let pending = match &mut self.before {
            Before::Entry(pending) => pending,
            Before::Refused => return Ok(()),
            Before::Nothing => return Err("an addenda without an entry before it".to_owned()),
        };
        let Some(batch) = self.batch.as_mut() else { return Ok(()) };
        match columns(line, 2, 3) {
            "98" | "99" => match News::read(line, batch.class) {
                Ok(news) => pending.news = Some(news),
                Err(what) => {
                    pending.unknown = true;
                    return Err(format!("{what}; the entry of line {} is set aside with it", pending.place));
                }
            },
            "05" => pending.texts.push(columns(line, 4, 83)),
            "10" if batch.class == Class::International => pending.name = word(columns(line, 47, 81)),
            "17" if batch.class == Class::International => pending.texts.push(columns(line, 4, 83)),
            "02" | "11" | "12" | "13" | "14" | "15" | "16" | "18" => {}
            _ => return Err(format!("columns 2-3 (type of addenda): none that is known; the entry of line {} stays", pending.place)),
        }
        batch.totals.lines += 1;
        Ok(())
    }

    /// The entry before this line is complete.
    fn settle(&mut self) {
        let Before::Entry(pending) = std::mem::replace(&mut self.before, Before::Nothing) else { return };
        let Some(batch) = self.batch.as_mut() else { return };
        if pending.unknown {
            return;
        }
        let place = pending.place;
        match batch.line(*pending, self.made_on) {
            Ok(line) => batch.statement.lines.push(line),
            Err(what) => self.gathered.refuse(place, format!("columns 30-39 (amount): {what}")),
        }
    }

    /// The batch is complete; `cut` is where, if its control record is missing.
    fn end(&mut self, cut: Option<u32>) {
        self.settle();
        let Some(batch) = self.batch.take() else { return };
        if let Some(place) = cut {
            self.gathered.refuse(place, "the batch before this line has no control record (8): lines may be missing");
        }
        self.totals.add(batch.totals);
        self.gathered.statements.push(batch.statement);
    }

    fn control(&mut self, place: u32, line: &str) -> Result<(), String> {
        self.settle();
        let batch = self.batch.as_ref().ok_or("a control record (8) without its batch")?;
        let (totals, advice) = (batch.totals, batch.class == Class::Advice);
        self.end(None);
        let (debits, credits) = if advice { ((21, 40), (41, 60)) } else { ((21, 32), (33, 44)) };
        let count = number(line, 5, 10, "entries and addenda")?;
        let hash = number(line, 11, 20, "hash")?;
        let (debits, credits) = (number(line, debits.0, debits.1, "debits")?, number(line, credits.0, credits.1, "credits")?);
        let told = Totals { lines: count, hash, debits, credits };
        let names = ["entries and addenda of a batch", "hash of a batch", "sum of the debits of a batch", "sum of the credits of a batch"];
        self.compare(place, names, told, totals);
        Ok(())
    }

    fn file_control(&mut self, place: u32, line: &str) -> Result<(), String> {
        self.controlled = true;
        self.end(Some(place));
        let (debits, credits) = if self.advice { ((32, 51), (52, 71)) } else { ((32, 43), (44, 55)) };
        let batches = number(line, 2, 7, "batches")?;
        let count = number(line, 14, 21, "entries and addenda")?;
        let hash = number(line, 22, 31, "hash")?;
        let (debits, credits) = (number(line, debits.0, debits.1, "debits")?, number(line, credits.0, credits.1, "credits")?);
        self.gathered.check(place, "batches of the file", i128::from(batches), i128::from(self.batches));
        let told = Totals { lines: count, hash, debits, credits };
        let names =
            ["entries and addenda of the file", "hash of the file", "sum of the debits of the file", "sum of the credits of the file"];
        self.compare(place, names, told, self.totals);
        Ok(())
    }

    fn compare(&mut self, place: u32, names: [&'static str; 4], told: Totals, read: Totals) {
        let [lines, hash, debits, credits] = names;
        for (of, told, read) in [
            (lines, told.lines, read.lines),
            (hash, told.hash, read.hash),
            (debits, told.debits, read.debits),
            (credits, told.credits, read.credits),
        ] {
            self.gathered.check(place, of, i128::from(told), i128::from(read));
        }
    }
}

impl Batch {
    /// An entry and its addenda as a line.
    fn line(&self, pending: Pending<'_>, made_on: Option<Day>) -> Result<Line, &'static str> {
        let Pending { place, entry, news, unknown: _, name, texts } = pending;
        let debit = entry.is_debit(self.class);
        let event = match &news {
            Some(news) if news.is_dispute() => Event::Other,
            Some(news) if news.returned => Event::Returned,
            Some(_) => Event::Changed,
            // A debit asks for money that has not come yet; a credit, a prenote or an advice brings none.
            None if debit && entry.minor > 0 && self.class != Class::Advice => Event::Pending,
            None => Event::Other,
        };
        let mut line = gather::line(place, event, entry.minor, Currency::USD)?;
        line.names.bank_id = Some(entry.trace.into());
        line.names.company_use = entry.individual;
        line.payer.name = entry.name.or(name);
        line.payer.account = entry.account;
        line.posted_on = self.posted_on;
        line.text = clean(&joined(texts, " "));
        if let Some(news) = news {
            line.posted_on = self.settled_on.or(made_on);
            line.names.bank_id = news.trace.or(line.names.bank_id);
            line.names.of = news.of;
            line.codes.push(news.code.into());
            let text = clean(news.text);
            if news.returned {
                line.text = clean(&joined([&*text, &*line.text], " "));
            } else if !text.is_empty() {
                line.codes.push(text);
            }
        }
        line.codes.push(entry.code.into());
        Ok(line)
    }
}
