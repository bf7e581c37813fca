//! A page as it goes out: head, brand, words around it, and the headers that keep it to itself.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_core::words::Language;

use super::ctx::Ctx;
use super::form::hex;
use super::words::{self, Words};
use super::{accepted, colour};
use crate::Host;
use crate::looks::escaped;

/// The style of every page.
const STYLE: &str = include_str!("portal.css");

/// A page of the portal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Page {
    Owed,
    Months,
    Pay,
    Paid,
    Method,
    Contact,
    Preferences,
    Promise,
    Split,
    Dispute,
    Question,
    Papers,
    Receipt,
    Statement,
    Policy,
    Privacy,
    Data,
    Survey,
    NotMe,
    Stop,
}

impl Page {
    const ALL: [Self; 20] = [
        Self::Owed,
        Self::Months,
        Self::Pay,
        Self::Paid,
        Self::Method,
        Self::Contact,
        Self::Preferences,
        Self::Promise,
        Self::Split,
        Self::Dispute,
        Self::Question,
        Self::Papers,
        Self::Receipt,
        Self::Statement,
        Self::Policy,
        Self::Privacy,
        Self::Data,
        Self::Survey,
        Self::NotMe,
        Self::Stop,
    ];

    /// What stands behind the link in the address; nothing for the first page.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Owed => "",
            Self::Months => "months",
            Self::Pay => "pay",
            Self::Paid => "paid",
            Self::Method => "method",
            Self::Contact => "contact",
            Self::Preferences => "preferences",
            Self::Promise => "promise",
            Self::Split => "split",
            Self::Dispute => "dispute",
            Self::Question => "question",
            Self::Papers => "papers",
            Self::Receipt => "receipt.pdf",
            Self::Statement => "statement.pdf",
            Self::Policy => "policy",
            Self::Privacy => "privacy",
            Self::Data => "data.json",
            Self::Survey => "survey",
            Self::NotMe => "not-me",
            Self::Stop => "stop",
        }
    }

    /// The page of an address.
    pub(super) fn named(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.slug() == slug)
    }

    /// Whether its form may carry a file.
    pub(super) const fn takes_a_file(self) -> bool {
        matches!(self, Self::Paid)
    }

    /// Whether it needs a link of the last days: whatever is more than looking, paying, asking and stopping messages.
    pub(super) const fn is_act(self) -> bool {
        match self {
            Self::Paid
            | Self::Method
            | Self::Contact
            | Self::Preferences
            | Self::Promise
            | Self::Split
            | Self::Dispute
            | Self::Privacy
            | Self::Data => true,
            Self::Owed
            | Self::Months
            | Self::Pay
            | Self::Question
            | Self::Papers
            | Self::Receipt
            | Self::Statement
            | Self::Policy
            | Self::Survey
            | Self::NotMe
            | Self::Stop => false,
        }
    }

    /// What it is called: in its title, its heading and in links to it.
    pub(super) const fn title(self, w: &'static Words) -> &'static str {
        match self {
            Self::Owed => w.owed,
            Self::Months => w.months,
            Self::Pay => w.pay,
            Self::Paid => w.paid,
            Self::Method => w.method,
            Self::Contact => w.contact,
            Self::Preferences => w.preferences,
            Self::Promise => w.promise,
            Self::Split => w.split,
            Self::Dispute => w.dispute,
            Self::Question => w.question,
            Self::Papers => w.papers,
            Self::Receipt => w.receipt,
            Self::Statement => w.statement,
            Self::Policy => w.policy,
            Self::Privacy => w.privacy,
            Self::Data => w.data,
            Self::Survey => w.survey,
            Self::NotMe => w.not_me,
            Self::Stop => w.stop,
        }
    }
}

/// What a page is made of.
struct Sheet<'a> {
    language: Language,
    /// What stands in the title, behind what the page is called: the company, and nobody else.
    company: &'a str,
    colour: Option<&'a str>,
    title: &'a str,
    /// Where the company's name leads; nowhere on the page of a link that is not good.
    home: Option<&'a str>,
    /// The way back, above the heading.
    back: &'a str,
    body: &'a str,
    foot: &'a str,
    nonce: &'a str,
}

