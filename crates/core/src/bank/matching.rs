//! What a line of a bank's file is about, with how sure that is: first by what it is called, then by who paid how much.
//!
//! The order is SPEC §10's: an id, then amount, payer and date. Below [`SURE`] nothing is booked: a person is asked, with the
//! candidates in the order of their confidence. Deliberately absent: looking for candidates, and booking.

use crate::bank::{Event, Line};
use crate::money::Money;
use crate::words::text_enum;

/// From this confidence on, in percent, a line is booked without asking.
pub const SURE: u8 = 95;

text_enum! {
    /// By what a receivable was found.
    Found, "way of finding" {
        Txid = "txid", OurNumber = "our_number", Document = "document", Text = "text", Payer = "payer", Name = "name",
    }
}

/// A receivable that a line may be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Its place among those that were found.
    pub place: usize,
    /// Its customer's place among those that were found.
    pub customer: usize,
    /// By what it was found; the strongest way when there are several.
    pub by: Found,
    /// What settles it on the payer's day; zero when it is settled.
    pub owes: Money,
    /// What all that is open of its customer comes to on that day, in this currency.
    pub owed_by_all: Money,
    /// The payer's tax id is its customer's.
    pub payer: bool,
    /// The payer's name is its customer's.
    pub name: bool,
    /// The payer's day is before the day of issue.
    pub early: bool,
    /// Its place in the order in which money without a name pays: the oldest due first.
    pub order: usize,
}

/// What to do with a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It pays on this receivable.
    Book(Match),
    /// It pays on what is open of this receivable's customer, the oldest first.
    BookAll(Match),
    /// A person says; the best first.
    Ask(Why, Vec<Match>),
    /// It is kept, and nothing follows from it.
    Keep,
}

/// A candidate with its confidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Match {
    /// The candidate.
    pub place: usize,
    /// By what it was found.
    pub by: Found,
    /// How sure it is, in percent; 100 is what only an id of our own gives.
    pub percent: u8,
}

text_enum! {
    /// Why a person is asked.
    Why, "reason to ask" {
        Unknown = "unknown", Unsure = "unsure", Several = "several", NothingOpen = "nothing_open", Closed = "closed",
        NoAmount = "no_amount", Rejected = "rejected", Returned = "returned",
    }
}

/// What a line that brought money in is about.
///
/// * `candidates` — what was found, each receivable once.
///
/// A slip or charge of our own is certain whatever was paid on it: too little or too much is money on it all the same. A
/// document's number needs the amount to agree. A payer's tax id needs the amount to be that of one receivable or of all.
/// A name is never enough, whatever the amount; an amount alone is not even looked for.
///
/// ```
/// # use regua_core::{bank::{Event, matching::{Candidate, Found, Match, Verdict, Why, judge}}, currency::Currency, money::Money};
/// let real = |minor| Money::new(minor, Currency::BRL);
/// let one = Candidate {
///     place: 0, customer: 0, by: Found::Payer, owes: real(9_900), owed_by_all: real(9_900), payer: true, name: true, early: false, order: 0,
/// };
/// let sure = Match { place: 0, by: Found::Payer, percent: 96 };
/// assert_eq!(judge(Event::Paid, Some(real(9_900)), &[one]), Verdict::Book(sure));
/// let other = Match { place: 0, by: Found::Payer, percent: 80 };
/// assert_eq!(judge(Event::Paid, Some(real(5_000)), &[one]), Verdict::Ask(Why::Unsure, vec![other]));
/// ```
#[must_use]
pub fn judge(event: Event, amount: Option<Money>, candidates: &[Candidate]) -> Verdict {
    match event {
        Event::Paid | Event::PaidClosed => {}
        Event::Rejected => return Verdict::Ask(Why::Rejected, Vec::new()),
        Event::Returned => return Verdict::Ask(Why::Returned, Vec::new()),
        Event::Pending | Event::Registered | Event::Closed | Event::Changed | Event::Fee | Event::Spent | Event::Other => {
            return Verdict::Keep;
        }
    }
    let Some(amount) = amount.filter(|amount| amount.minor() > 0) else { return Verdict::Ask(Why::NoAmount, Vec::new()) };
    let mut matches: Vec<(Match, &Candidate)> = candidates
        .iter()
        .filter(|candidate| candidate.owes.currency() == amount.currency())
        .map(|candidate| (Match { place: candidate.place, by: candidate.by, percent: confidence(candidate, amount) }, candidate))
        .collect();
    matches.sort_by_key(|(found, candidate)| (u8::MAX - found.percent, candidate.order, candidate.place));
    let ranked = || matches.iter().map(|(found, _)| *found).collect();
    let Some(&(best, candidate)) = matches.first() else { return Verdict::Ask(Why::Unknown, Vec::new()) };
    if best.percent < SURE {
        let open = candidates.iter().any(|candidate| candidate.owes.minor() > 0);
        return Verdict::Ask(if open { Why::Unsure } else { Why::NothingOpen }, ranked());
    }
    // Equally good ones of the same payer: money without a name pays the oldest. Of different ones nobody can know.
    let rivals = matches.iter().filter(|(found, other)| found.percent >= SURE && other.customer != candidate.customer);
    let own_id = matches.iter().filter(|(found, _)| found.percent == 100).count();
    if (best.percent < 100 && rivals.count() > 0) || own_id > 1 {
        return Verdict::Ask(Why::Several, ranked());
    }
    if event == Event::PaidClosed && best.percent < 100 {
        return Verdict::Ask(Why::Closed, ranked());
    }
    let of_all = matches!(best.by, Found::Payer | Found::Text) && candidate.owes != amount;
    if of_all { Verdict::BookAll(best) } else { Verdict::Book(best) }
}

