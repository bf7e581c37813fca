//! What forms do: each once, however often it is sent, and answered with where to look.
//!
//! What came of it stands in that address as one word of a short list. Deliberately absent: what may be done, which the engine says.

use std::ops::ControlFlow;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use regua_core::charging::Trigger;
use regua_core::ids::{PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::party::{Consent, ContactPoint, Customer, Email, Phone};
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Rail};
use regua_engine::charging::{Asking, NewMethod};
use regua_engine::commands::customer::ContactNews;
use regua_engine::commands::tell::About;
use regua_engine::links::{Asks, FILE_MAX, FileKind, NewAsk, Owed, Visitor};
use regua_engine::requests::Begun;
use regua_engine::{Act, Error, Kind, Result};
use serde_json::{Value, json};

use super::ctx::Ctx;
use super::form::{self, Form};
use super::page::{self, Page, private};
use super::pages::own::channels;
use super::pages::say::{CLAIM_DAYS, PARTS, RAILS, REASONS, WORDS_MAX};
use super::pages::{away, papers, pay};
use super::{Asked, Told, sandbox};
use crate::Host;
use crate::office::Paper;

/// The country of numbers without `+`.
const COUNTRY: &str = "BR";
/// Ways to be reached that one customer may have here.
const CONTACTS_MAX: usize = 20;

/// Who acts: nobody is named, since the chain says whose it is.
pub(super) fn by() -> Act {
    Act { by: "the customer, by link".to_owned(), reason: None }
}

/// What a form came to.
struct Done {
    /// Where to look.
    page: Page,
    /// The word of what to say there.
    says: &'static str,
    /// Which bill it is about.
    receivable: Option<ReceivableId>,
    /// Something to pay by that is being made.
    awaits: Option<[u8; 16]>,
}

impl Done {
    const fn at(page: Page, says: &'static str) -> Self {
        Self { page, says, receivable: None, awaits: None }
    }

    const fn about(self, receivable: ReceivableId) -> Self {
        Self { receivable: Some(receivable), ..self }
    }
}

/// Something is wrong with the form: nothing was done, and the same page says what.
type Tried = Result<std::result::Result<Done, &'static str>>;

/// Does what a form asks.
///
/// # Errors
/// What the engine says, except for what is wrong with the form.
pub(super) fn act(host: &dyn Host, visitor: &Visitor, asked: &Asked, body: &[u8]) -> Result<Told> {
    if let Some(stopped) = one_click(host, visitor, asked, body)? {
        return Ok(Told::of(stopped));
    }
    let portal = host.engine().portal(visitor, host.now())?;
    let ctx = Ctx::new(host, visitor, &portal, asked);
    let page = asked.page;
    let back = |says: &str, receivable: Option<ReceivableId>| {
        let id = receivable.map(|id| id.to_string());
        let mut more = vec![("m", says)];
        more.extend(id.as_deref().map(|id| ("r", id)));
        Told::of(away(&ctx.after(page, &more)))
    };
    let read = Form::read(&asked.headers, body).filter(|_| form::is_ours(&asked.headers));
    let Some(form) = read else { return Ok(back("bad_form", None)) };
    let Some(number) = form.number(host.engine(), &asked.token, page, ctx.now).map(str::to_owned) else {
        return Ok(back("old_form", None));
    };
    if !ctx.allows(page) {
        return Ok(back("bad_form", None));
    }
    if page.is_act() && !visitor.may_act {
        return Ok(back("fresher", None));
    }
    let named = form.text("r").and_then(|text| text.parse::<ReceivableId>().ok());
    // A slip is a file: it is printed again when it is asked for again, and issued once.
    if page == Page::Pay && form.text("way") == Some("slip") {
        let Some(owed) = named.and_then(|id| portal.owed(id)) else { return Ok(back("bad_bill", None)) };
        let paper = Paper::Slip { receivable: owed.receivable.to_string(), account: None };
        return Ok(Told::of(papers::printed(&ctx, &paper, "boleto.pdf", Page::Pay)));
    }
    let (engine, tenant, caller) = (host.engine(), visitor.tenant, visitor.customer.to_bytes());
    match engine.begin_request(tenant, caller, &number, &form.digest(page), ctx.now)? {
        Begun::New => {}
        Begun::Answered { body, .. } => {
            let to = String::from_utf8(body).unwrap_or_else(|_bad| ctx.after(page, &[]));
            return Ok(Told::of(away(&to)));
        }
        Begun::Other => return Ok(back("old_form", named)),
        Begun::UnderWay | Begun::Unknown => return Ok(back("under_way", named)),
    }
    let done = match done(&ctx, page, &form, named) {
        Ok(done) => done,
        Err(error) => {
            engine.drop_request(tenant, caller, &number)?;
            match refusal(&error) {
                ControlFlow::Continue(says) => Err(says),
                ControlFlow::Break(()) => return Err(error),
            }
        }
    };
    match done {
        Err(says) => {
            engine.drop_request(tenant, caller, &number)?;
            Ok(back(says, named))
        }
        Ok(done) => {
            let id = done.receivable.map(|id| id.to_string());
            let mut more = vec![("m", done.says)];
            more.extend(id.as_deref().map(|id| ("r", id)));
            let to = ctx.after(done.page, &more);
            engine.finish_request(tenant, caller, &number, StatusCode::SEE_OTHER.as_u16(), to.as_bytes(), ctx.now)?;
            host.ring();
            // Behind this link nothing is to be seen any more.
            let response = if page == Page::NotMe { page::farewell(&ctx) } else { away(&to) };
            Ok(Told { awaits: done.awaits, ..Told::of(response) })
        }
    }
}

