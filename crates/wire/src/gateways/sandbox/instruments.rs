//! Something to pay by, of the sandbox: codes and lines that any reader takes, of money that nobody can pay.
//!
//! What an instrument is stands in its name, so that whoever looks needs nothing else. Whether it gets paid stands in the
//! customer's token:
//!
//! | customer's token | the instrument |
//! | --- | --- |
//! | `sandbox_pays_due` | is paid on the due day |
//! | `sandbox_pays_early_3d`, `sandbox_pays_late_3d` | three days before, after |
//! | `sandbox_pays_twice` | twice on the due day: the second is one too many |
//! | `sandbox_pays_at_cancel` | when it is cancelled: the payer was faster |
//! | anything else | is not paid, until a webhook says so ([`super::instrument_paid`]) |
//!
//! Deliberately absent: that it was cancelled, which nothing here remembers.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::Rail;
use sha2::{Digest, Sha256};

use super::super::{Instrument, InstrumentOrder, InstrumentStanding, Settlement, Trouble};
use super::{PAGE, payment};
use crate::boleto::{BankCode, Barcode, FreeField};
use crate::pix::{BrCode, Initiation, Location, Merchant, Payment};

/// What names of instruments begin with.
const INSTRUMENT: &str = "sbx_ins_";
/// No bank has it, and no payer's bank takes it.
const BANK: &str = "999";
/// Digits of a bank's own part of a slip.
const FREE_DIGITS: usize = 25;
/// Days by which a customer is early or late at most.
const SHIFT_DAYS_MAX: i32 = 3_650;
/// When the payers of the sandbox pay.
const NOON: LocalTime = LocalTime::hour(12);

/// What the name of an instrument says.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Made {
    rail: Rail,
    amount: Money,
    due_on: Day,
    valid_until: Day,
    pays: Pays,
    key: String,
}

/// What the payer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pays {
    Never,
    /// So many days after the due day.
    On(i32),
    Twice,
    AtCancel,
}

impl Pays {
    fn of(token: Option<&str>) -> Self {
        let Some(how) = token.and_then(|token| token.strip_prefix("sandbox_pays_")) else { return Self::Never };
        let days = |text: &str| text.strip_suffix('d')?.parse::<i32>().ok().filter(|days| (0..=SHIFT_DAYS_MAX).contains(days));
        let shift = |prefix: &str| how.strip_prefix(prefix).and_then(days);
        match how {
            "due" => Self::On(0),
            "twice" => Self::Twice,
            "at_cancel" => Self::AtCancel,
            _ => match (shift("early_"), shift("late_")) {
                (Some(days), _) => Self::On(-days),
                (None, Some(days)) => Self::On(days),
                (None, None) => Self::Never,
            },
        }
    }

    fn write(self) -> String {
        match self {
            Self::Never => "n".to_owned(),
            Self::On(days) => format!("d{days}"),
            Self::Twice => "t".to_owned(),
            Self::AtCancel => "c".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text {
            "n" => Some(Self::Never),
            "t" => Some(Self::Twice),
            "c" => Some(Self::AtCancel),
            _ => text.strip_prefix('d')?.parse().ok().filter(|days: &i32| days.abs() <= SHIFT_DAYS_MAX).map(Self::On),
        }
    }
}

impl Made {
    /// `sbx_ins_pix.21990.BRL.20500.20560.d0.KEY`, days since the epoch.
    fn name(&self) -> String {
        let Self { rail, amount, due_on, valid_until, pays, key } = self;
        let currency = amount.currency().code();
        format!("{INSTRUMENT}{rail}.{}.{currency}.{}.{}.{}.{key}", amount.minor(), due_on.epoch(), valid_until.epoch(), pays.write())
    }

    fn read(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(INSTRUMENT)?.splitn(7, '.');
        let rail = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let amount = Money::new(minor, Currency::parse(parts.next()?)?);
        let mut day = || parts.next()?.parse().ok().map(Day::from_epoch);
        let (due_on, valid_until) = (day()?, day()?);
        let pays = Pays::read(parts.next()?)?;
        let key = parts.next().filter(|key| is_key(key))?.to_owned();
        Some(Self { rail, amount, due_on, valid_until, pays, key })
    }

    /// What was paid by a moment.
    fn paid(&self, now: Instant) -> Vec<Settlement> {
        let (day, count) = match self.pays {
            Pays::Never | Pays::AtCancel => return Vec::new(),
            Pays::On(days) => (self.due_on.plus(days), 1),
            Pays::Twice => (self.due_on, 2),
        };
        let at = Zone::utc().at(day, NOON);
        if now < at || day > self.valid_until {
            return Vec::new();
        }
        (0..count).map(|nth| self.settlement(nth, at)).collect()
    }