/// How sure it is that money of this amount is for a candidate, in percent.
///
/// The steps are a choice of ours: no source gives probabilities. What matters is which lie at [`SURE`] or above.
fn confidence(candidate: &Candidate, amount: Money) -> u8 {
    let (exact, all) = (candidate.owes == amount, candidate.owed_by_all == amount);
    let by_payer = if exact || all { 96 } else { 80 };
    let percent = match candidate.by {
        Found::Txid | Found::OurNumber => return 100,
        Found::Document if exact => 98,
        Found::Document => 85,
        Found::Text if exact && (candidate.payer || candidate.name) => 97,
        Found::Text if exact => 90,
        Found::Text if candidate.payer => by_payer,
        Found::Text => 70,
        Found::Payer => by_payer,
        Found::Name if exact || all => 75,
        Found::Name => 50,
    };
    // Nobody pays before there is a bill, except by mistake; and what is settled needs no money.
    let doubt = if candidate.early { 25 } else { 0 } + if candidate.owes.is_zero() { 30 } else { 0 };
    if doubt == 0 { percent } else { percent.saturating_sub(doubt).max(10) }
}

/// The words of a line's text that may be the number of a document: at most [`WORDS_MAX`], each with a digit and of three
/// characters or more.
///
/// ```
/// # use regua_core::bank::matching::words;
/// assert_eq!(words("PIX RECEBIDO ref. INV-2026/0007, obrigado").collect::<Vec<_>>(), ["INV-2026/0007"]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |letter: char| !letter.is_alphanumeric();
    let words = text.split(char::is_whitespace).map(move |word| word.trim_matches(ends));
    words.filter(|word| word.len() >= 3 && word.bytes().any(|byte| byte.is_ascii_digit())).take(WORDS_MAX)
}

/// Words of a text that are looked for.
pub const WORDS_MAX: usize = 8;

/// A person's or company's name as it is compared: letters and digits without accents and case, one blank between words,
/// without the ends that say what a company is.
///
/// ```
/// # use regua_core::bank::matching::folded;
/// assert_eq!(folded("Padaria São João Ltda."), folded("PADARIA SAO JOAO"));
/// ```
#[must_use]
pub fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => folded.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            letter if letter.is_alphanumeric() => folded.push(letter),
            '.' => {} // S.A. is SA
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    let mut words: Vec<&str> = folded.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|last| COMPANIES.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

/// What says that a name is a company's.
const COMPANIES: &[&str] =
    &["ltda", "me", "epp", "eireli", "sa", "sl", "srl", "spa", "gmbh", "ag", "inc", "llc", "ltd", "limited", "plc", "bv"];