/// A mail program's own button (RFC 8058): it knows no form, and does one thing only.
fn one_click(host: &dyn Host, visitor: &Visitor, asked: &Asked, body: &[u8]) -> Result<Option<Response>> {
    let is_stop = visitor.purpose == regua_engine::links::Purpose::Unsubscribe && asked.page == Page::Owed;
    let asks = || Form::read(&asked.headers, body).is_some_and(|form| form.text("List-Unsubscribe") == Some("One-Click"));
    if !is_stop || !asks() {
        return Ok(None);
    }
    host.engine().unsubscribe(visitor, host.now())?;
    host.ring();
    let mut response = StatusCode::OK.into_response();
    private(response.headers_mut());
    Ok(Some(response))
}

/// The word for what the engine refuses; an error that is none of the customer's stays one.
fn refusal(error: &Error) -> ControlFlow<(), &'static str> {
    match error.kind {
        Kind::Refused => ControlFlow::Continue(match error.code {
            "promise_day" => "bad_day",
            "promises" => "no_promise",
            "bad_file" => "bad_file",
            "many_requests" => "many",
            "no_charge" | "biller_acts" => "no_charge",
            "no_contact" => "bad_contact",
            _ => "refused",
        }),
        Kind::NotFound => ControlFlow::Continue("bad_bill"),
        Kind::Stale | Kind::Busy | Kind::Bug => ControlFlow::Break(()),
    }
}

fn done(ctx: &Ctx<'_>, page: Page, form: &Form, named: Option<ReceivableId>) -> Tried {
    let owed = named.and_then(|id| ctx.portal.owed(id));
    match page {
        Page::Pay => with_bill(owed, |owed| pay(ctx, form, owed)),
        Page::Paid => with_bill(owed, |owed| paid(ctx, form, owed)),
        Page::Promise => with_bill(owed, |owed| promise(ctx, form, owed)),
        Page::Split => with_bill(owed, |owed| split(ctx, form, owed)),
        Page::Dispute => with_bill(owed, |owed| dispute(ctx, form, owed)),
        Page::Question => question(ctx, form, owed),
        Page::Survey => survey(ctx, form),
        Page::Method => method(ctx, form),
        Page::Contact => contact(ctx, form),
        Page::Preferences => preferences(ctx, form),
        Page::Privacy => erase(ctx, form),
        Page::NotMe => {
            let mut rng = ctx.host.rng();
            ctx.host.engine().not_me(ctx.visitor, ctx.now, rng.as_mut())?;
            Ok(Ok(Done::at(Page::Owed, "not_me")))
        }
        Page::Stop => {
            Ok(if ctx.host.engine().unsubscribe(ctx.visitor, ctx.now)? { Ok(Done::at(Page::Stop, "stopped")) } else { Err("bad_contact") })
        }
        Page::Owed => {
            if form.has("new") {
                let mut rng = ctx.host.rng();
                ctx.host.engine().ask_link(ctx.visitor.tenant, ctx.token(), ctx.now, rng.as_mut())?;
                return Ok(Ok(Done::at(Page::Owed, "new_link")));
            }
            Ok(Err("bad_form"))
        }
        Page::Months | Page::Papers | Page::Receipt | Page::Statement | Page::Policy | Page::Data => Ok(Err("bad_form")),
    }
}