    fn settlement(&self, nth: u32, at: Instant) -> Settlement {
        payment(&format!("{}x{nth}", self.key), self.amount, self.rail, at)
    }

    fn standing(&self, now: Instant) -> InstrumentStanding {
        let paid = self.paid(now);
        if !paid.is_empty() {
            InstrumentStanding::Paid(paid)
        } else if Zone::utc().day_of(now) > self.valid_until {
            InstrumentStanding::Closed
        } else {
            InstrumentStanding::Open
        }
    }

    fn instrument(&self, standing: InstrumentStanding) -> Result<Instrument, Trouble> {
        let (brcode, boleto_line) = match self.rail {
            Rail::Pix => (Some(self.brcode()?), None),
            Rail::Boleto => (Some(self.brcode()?), Some(self.line()?)),
            Rail::Card => (None, None),
            Rail::PixAutomatico
            | Rail::Ach
            | Rail::Sepa
            | Rail::Bacs
            | Rail::DirectDebit
            | Rail::Transfer
            | Rail::Cash
            | Rail::Check
            | Rail::Other => return Err(refused("rail", "the sandbox makes a pix, a boleto or a page that takes a card")),
        };
        Ok(Instrument { reference: self.name(), brcode, boleto_line, link: Some(format!("{PAGE}/{}", self.key)), standing })
    }

    fn brcode(&self) -> Result<String, Trouble> {
        if self.amount.currency() != Currency::BRL {
            return Err(refused("currency", "a pix or boleto is paid in BRL"));
        }
        let made = || {
            let location = Location::parse(&format!("pix.sandbox.invalid/qr/v2/{}", self.key)).ok()?;
            let merchant = Merchant::new("Regua Sandbox", "Sao Paulo").ok()?;
            let code = BrCode { initiation: Some(Initiation::Once), ..BrCode::new(Payment::Dynamic(location), merchant) };
            code.encode().ok()
        };
        made().ok_or_else(|| refused("key", "its key does not fit a pix: 26 to 35 letters and digits"))
    }

    fn line(&self) -> Result<String, Trouble> {
        let bank = BankCode::parse(BANK).or(Err(refused("bank", "the sandbox's bank has no code")))?;
        let digits: String =
            Sha256::digest(self.key.as_bytes()).iter().take(FREE_DIGITS).map(|byte| char::from(b'0' + byte % 10)).collect();
        let free = FreeField::parse(&digits).or(Err(refused("key", "no slip can be made of its key")))?;
        let slip = Barcode::new(bank, Some(self.due_on), Some(self.amount), free);
        slip.map(|slip| slip.line()).map_err(|bad| refused("slip", &bad.to_string()))
    }
}

fn refused(code: &str, why: &str) -> Trouble {
    Trouble::Refused { code: code.to_owned(), why: why.to_owned() }
}

/// What a key of an instrument may be made of, and how long it may be.
fn is_key(key: &str) -> bool {
    (26..=35).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Makes something to pay by. The same order makes the same, at any time.
///
/// # Errors
/// [`Trouble::Refused`] for a rail, an amount or a key that it cannot be made of.
pub fn issue(order: &InstrumentOrder, now: Instant) -> Result<Instrument, Trouble> {
    if !is_key(&order.key) {
        return Err(refused("key", "its key does not fit a pix: 26 to 35 letters and digits"));
    }
    if order.amount.minor() <= 0 {
        return Err(refused("amount", "there is nothing to pay"));
    }
    let made = Made {
        rail: order.rail,
        amount: order.amount,
        due_on: order.due_on,
        valid_until: order.valid_until,
        pays: Pays::of(order.customer_token.as_deref()),
        key: order.key.clone(),
    };
    made.instrument(made.standing(now))
}

/// Where something to pay by stands, by its name.
///
/// # Errors
/// [`Trouble::NotFound`] without a name, or with one that is not the sandbox's.
pub fn look(reference: Option<&str>, now: Instant) -> Result<Instrument, Trouble> {
    let made = reference.and_then(Made::read).ok_or(Trouble::NotFound)?;
    made.instrument(made.standing(now))
}

/// Takes something to pay by away: nobody can pay it any more, or it was paid.
///
/// # Errors
/// As [`look`].
pub fn cancel(reference: Option<&str>, now: Instant) -> Result<Instrument, Trouble> {
    let made = reference.and_then(Made::read).ok_or(Trouble::NotFound)?;
    let paid = if made.pays == Pays::AtCancel { vec![made.settlement(0, now)] } else { made.paid(now) };
    made.instrument(if paid.is_empty() { InstrumentStanding::Closed } else { InstrumentStanding::Paid(paid) })
}

/// What the name of an instrument says of it, for a webhook about it.
pub(super) fn told(reference: &str) -> Option<(String, Money, Rail)> {
    Made::read(reference).map(|made| (made.key, made.amount, made.rail))
}