impl Sheet<'_> {
    fn response(&self, status: StatusCode) -> Response {
        let (dark, light) = colour::accents(self.colour);
        let (title, company) = (escaped(self.title), escaped(self.company));
        let whole = if company.is_empty() { title.clone() } else { format!("{title} · {company}") };
        // Until pictures of brands are shown, their first letter stands for them.
        let letter = self.company.trim().chars().next().map(|letter| letter.to_uppercase().to_string());
        let mark =
            letter.map_or_else(String::new, |letter| format!("<span class=\"mark\" aria-hidden=\"true\">{}</span>", escaped(&letter)));
        let brand = match self.home {
            Some(home) => format!("<a class=\"brand\" href=\"{home}\">{mark}{company}</a>"),
            None => format!("<span class=\"brand\">{mark}{company}</span>"),
        };
        let skip = escaped(words::of(self.language).skip);
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" \
             content=\"noindex, nofollow, noarchive\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"format-detection\" \
             content=\"telephone=no, date=no, address=no, email=no\">\n<title>{whole}</title>\n<style \
             nonce=\"{}\">:root{{--accent:{dark}}}@media (prefers-color-scheme:dark){{:root{{--accent:{light}}}}}\n{STYLE}</style>\n</head>\n\
             <body>\n<a class=\"skip\" href=\"#main\">{skip}</a>\n<header class=\"top\">{brand}</header>\n<main id=\"main\" class=\"wrap\">\n{}\
             <h1>{title}</h1>\n{}</main>\n<footer class=\"wrap foot\">\n{}</footer>\n</body>\n</html>\n",
            self.language.as_str(),
            self.nonce,
            self.back,
            self.body,
            self.foot
        );
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        let policy =
            format!("default-src 'none'; style-src 'nonce-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", self.nonce);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        private(headers);
        response
    }
}