fn with_bill(owed: Option<&Owed>, work: impl FnOnce(&Owed) -> Tried) -> Tried {
    owed.map_or(Ok(Err("bad_bill")), work)
}

fn ask(ctx: &Ctx<'_>, (what, receivable): (Asks, Option<ReceivableId>), words: &Value, file: Option<&[u8]>) -> Result<()> {
    let mut rng = ctx.host.rng();
    let new = NewAsk { what, receivable, words, file };
    ctx.host.engine().ask_person(ctx.visitor, &new, ctx.now, rng.as_mut()).map(drop)
}

fn pay(ctx: &Ctx<'_>, form: &Form, owed: &Owed) -> Tried {
    let (engine, tenant) = (ctx.host.engine(), ctx.visitor.tenant);
    let about = About::Receivable(owed.receivable.to_string());
    let rail = match form.text("way") {
        Some("pix") => Rail::Pix,
        Some("boleto") => Rail::Boleto,
        Some("card") => Rail::Card,
        Some("stored") => {
            if !ctx.visitor.may_act {
                return Ok(Err("fresher"));
            }
            let named = form.text("method").and_then(|text| text.parse::<PaymentMethodId>().ok());
            let own = pay::stored(ctx)?.into_iter().map(|one| one.method).find(|id| Some(*id) == named);
            let Some(method) = own else { return Ok(Err("bad_form")) };
            engine.charge_now(tenant, &about, Some(method), Trigger::Payer, &by(), ctx.now)?;
            return Ok(Ok(Done::at(Page::Owed, "charging")));
        }
        Some("simulate") => {
            let in_sandbox = pay::gateway(ctx, Rail::Pix, owed.copy.amount.total.currency())?.is_some_and(|(_, kind)| kind == "sandbox");
            let Some(office) = ctx.host.office().filter(|_| in_sandbox) else { return Ok(Err("bad_form")) };
            return Ok(match office.sandbox_pay(&owed.receivable.to_string()) {
                Ok(()) => Ok(Done::at(Page::Owed, "paying")),
                Err(_told) => Err("refused"),
            });
        }
        Some(_) | None => return Ok(Err("bad_form")),
    };
    let Some((gateway, _)) = pay::gateway(ctx, rail, owed.copy.amount.total.currency())? else { return Ok(Err("refused")) };
    let id = engine.ask_instrument(tenant, &about, &Asking { gateway, rail, valid_until: None }, &by(), ctx.now)?;
    Ok(Ok(Done { awaits: Some(id), ..Done::at(Page::Pay, "made").about(owed.receivable) }))
}

fn paid(ctx: &Ctx<'_>, form: &Form, owed: &Owed) -> Tried {
    let today = ctx.portal.today;
    let on = form.text("on").and_then(|text| Day::parse(text).ok()).filter(|on| *on <= today && *on >= today.plus(-CLAIM_DAYS));
    let Some(on) = on else { return Ok(Err("bad_day")) };
    let amount = form.text("amount").and_then(|text| amount(text, owed.copy.amount.total));
    let Some(amount) = amount else { return Ok(Err("bad_amount")) };
    if form.file.as_ref().is_some_and(|file| file.len() > FILE_MAX || FileKind::of(file).is_none()) {
        return Ok(Err("bad_file"));
    }
    let rail = form.text("how").and_then(|text| text.parse::<Rail>().ok()).filter(|rail| RAILS.contains(rail));
    let rail = rail.unwrap_or(Rail::Other).as_str();
    let words = json!({ "paid_on": on.to_string(), "rail": rail, "amount": amount.to_string(), "words": form.words("words", WORDS_MAX) });
    ask(ctx, (Asks::Paid, Some(owed.receivable)), &words, form.file.as_deref())?;
    Ok(Ok(Done::at(Page::Owed, "claimed")))
}

