//! What pages are made with: who came, what they may see, in which words, and how addresses and forms are written.

use std::fmt::Write as _;

use regua_core::ids::ReceivableId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Language;
use regua_engine::links::{Owed, Portal, Purpose, Visitor};
use regua_wire::messages::locale;

use super::Asked;
use super::form::{self, hex};
use super::page::Page;
use super::words::{self, Words};
use crate::Host;
use crate::looks::escaped;

/// Behind a good link.
pub(super) struct Ctx<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) visitor: &'a Visitor,
    pub(super) portal: &'a Portal,
    pub(super) language: Language,
    pub(super) w: &'static Words,
    pub(super) now: Instant,
    token: &'a str,
    query: Vec<(String, String)>,
    /// The language that the address asks for, if it asks for one.
    chosen: Option<Language>,
}

impl<'a> Ctx<'a> {
    pub(super) fn new(host: &'a dyn Host, visitor: &'a Visitor, portal: &'a Portal, asked: &'a Asked) -> Self {
        let query = form::plain(asked.query.as_bytes());
        let chosen = query.iter().find(|(name, _)| name == "l").and_then(|(_, value)| words::spoken(value));
        let language = chosen.unwrap_or(portal.language);
        Self { host, visitor, portal, language, w: words::of(language), now: host.now(), token: &asked.token, query, chosen }
    }

    /// Whether the link is for a page.
    pub(super) fn allows(&self, page: Page) -> bool {
        let common = matches!(page, Page::Question | Page::NotMe | Page::Stop);
        common
            || match self.visitor.purpose {
                Purpose::Portal => true,
                Purpose::Pay => matches!(page, Page::Owed | Page::Pay | Page::Policy),
                Purpose::Method => matches!(page, Page::Owed | Page::Method | Page::Policy),
                Purpose::Unsubscribe => false,
            }
    }

    /// Where the link leads by itself.
    pub(super) fn first(&self) -> Page {
        match self.visitor.purpose {
            Purpose::Portal | Purpose::Pay => Page::Owed,
            Purpose::Method => Page::Method,
            Purpose::Unsubscribe => Page::Stop,
        }
    }

    /// A value of the query.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The receivable that is asked about; the only one when there is one only.
    pub(super) fn receivable(&self) -> Option<&'a Owed> {
        let named = self.asked("r").and_then(|text| text.parse::<ReceivableId>().ok());
        match (named, self.portal.owed.as_slice()) {
            (Some(id), _) => self.portal.owed(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The address of a page as it stands in HTML.
    pub(super) fn href(&self, page: Page, more: &[(&str, &str)]) -> String {
        escaped(&self.address(page, more, self.chosen))
    }

    /// The address of this page in another language.
    pub(super) fn in_language(&self, page: Page, language: Language) -> String {
        let receivable = self.asked("r").filter(|text| text.parse::<ReceivableId>().is_ok());
        let more: Vec<(&str, &str)> = receivable.map(|id| ("r", id)).into_iter().collect();
        escaped(&self.address(page, &more, Some(language)))
    }

    /// The address of a page.
    pub(super) fn address(&self, page: Page, more: &[(&str, &str)], language: Option<Language>) -> String {
        let mut address = format!("/p/{}", self.token);
        if !page.slug().is_empty() {
            let _ = write!(address, "/{}", page.slug());
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in more {
            query.append_pair(name, value);
        }
        if let Some(language) = language {
            query.append_pair("l", words::short(language));
        }
        let query = query.finish();
        if !query.is_empty() {
            let _ = write!(address, "?{query}");
        }
        address
    }

    /// The address that a form answers with.
    pub(super) fn after(&self, page: Page, more: &[(&str, &str)]) -> String {
        self.address(page, more, self.chosen)
    }

    /// A form of a page, with what proves that it came from here. `inner` is HTML.
    pub(super) fn form(&self, page: Page, receivable: Option<ReceivableId>, inner: &str, button: &str) -> String {
        self.form_of(page, receivable, inner, (button, ""), "")
    }

    /// A form whose button is not what the page is for: removing, or asking for something rare.
    pub(super) fn quiet_form(&self, page: Page, receivable: Option<ReceivableId>, inner: &str, button: &str) -> String {
        self.form_of(page, receivable, inner, (button, " class=\"small\""), "")
    }

    /// A form that may carry a file.
    pub(super) fn form_with_file(&self, page: Page, receivable: Option<ReceivableId>, inner: &str, button: &str) -> String {
        self.form_of(page, receivable, inner, (button, ""), " enctype=\"multipart/form-data\"")
    }

    fn form_of(&self, page: Page, receivable: Option<ReceivableId>, inner: &str, (button, sort): (&str, &str), kind: &str) -> String {
        let mut rng = self.host.rng();
        let (number, code) = form::fresh(self.host.engine(), self.token, page, self.now, rng.as_mut());
        let about = receivable.map_or_else(String::new, |id| format!("<input type=\"hidden\" name=\"r\" value=\"{id}\">"));
        format!(
            "<form method=\"post\" action=\"{}\"{kind}><input type=\"hidden\" name=\"n\" value=\"{number}\"><input type=\"hidden\" \
             name=\"c\" value=\"{code}\">{about}{inner}<button type=\"submit\"{sort}>{}</button></form>\n",
            self.href(page, &[]),
            escaped(button)
        )
    }

    /// What came of the form before, in words, and whether it came to nothing.
    pub(super) fn said(&self) -> Option<(&'static str, bool)> {
        let word = self.asked("m")?;
        Some((words::said(self.w, word)?, words::is_trouble(word)))
    }

    /// An amount as the language writes it, as HTML.
    pub(super) fn money(&self, amount: Money) -> String {
        escaped(&locale::money(self.language, amount))
    }

    /// A day as the language writes it.
    pub(super) fn day(&self, day: Day) -> String {
        locale::date(self.language, day)
    }

    /// What the company is called: as its brand, as its messages say, or as it was set up.
    pub(super) fn company(&self) -> String {
        let own = self.portal.brand.as_ref().map(|brand| brand.name.clone());
        let own = own.or_else(|| Some(self.host.company_look()?.name)).filter(|name| !name.trim().is_empty());
        own.unwrap_or_else(|| self.portal.company.clone())
    }

    /// From which one on a long list is looked at.
    pub(super) fn from(&self) -> usize {
        self.asked("from").and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// The colour of the brand, or of the company.
    pub(super) fn colour(&self) -> Option<String> {
        let own = self.portal.brand.as_ref().map(|brand| brand.colour.clone()).filter(|colour| !colour.is_empty());
        own.or_else(|| self.host.company_look()?.colour)
    }

    /// Where a person of the company answers.
    pub(super) fn company_contact(&self) -> Option<String> {
        let own = self.portal.brand.as_ref().map(|brand| brand.contact.clone());
        own.or_else(|| Some(self.host.company_look()?.contact)).filter(|contact| !contact.trim().is_empty())
    }

    /// What one style of a page is let in by.
    pub(super) fn nonce(&self) -> String {
        let mut rng = self.host.rng();
        let random: [u8; 12] = rng.bytes();
        hex(&random)
    }

    /// The text of the link, for the marks of forms.
    pub(super) const fn token(&self) -> &'a str {
        self.token
    }
}