/// What is told with everything behind a link: nobody keeps it, lists it, or says where it came from.
pub(super) fn private(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A page behind a good link.
pub(super) fn page(ctx: &Ctx<'_>, page: Page, body: &str) -> Response {
    let w = ctx.w;
    let mut around = String::new();
    if let Some((said, trouble)) = ctx.said() {
        let sort = if trouble { "said bad\" role=\"alert" } else { "said\" role=\"status" };
        let _ = writeln!(around, "<p class=\"{sort}\">{}</p>", escaped(said));
    }
    around.push_str(body);
    let home = ctx.href(Page::Owed, &[]);
    let is_first = page == Page::Owed && ctx.from() == 0;
    let back = if !is_first && ctx.allows(Page::Owed) && ctx.first() == Page::Owed {
        format!("<p class=\"back\"><a href=\"{home}\">{}</a></p>\n", escaped(w.back))
    } else {
        String::new()
    };
    let (company, colour, nonce) = (ctx.company(), ctx.colour(), ctx.nonce());
    let sheet = Sheet {
        language: ctx.language,
        company: &company,
        colour: colour.as_deref(),
        title: page.title(w),
        home: Some(&home),
        back: &back,
        body: &around,
        foot: &foot(ctx, page),
        nonce: &nonce,
    };
    sheet.response(StatusCode::OK)
}

/// The page behind "this is not me": the link is good no more, and nothing leads anywhere.
pub(super) fn farewell(ctx: &Ctx<'_>) -> Response {
    let body = format!("<p class=\"said\" role=\"status\">{}</p>\n", escaped(ctx.w.m_not_me));
    let (company, colour, nonce) = (ctx.company(), ctx.colour(), ctx.nonce());
    let sheet = Sheet {
        language: ctx.language,
        company: &company,
        colour: colour.as_deref(),
        title: Page::NotMe.title(ctx.w),
        home: None,
        back: "",
        body: &body,
        foot: "",
        nonce: &nonce,
    };
    sheet.response(StatusCode::OK)
}

/// What stands below every page: where to go, whom to ask, in which language, and that somebody else got the message.
fn foot(ctx: &Ctx<'_>, page: Page) -> String {
    let w = ctx.w;
    let mut foot = format!("<nav class=\"ways\" aria-label=\"{}\">\n", escaped(w.more));
    let account: &[Page] = &[Page::Owed, Page::Months, Page::Papers, Page::Method, Page::Contact, Page::Preferences];
    let say: &[Page] = &[Page::Paid, Page::Promise, Page::Split, Page::Dispute, Page::Question];
    let about: &[Page] = &[Page::Policy, Page::Privacy, Page::Survey];
    for (heading, links) in [(w.your_account, account), (w.your_say, say), (w.about_us, about)] {
        let mut items = String::new();
        for to in links.iter().copied().filter(|to| ctx.allows(*to)) {
            let here = if to == page { " aria-current=\"page\"" } else { "" };
            let _ = write!(items, "<li><a href=\"{}\"{here}>{}</a></li>", ctx.href(to, &[]), escaped(to.title(w)));
        }
        if !items.is_empty() {
            let _ = writeln!(foot, "<div><h2>{}</h2><ul class=\"links\">{items}</ul></div>", escaped(heading));
        }
    }
    foot.push_str("</nav>\n");
    foot.push_str(&languages(ctx.language, |language| ctx.in_language(page, language), w));
    if let Some(contact) = ctx.company_contact() {
        let _ = writeln!(foot, "<p>{} {}</p>", escaped(w.ask_company), escaped(&contact));
    }
    if ctx.visitor.came_by_message() {
        let _ = writeln!(foot, "<p><a href=\"{}\">{}</a></p>", ctx.href(Page::NotMe, &[]), escaped(w.not_me));
    }
    let until = words::fill(w.good_until, &[("date", &ctx.day(ctx.visitor.expires_on))]);
    let _ = writeln!(foot, "<p class=\"soft\">{}</p>", escaped(&until));
    foot
}

/// The page in each language.
fn languages(own: Language, to: impl Fn(Language) -> String, w: &'static Words) -> String {
    let mut html = format!("<nav aria-label=\"{}\"><ul class=\"tongues\">", escaped(w.languages));
    for language in Language::ALL.iter().copied() {
        let (tag, name) = (language.as_str(), words::own_name(language));
        if language == own {
            let _ = write!(html, "<li><span lang=\"{tag}\" aria-current=\"true\">{name}</span></li>");
        } else {
            let _ = write!(html, "<li><a lang=\"{tag}\" hreflang=\"{tag}\" href=\"{}\">{name}</a></li>", to(language));
        }
    }
    html.push_str("</ul></nav>\n");
    html
}

/// The page of a link that is not good, the same whatever is wrong with it.
///
/// * `asked` — whether a new one was just asked for.
pub(super) fn gone(host: &dyn Host, headers: &HeaderMap, query: &str, token: &str, asked: bool) -> Response {
    let said = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "l").and_then(|(_, value)| words::spoken(&value));
    let language = said.or_else(|| accepted(headers)).or_else(|| host.language()).unwrap_or(Language::PtBr);
    let w = words::of(language);
    // What can be no link is not repeated.
    let token = if super::is_plain(token) { token } else { "x" };
    let mut body = String::new();
    if asked {
        let _ = writeln!(body, "<p class=\"said\" role=\"status\">{}</p>", escaped(w.new_link_asked));
    } else {
        let _ = writeln!(
            body,
            "<form class=\"card\" method=\"post\" action=\"/p/{token}?l={}\"><p>{}</p><p class=\"soft\">{}</p><input type=\"hidden\" \
             name=\"new\" value=\"1\"><button type=\"submit\">{}</button></form>",
            words::short(language),
            escaped(w.gone_says),
            escaped(w.new_link_says),
            escaped(w.new_link)
        );
    }
    let foot = languages(language, |language| format!("/p/{token}?l={}", words::short(language)), w);
    let company = host.company_look();
    let mut rng = host.rng();
    let random: [u8; 12] = rng.bytes();
    let sheet = Sheet {
        language,
        company: company.as_ref().map_or("", |look| look.name.as_str()),
        colour: company.as_ref().and_then(|look| look.colour.as_deref()),
        title: w.gone,
        home: None,
        back: "",
        body: &body,
        foot: &foot,
        nonce: &hex(&random),
    };
    sheet.response(StatusCode::NOT_FOUND)
}
