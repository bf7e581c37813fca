//! What the program around does with its settings: documents, gateways, files, its own health. A server without settings, as in
//! tests, has no office, and the operations that ask it say so.
//!
//! What is slow here is done one at a time: whoever asks meanwhile is told that it is busy. Values that only pass through come as
//! JSON, and the rows that answer with them say what is in them.

use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::party::TaxId;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};
use regua_engine::Act;
use regua_engine::commands::tell::About;
use regua_engine::letters::Company;
use regua_wire::billing::TermsWords;
use regua_wire::messages::Templates;
use serde_json::Value;

use crate::api::Problem;

/// What an office answers.
pub type Answered<T> = Result<T, Problem>;

/// Which document.
#[derive(Clone, Debug)]
pub enum Paper {
    /// An invoice, by its number or id.
    Invoice(String),
    /// A receipt of the newest payment on a receivable.
    Receipt(String),
    /// The slip of a receivable on an account; it is issued when there is none that can still be paid. The only account that
    /// has slips when none is named.
    Slip {
        /// The receivable, as its source calls it.
        receivable: String,
        /// The bank account.
        account: Option<String>,
    },
    /// A statement of account.
    Statement {
        /// The customer, as its source calls it.
        customer: String,
        /// Its first day; the day of the first entry when absent.
        from: Option<Day>,
        /// Its last day; today when absent.
        until: Option<Day>,
        /// Of which currency, where a customer has several.
        currency: Option<Currency>,
    },
}

/// A document as PDF.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    /// What it is called when it is saved.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What is asked of a look ahead.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// One customer's, as its source calls it; everybody's when absent.
    pub customer: Option<String>,
    /// Days to look ahead, from 1.
    pub days: u16,
    /// Whether messages are written.
    pub render: bool,
    /// Steps that are told at most, the earliest first.
    pub most: usize,
    /// A policy's text under which everybody would be, published nowhere; as things are when absent.
    pub under: Option<String>,
}

/// A policy over the company's own past.
#[derive(Clone, Debug)]
pub struct Backtesting {
    /// Its text, which is right.
    pub text: String,
    /// The text of another, to compare.
    pub against: Option<String>,
    /// The first day of issue of what is looked at.
    pub from: Day,
}

/// How a file is read. Words are those of the command line; nothing is guessed about what is said.
#[derive(Clone, Default, Debug)]
pub struct Reading {
    /// Whether it holds payments of receivables that are known; receivables with their customers otherwise.
    pub payments: bool,
    /// What it is called in what is told of it.
    pub name: String,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// The text of a mapping file.
    pub map: Option<String>,
    /// The order of dates: ymd, dmy, mdy.
    pub dates: Option<String>,
    /// The decimal mark: comma, point.
    pub decimal: Option<String>,
    /// The separator: comma, semicolon, tab.
    pub delimiter: Option<String>,
    /// The encoding: utf-8, latin1, utf-16le, utf-16be.
    pub encoding: Option<String>,
    /// The currency where no column says it.
    pub currency: Option<String>,
    /// The country of tax ids and phone numbers.
    pub country: Option<String>,
}

/// What a customer is asked to authorise.
#[derive(Clone, Debug)]
pub struct Authorising {
    /// The customer, as its source calls it.
    pub customer: String,
    /// By which gateway.
    pub gateway: String,
    /// What for, as the payer reads it.
    pub what: String,
    /// week, month, quarter, half-year or year.
    pub every: String,
    /// The first day on which money may be asked for; tomorrow when absent.
    pub from: Option<Day>,
    /// The same amount each time.
    pub fixed: Option<Money>,
    /// Whether a debit that failed may be tried again.
    pub retries: bool,
    /// The payer's bank (ISPB), branch and account, to be asked by a notice there.
    pub notice: Option<(String, Option<String>, String)>,
}

/// What messages are written on: who writes, in which texts.
pub struct Paperwork {
    /// The company of the settings; a made-up one while they name none.
    pub company: Company,
    /// The texts that ship, with those of the settings' folder over them.
    pub templates: Arc<Templates>,
}

/// A message of a template as it looks with this company's texts and brand: about made-up facts, or a real customer.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The template; the step's when absent.
    pub template: Option<String>,
    /// A file in place of the template's, which is published nowhere.
    pub text: Option<String>,
    /// Whom it is about; made-up facts when absent.
    pub about: Option<About>,
    /// The step of the receivable's ladder whose message it is.
    pub step: Option<String>,
    /// In which language; the company's when absent.
    pub language: Option<Language>,
    /// How it is said.
    pub tone: Option<Tone>,
    /// On which channel.
    pub channel: Channel,
}

/// What the settings say that acts go by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ground {
    /// The terms of invoices, where a subscription says none of its own.
    pub terms: TermsWords,
    /// What lacks before a message could be written and sent; while anything does, the shadow is not left.
    pub lacks: Vec<String>,
    /// The company as its banks know it; none while the settings do not say it.
    pub company: Option<BankParty>,
}

/// The company as its banks know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankParty {
    /// Its name in the register.
    pub legal_name: String,
    /// Its CNPJ or CPF.
    pub tax_id: TaxId,
}

/// What the program around does.
pub trait Office: Send + Sync {
    /// What the settings say that acts go by.
    fn ground(&self) -> Ground;

    /// Prints a document; in the customer's language when none is asked for. `act` is who asks, for the documents that are issued
    /// by printing them.
    ///
    /// # Errors
    /// What is not there, or lacks before it can be printed.
    fn print(&self, paper: &Paper, language: Option<Language>, act: &Act) -> Answered<Printed>;

