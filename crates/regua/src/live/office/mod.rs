//! What the API asks of the settings: the same functions that the verbs call, their answers as JSON.
//!
//! Deliberately absent: who may ask, which the API's rows say.

mod files;
mod gateways;
mod health;
mod place;
mod plan;
mod samples;
mod trial;

use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, Language};
use regua_engine::Act;
use regua_web::api::Problem;
use regua_web::office::{Ahead, Answered, Authorising, Backtesting, BankParty, Ground, Office, Paper, Paperwork, Printed, Reading, Sample};
use serde_json::{Value, json};

use super::documents::Desk;
use super::serve::Door;
use super::{charging, mode, print};
use crate::exit::BadInput;
use crate::world::clock;

pub(crate) use health::Proof;
pub(crate) use place::Place;
use place::Seat;
pub(crate) use trial::Trial;

/// An error as the API tells it. What it says may name people, so that the log hears where it was and no more.
fn problem(place: &'static str, error: anyhow::Error) -> Problem {
    let error = match error.downcast::<regua_engine::Error>() {
        Ok(engine) => return engine.into(),
        Err(error) => error,
    };
    if let Some(bad) = error.chain().find_map(|cause| cause.downcast_ref::<BadInput>()) {
        return Problem::new(422, "bad_input", bad.to_string());
    }
    tracing::error!(place, "an operation failed");
    Problem::bug()
}

/// A moment as the API writes it; nothing for what never comes or never was.
fn moment(at: Instant) -> Value {
    if at == Instant::NEVER || at == Instant::DAWN { Value::Null } else { Value::from(Zone::utc().rfc3339(at)) }
}

/// An amount as the API writes it.
fn amount(money: Money) -> Value {
    let text = money.to_string();
    let amount = text.split_once(' ').map_or(text.as_str(), |(_, amount)| amount);
    json!({ "amount": amount, "currency": money.currency().code() })
}

impl Door {
    /// The one place for what is slow.
    fn slowly(&self) -> Answered<Seat<'_>> {
        self.slow.take().ok_or_else(|| {
            let told = "something else that takes long is under way here; try again in a moment";
            Problem { retry_after: Some(5), ..Problem::conflict("busy_elsewhere", told) }
        })
    }
}

impl Office for Door {
    fn ground(&self) -> Ground {
        let config = &self.installation.config;
        let brand = print::brand(config).ok();
        let company = brand.and_then(|brand| Some(BankParty { tax_id: brand.tax_id?, legal_name: brand.legal_name }));
        Ground { terms: config.billing.clone(), lacks: mode::lacks(config), company }
    }

    fn print(&self, paper: &Paper, language: Option<Language>, act: &Act) -> Answered<Printed> {
        // Not one at a time: customers print from the portal, a page takes some milliseconds, and only so many requests are carried out
        // at once.
        let desk = Desk { installation: &self.installation, language, now: clock() };
        let printed = match paper {
            Paper::Invoice(id) => desk.invoice(id, None).map(|printed| (format!("invoice-{id}.pdf"), printed)),
            Paper::Receipt(id) => desk.receipt(id).map(|printed| (format!("receipt-{id}.pdf"), printed)),
            Paper::Slip { receivable, account } => {
                desk.slip(receivable, account.as_deref(), act).map(|printed| (format!("slip-{receivable}.pdf"), printed))
            }
            Paper::Statement { customer, from, until, currency } => {
                desk.statement(customer, (*from, *until), *currency).map(|printed| (format!("statement-{customer}.pdf"), printed))
            }
        };
        let (name, printed) = printed.map_err(|error| problem("print", error))?;
        Ok(Printed { name, bytes: printed.bytes })
    }

    fn plan(&self, asked: &Ahead) -> Answered<Value> {
        let _one = self.slowly()?;
        plan::plan(&self.installation, asked, clock()).map_err(|error| problem("plan", error))
    }

    fn backtest(&self, asked: &Backtesting) -> Answered<bool> {
        trial::begin(self, asked).map_err(|error| problem("backtest", error))
    }

    fn backtested(&self) -> Value {
        self.trial.state()
    }