/// An amount as people write it, above zero: a decimal comma or a decimal point, with or without the other between thousands.
fn amount(text: &str, like: Money) -> Option<Money> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
    let digits = usize::try_from(like.currency().digits()).ok()?;
    // The last mark is the decimal one when as many digits follow as the currency has.
    let decimal = kept.rfind([',', '.']).filter(|at| digits > 0 && kept.len() - at - 1 == digits);
    let (whole, part) = decimal.map_or((kept.as_str(), ""), |at| (&kept[..at], &kept[at + 1..]));
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let plain = if part.is_empty() { whole } else { format!("{whole}.{part}") };
    Money::parse(&plain, like.currency()).ok().filter(|amount| amount.minor() > 0)
}

fn promise(ctx: &Ctx<'_>, form: &Form, owed: &Owed) -> Tried {
    let Some(on) = form.text("on").and_then(|text| Day::parse(text).ok()) else { return Ok(Err("bad_day")) };
    ctx.host.engine().promise_by_link(ctx.visitor, owed.receivable, on, ctx.now)?;
    Ok(Ok(Done::at(Page::Owed, "promised")))
}

fn split(ctx: &Ctx<'_>, form: &Form, owed: &Owed) -> Tried {
    let parts = form.text("parts").and_then(|text| text.parse::<u16>().ok()).filter(|parts| PARTS.contains(parts));
    let Some(parts) = parts else { return Ok(Err("bad_form")) };
    let on = form.text("on").and_then(|text| Day::parse(text).ok()).filter(|on| *on >= ctx.portal.today);
    let Some(on) = on else { return Ok(Err("bad_day")) };
    let words = json!({ "parts": parts, "first_on": on.to_string(), "words": form.words("words", WORDS_MAX) });
    ask(ctx, (Asks::Split, Some(owed.receivable)), &words, None)?;
    Ok(Ok(Done::at(Page::Owed, "asked")))
}

fn dispute(ctx: &Ctx<'_>, form: &Form, owed: &Owed) -> Tried {
    let reason = form.text("reason").filter(|reason| REASONS.contains(reason));
    let words = form.words("words", WORDS_MAX);
    let Some(reason) = reason.filter(|_| !words.is_empty()) else { return Ok(Err("no_words")) };
    ask(ctx, (Asks::Dispute, Some(owed.receivable)), &json!({ "reason": reason, "words": words }), None)?;
    Ok(Ok(Done::at(Page::Owed, "disputed")))
}

fn question(ctx: &Ctx<'_>, form: &Form, owed: Option<&Owed>) -> Tried {
    let words = form.words("words", WORDS_MAX);
    if words.is_empty() {
        return Ok(Err("no_words"));
    }
    ask(ctx, (Asks::Question, owed.map(|owed| owed.receivable)), &json!({ "words": words }), None)?;
    Ok(Ok(Done::at(Page::Question, "asked")))
}

fn survey(ctx: &Ctx<'_>, form: &Form) -> Tried {
    let mark = form.text("mark").and_then(|text| text.parse::<u8>().ok()).filter(|mark| (1..=5).contains(mark));
    let Some(mark) = mark else { return Ok(Err("bad_form")) };
    ask(ctx, (Asks::Survey, None), &json!({ "mark": mark, "words": form.words("words", WORDS_MAX) }), None)?;
    Ok(Ok(Done::at(Page::Survey, "thanks")))
}

fn erase(ctx: &Ctx<'_>, form: &Form) -> Tried {
    if !form.has("sure") {
        return Ok(Err("not_sure"));
    }
    ask(ctx, (Asks::Erase, None), &json!({ "asks": "erase" }), None)?;
    Ok(Ok(Done::at(Page::Privacy, "asked")))
}