    /// What will happen if nobody pays: `{from, to, steps, more}`, and under another policy's text `moves` beside them.
    ///
    /// # Errors
    /// What is not there; that there is too much of it.
    fn plan(&self, asked: &Ahead) -> Answered<Value>;

    /// Begins a backtest beside requests; `false` while another is under way.
    ///
    /// # Errors
    /// That it cannot be begun.
    fn backtest(&self, asked: &Backtesting) -> Answered<bool>;

    /// Where the backtest stands: `{running, done_bp, began_at, ended_at, result, failed}`.
    fn backtested(&self) -> Value;

    /// Takes a file in: what changed, what was understood, what was rejected. `act` is who does it.
    ///
    /// # Errors
    /// What keeps the whole file from being read.
    fn import(&self, file: &[u8], how: &Reading, act: &Act) -> Answered<Value>;

    /// The gateways of the settings with what is known of them, without asking them.
    ///
    /// # Errors
    /// Whatever the database says.
    fn gateways(&self) -> Answered<Vec<Value>>;

    /// Asks a gateway whether it can be used: `{name, works, found}`.
    ///
    /// # Errors
    /// That there is no such gateway.
    fn check_gateway(&self, name: &str) -> Answered<Value>;

    /// Reads what a gateway lists since the last time: `{heard, known}`.
    ///
    /// # Errors
    /// That there is no such gateway, or that it cannot be reached.
    fn read_gateway(&self, name: &str) -> Answered<Value>;

    /// The channels of the settings besides e-mail, each asked whether it can be used: `{channel, works, found, per_second}`.
    ///
    /// # Errors
    /// What is wrong with the settings.
    fn channels(&self) -> Answered<Vec<Value>>;

    /// Sends a message that tries a channel out: `{taken, said}`.
    ///
    /// # Errors
    /// That nothing carries the channel, or that the address is none.
    fn test_channel(&self, channel: Channel, to: &str) -> Answered<Value>;

    /// Processes a webhook again that could not be: `{processed, why}`.
    ///
    /// # Errors
    /// That there is no such webhook.
    fn replay_webhook(&self, gateway: &str, hook: [u8; 16], act: &Act) -> Answered<Value>;

    /// Reads some pages of a biller's account that is mirrored.
    ///
    /// # Errors
    /// That it is not mirrored, or cannot be reached.
    fn sync(&self, gateway: &str, full: bool, dry_run: bool) -> Answered<Value>;

    /// From now on Régua charges by a gateway what its biller does not charge itself.
    ///
    /// # Errors
    /// That there is no such gateway.
    fn take_over(&self, gateway: &str, act: &Act) -> Answered<()>;

    /// Hands control back to a biller.
    ///
    /// # Errors
    /// That there is no such gateway.
    fn eject(&self, gateway: &str, dry_run: bool, act: &Act) -> Answered<Value>;

    /// What a biller must know when control is handed back: CSV, a line for each open invoice. Nothing is changed.
    ///
    /// # Errors
    /// That there is no such gateway.
    fn handover(&self, gateway: &str) -> Answered<Vec<u8>>;

    /// Asks a customer to authorise debits.
    ///
    /// # Errors
    /// What is not there, lacks, or may not be in this mode.
    fn authorise(&self, asked: &Authorising, act: &Act) -> Answered<Value>;

    /// Asks the bank where an authorisation stands.
    ///
    /// # Errors
    /// That there is no such authorisation, or that the bank cannot be reached.
    fn authorisation(&self, method: PaymentMethodId) -> Answered<Value>;

    /// Ends an authorisation at its bank.
    ///
    /// # Errors
    /// As [`Office::authorisation`].
    fn end_authorisation(&self, method: PaymentMethodId, act: &Act) -> Answered<()>;

    /// Learns from the company's own retries when a charge succeeds: `{retries, furthest}`.
    ///
    /// # Errors
    /// That there is too little to learn from.
    fn learn_retries(&self, act: &Act) -> Answered<Value>;

    /// Pays something of the sandbox's as a payer would.
    ///
    /// # Errors
    /// That there is no sandbox, or nothing of it to pay.
    fn sandbox_pay(&self, receivable: &str) -> Answered<()>;

    /// Everything that an installation needs, looked at one by one: `{what, state, found, mend}` each.
    ///
    /// # Errors
    /// That somebody else looks now.
    fn doctor(&self) -> Answered<Vec<Value>>;

    /// Begins to prove that everything is whole, unless that is under way; where it stands.
    ///
    /// # Errors
    /// That it cannot be begun.
    fn verify(&self) -> Answered<Value>;

    /// Where the proof stands: `{running, began_at, ended_at, verdict}`.
    fn verdict(&self) -> Value;

    /// What messages are written on.
    ///
    /// # Errors
    /// What is wrong with the texts of the folder.
    fn paperwork(&self) -> Answered<Paperwork>;

    /// How a template reads: `{template, language, tone, subject, text, html, customer, receivables, step}`.
    ///
    /// # Errors
    /// That there is no such template, or why it cannot be written.
    fn sample(&self, sample: &Sample) -> Answered<Value>;

    /// Sends such a sample by e-mail.
    ///
    /// # Errors
    /// As [`Office::sample`]; what the mail server said.
    fn send_sample(&self, sample: &Sample, to: &str) -> Answered<()>;
}