    fn import(&self, file: &[u8], how: &Reading, act: &Act) -> Answered<Value> {
        let _one = self.slowly()?;
        files::import(&self.installation, file, how, act, clock()).map_err(|error| problem("import", error))
    }

    fn gateways(&self) -> Answered<Vec<Value>> {
        gateways::list(&self.installation).map_err(|error| problem("gateways", error))
    }

    fn check_gateway(&self, name: &str) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::check(&self.installation, name).map_err(|error| problem("check_gateway", error))
    }

    fn read_gateway(&self, name: &str) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::read(&self.installation, name).map_err(|error| problem("read_gateway", error))
    }

    fn channels(&self) -> Answered<Vec<Value>> {
        let _one = self.slowly()?;
        super::channels::shown(&self.installation).map_err(|error| problem("channels", error))
    }

    fn test_channel(&self, channel: Channel, to: &str) -> Answered<Value> {
        let _one = self.slowly()?;
        if channel == Channel::Email {
            return samples::tried(&self.installation, to).map_err(|error| problem("test_channel", error));
        }
        super::channels::tried(&self.installation, channel, to).map_err(|error| problem("test_channel", error))
    }

    fn replay_webhook(&self, gateway: &str, hook: [u8; 16], act: &Act) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::replay(&self.installation, gateway, hook, act).map_err(|error| problem("replay_webhook", error))
    }

    fn sync(&self, gateway: &str, full: bool, dry_run: bool) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::sync(&self.installation, gateway, full, dry_run).map_err(|error| problem("sync", error))
    }

    fn take_over(&self, gateway: &str, act: &Act) -> Answered<()> {
        Ok(self.installation.engine.take_over(self.installation.tenant, gateway, act, clock())?)
    }

    fn eject(&self, gateway: &str, dry_run: bool, act: &Act) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::eject(&self.installation, gateway, dry_run, act).map_err(|error| problem("eject", error))
    }

    fn handover(&self, gateway: &str) -> Answered<Vec<u8>> {
        let _one = self.slowly()?;
        gateways::handover(&self.installation, gateway).map_err(|error| problem("handover", error))
    }

    fn authorise(&self, asked: &Authorising, act: &Act) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::authorise(&self.installation, asked, act).map_err(|error| problem("authorise", error))
    }

    fn authorisation(&self, method: PaymentMethodId) -> Answered<Value> {
        let _one = self.slowly()?;
        gateways::authorisation(&self.installation, method).map_err(|error| problem("authorisation", error))
    }

    fn end_authorisation(&self, method: PaymentMethodId, act: &Act) -> Answered<()> {
        let _one = self.slowly()?;
        gateways::end(&self.installation, method, act).map_err(|error| problem("end_authorisation", error))
    }

    fn learn_retries(&self, act: &Act) -> Answered<Value> {
        let _one = self.slowly()?;
        let learnt = charging::learn_anew(&self.installation, act, clock()).map_err(|error| problem("learn_retries", error))?;
        Ok(json!({ "retries": learnt.0, "furthest": learnt.1 }))
    }

    fn sandbox_pay(&self, receivable: &str) -> Answered<()> {
        super::charging::pay_at_sandbox(&self.installation, receivable, clock()).map_err(|error| problem("sandbox_pay", error))
    }

    fn doctor(&self) -> Answered<Vec<Value>> {
        let _one = self.slowly()?;
        Ok(health::doctor(&self.installation, &self.world))
    }

    fn verify(&self) -> Answered<Value> {
        health::verify(self).map_err(|error| problem("verify", error))
    }

    fn verdict(&self) -> Value {
        self.proof.state()
    }

    fn paperwork(&self) -> Answered<Paperwork> {
        samples::paperwork(&self.installation).map_err(|error| problem("paperwork", error))
    }

    fn sample(&self, sample: &Sample) -> Answered<Value> {
        let written = samples::written(&self.installation, sample, "ana@example.com", false).map_err(|error| problem("sample", error))?;
        Ok(written.json())
    }

    fn send_sample(&self, sample: &Sample, to: &str) -> Answered<()> {
        let _one = self.slowly()?;
        samples::send(&self.installation, sample, to).map_err(|error| problem("send_sample", error))
    }
}