/// What a line is the same as in another file: two that say the same of this are one.
///
/// A Pix is its end-to-end id. A slip's news is its number, the bank's code, both days and the amount. Any other line is
/// the bank's id of it with day and amount, since banks use an id again; without one, what it says. Lines of one file that
/// are equal in this are told apart by their count, so that the same money twice on one day is two payments.
#[must_use]
pub fn identity(account: &str, line: &Line) -> String {
    let day = |day: Option<crate::time::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let minor = line.amount.map_or(0, Money::minor);
    let (event, names) = (line.event.as_str(), &line.names);
    if let Some(id) = &names.end_to_end {
        return format!("pix|{id}|{event}|{minor}");
    }
    if let Some(number) = &names.our_number {
        let code = line.codes.first().map_or("", |code| &**code);
        return format!("slip|{account}|{number}|{event}|{code}|{}|{}|{minor}", day(line.paid_on), day(line.posted_on));
    }
    if let Some(id) = &names.bank_id {
        return format!("id|{account}|{id}|{event}|{}|{minor}", day(line.posted_on));
    }
    let says = [&names.document, &names.company_use, &names.txid, &names.of, &line.payer.name];
    let says: Vec<&str> = says.into_iter().map(|name| name.as_deref().unwrap_or("")).collect();
    format!("line|{account}|{event}|{}|{}|{minor}|{}|{}", day(line.paid_on), day(line.posted_on), says.join("|"), line.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::Currency;

    fn real(minor: i64) -> Money {
        Money::new(minor, Currency::BRL)
    }

    fn candidate(place: usize, by: Found, owes: i64) -> Candidate {
        let owes = real(owes);
        Candidate { place, customer: place, by, owes, owed_by_all: owes, payer: false, name: false, early: false, order: place }
    }

    #[test]
    fn a_slip_of_our_own_is_booked_whatever_was_paid_on_it() {
        for paid in [1, 9_900, 20_000] {
            let verdict = judge(Event::PaidClosed, Some(real(paid)), &[candidate(0, Found::OurNumber, 9_900)]);
            assert_eq!(verdict, Verdict::Book(Match { place: 0, by: Found::OurNumber, percent: 100 }), "{paid}");
        }
    }

    #[test]
    fn a_document_books_only_with_its_amount_and_before_it_was_issued_never() {
        let document = candidate(0, Found::Document, 9_900);
        assert!(matches!(judge(Event::Paid, Some(real(9_900)), &[document]), Verdict::Book(_)));
        assert!(matches!(judge(Event::Paid, Some(real(9_800)), &[document]), Verdict::Ask(Why::Unsure, _)));
        assert!(matches!(judge(Event::Paid, Some(real(9_900)), &[Candidate { early: true, ..document }]), Verdict::Ask(Why::Unsure, _)));
        assert!(matches!(judge(Event::PaidClosed, Some(real(9_900)), &[document]), Verdict::Ask(Why::Closed, _)));
    }

    #[test]
    fn two_payers_that_fit_equally_are_a_question_and_two_receivables_of_one_payer_are_not() {
        let [first, second] = [candidate(0, Found::Payer, 9_900), candidate(1, Found::Payer, 9_900)];
        assert!(matches!(judge(Event::Paid, Some(real(9_900)), &[first, second]), Verdict::Ask(Why::Several, ranked) if ranked.len() == 2));
        let second = Candidate { customer: 0, ..second };
        let Verdict::Book(found) = judge(Event::Paid, Some(real(9_900)), &[second, first]) else { panic!("it is booked") };
        assert_eq!(found.place, 0, "the oldest");
    }

    #[test]
    fn the_sum_of_everything_open_pays_all_of_it() {
        let one = Candidate { owed_by_all: real(19_800), ..candidate(0, Found::Payer, 9_900) };
        assert!(matches!(judge(Event::Paid, Some(real(19_800)), &[one]), Verdict::BookAll(_)));
    }

    #[test]
    fn a_name_with_the_amount_never_books() {
        let one = Candidate { name: true, ..candidate(0, Found::Name, 9_900) };
        assert!(matches!(judge(Event::Paid, Some(real(9_900)), &[one]), Verdict::Ask(Why::Unsure, _)));
    }

    #[test]
    fn nothing_found_or_nothing_open_is_said() {
        assert_eq!(judge(Event::Paid, Some(real(1)), &[]), Verdict::Ask(Why::Unknown, Vec::new()));
        assert!(matches!(judge(Event::Paid, Some(real(1)), &[candidate(0, Found::Payer, 0)]), Verdict::Ask(Why::NothingOpen, _)));
        assert_eq!(judge(Event::Paid, None, &[]), Verdict::Ask(Why::NoAmount, Vec::new()));
        assert_eq!(judge(Event::Fee, Some(real(1)), &[]), Verdict::Keep);
    }

    #[test]
    fn money_in_another_currency_is_not_for_it() {
        let dollars = Money::new(9_900, Currency::parse("USD").unwrap());
        assert_eq!(judge(Event::Paid, Some(dollars), &[candidate(0, Found::OurNumber, 9_900)]), Verdict::Ask(Why::Unknown, Vec::new()));
    }
}