fn method(ctx: &Ctx<'_>, form: &Form) -> Tried {
    let (engine, tenant) = (ctx.host.engine(), ctx.visitor.tenant);
    let about = About::Customer(ctx.visitor.customer.to_string());
    match form.text("way") {
        Some("remove") => {
            let named = form.text("method").and_then(|text| text.parse::<PaymentMethodId>().ok());
            let own = engine.methods(tenant, &about)?.into_iter().map(|one| one.method).find(|id| Some(*id) == named);
            let Some(method) = own else { return Ok(Err("bad_form")) };
            engine.remove_method(tenant, method, &by(), ctx.now)?;
            Ok(Ok(Done::at(Page::Method, "removed")))
        }
        Some("add") => {
            let gateways = engine.gateways(tenant)?;
            let Some(gateway) = gateways.into_iter().find(|row| row.kind == "sandbox" && row.role == "owner") else {
                return Ok(Err("bad_form"));
            };
            let Some(card) = form.text("number").and_then(|number| sandbox::card(number, ctx.visitor.customer)) else {
                return Ok(Err("bad_card"));
            };
            let Some(expires_on) = form.text("expiry").and_then(expiry).filter(|last| *last >= ctx.portal.today) else {
                return Ok(Err("bad_expiry"));
            };
            if !form.has("consent") {
                return Ok(Err("not_sure"));
            }
            let new = NewMethod {
                gateway: gateway.gateway,
                customer_token: String::new(),
                token: card.token,
                scheme: card.scheme,
                fingerprint: None,
                last4: Some(card.last4),
                expires_on: Some(expires_on),
                allows_retry: false,
                consent: Some(format!("{} ({})", ctx.w.card_consent, ctx.portal.zone.rfc3339(ctx.now))),
            };
            engine.add_method(tenant, &about, &new, Some(&by()), ctx.now)?;
            Ok(Ok(Done::at(Page::Method, "method")))
        }
        Some(_) | None => Ok(Err("bad_form")),
    }
}

/// The last day of a month that is written `12/30` or `12/2030`.
fn expiry(text: &str) -> Option<Day> {
    let (month, year) = text.split_once('/')?;
    let month: i8 = month.trim().parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: i16 = year.trim().parse().ok().filter(|year| (0..=2_199).contains(year))?;
    let year = if year < 100 { year + 2_000 } else { year };
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some(Day::new(next_year, next, 1)?.plus(-1))
}

fn contact(ctx: &Ctx<'_>, form: &Form) -> Tried {
    let new = match form.text("way") {
        Some("email") => match form.text("email").map(Email::parse) {
            Some(Ok(email)) => vec![ContactPoint::email(email)],
            Some(Err(_)) | None => return Ok(Err("bad_email")),
        },
        Some("phone") => {
            let Some(Ok(phone)) = form.text("phone").map(|text| Phone::parse(text, COUNTRY)) else { return Ok(Err("bad_phone")) };
            let wanted = [(Channel::Sms, "sms"), (Channel::Whatsapp, "whatsapp")].into_iter().filter(|(_, name)| form.has(name));
            let wanted: Vec<ContactPoint> =
                wanted.map(|(channel, _)| ContactPoint::phone(channel, phone.clone()).with_consent(Consent::OptedIn)).collect();
            if wanted.is_empty() {
                return Ok(Err("no_channel"));
            }
            wanted
        }
        Some("remove") => return take_away(ctx, form),
        Some(_) | None => return Ok(Err("bad_form")),
    };
    let change = |known: &Customer| -> Result<Customer> {
        let mut changed = known.clone();
        for point in &new {
            // What is known of an address stays with it: it is only put first.
            let old = changed.contacts.iter().position(|own| own.channel == point.channel && own.address == point.address);
            let point = old.map_or_else(|| point.clone(), |place| changed.contacts.remove(place));
            changed.contacts.insert(0, point);
        }
        if changed.contacts.len() > CONTACTS_MAX {
            return Err(Error::refused("no_contact", "there are too many ways to be reached; take one away first"));
        }
        Ok(changed)
    };
    let id = ctx.visitor.customer.to_string();
    ctx.host.engine().change_customer(ctx.visitor.tenant, &id, &change, &by(), ctx.now)?;
    Ok(Ok(Done::at(Page::Contact, "saved")))
}

/// Takes a way to be reached away; the last one stays.
fn take_away(ctx: &Ctx<'_>, form: &Form) -> Tried {
    let place = form.text("place").and_then(|text| text.parse::<usize>().ok());
    let masked = form.text("masked").unwrap_or_default();
    let shown = place.and_then(|place| ctx.portal.profile.contacts.get(place)).filter(|point| point.address.masked() == masked);
    let Some((channel, address)) = shown.map(|point| (point.channel, point.address.clone())) else { return Ok(Err("bad_contact")) };
    let change = |known: &Customer| -> Result<Customer> {
        let mut changed = known.clone();
        changed.contacts.retain(|point| point.channel != channel || point.address != address);
        if changed.contacts.is_empty() {
            return Err(Error::refused("no_contact", "the last way to be reached stays"));
        }
        Ok(changed)
    };
    let id = ctx.visitor.customer.to_string();
    ctx.host.engine().change_customer(ctx.visitor.tenant, &id, &change, &by(), ctx.now)?;
    Ok(Ok(Done::at(Page::Contact, "saved")))
}

fn preferences(ctx: &Ctx<'_>, form: &Form) -> Tried {
    match form.text("way") {
        Some("day") => {
            let day = form.text("day").and_then(|text| text.parse::<u8>().ok()).filter(|day| (1..=28).contains(day));
            let Some(day) = day else { return Ok(Err("bad_day")) };
            ask(ctx, (Asks::PayDay, None), &json!({ "day": day }), None)?;
            return Ok(Ok(Done::at(Page::Preferences, "asked")));
        }
        Some("all") => {}
        Some(_) | None => return Ok(Err("bad_form")),
    }
    let Some(language) = form.text("language").and_then(|text| text.parse::<Language>().ok()) else { return Ok(Err("bad_form")) };
    let own = channels(ctx);
    let preferred = form.text("channel").and_then(|text| text.parse::<Channel>().ok()).filter(|channel| own.contains(channel));
    let (engine, tenant, id) = (ctx.host.engine(), ctx.visitor.tenant, ctx.visitor.customer.to_string());
    let change = |known: &Customer| -> Result<Customer> { Ok(Customer { language: Some(language), preferred, ..known.clone() }) };
    engine.change_customer(tenant, &id, &change, &by(), ctx.now)?;
    for channel in own {
        let wanted = form.has(&format!("on-{}", channel.as_str()));
        let is_on = ctx.portal.profile.on(channel).any(|point| point.consent != Consent::OptedOut);
        let news = match (is_on, wanted) {
            (true, false) => ContactNews::OptedOut,
            (false, true) => ContactNews::OptedIn,
            (true, true) | (false, false) => continue,
        };
        engine.tell_contact(tenant, &id, (channel, None), news, &by(), ctx.now)?;
    }
    Ok(Ok(Done::at(Page::Preferences, "saved")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_core::currency::Currency;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let like = Money::new(1, Currency::BRL);
        for (text, minor) in
            [("1.234,56", 123_456), ("1,234.56", 123_456), ("R$ 10", 1_000), ("10,00", 1_000), ("10.5", 10_500), ("7", 700)]
        {
            assert_eq!(amount(text, like).map(Money::minor), Some(minor), "{text}");
        }
        for bad in ["", "0", "0,00", "abc", "-"] {
            assert_eq!(amount(bad, like), None, "{bad}");
        }
    }

    #[test]
    fn a_card_is_good_until_its_month_ends() {
        assert_eq!(expiry("02/28"), Day::parse("2028-02-29").ok());
        assert_eq!(expiry("12/2030"), Day::parse("2030-12-31").ok());
        for bad in ["", "13/30", "0/30", "12", "12/-1"] {
            assert_eq!(expiry(bad), None, "{bad}");
        }
    }
}
