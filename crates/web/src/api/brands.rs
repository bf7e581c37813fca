//! Brands: the names under which a company writes.

use regua_core::ids::BrandId;
use regua_engine::brands::{Brand, NamedBrand};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};

const LINK: Kind = Kind::Text(2_000);

const NAME: Field = must("name", Kind::Text(60), "What customers know it by.");
const LEGAL_NAME: Field = may("legal_name", Kind::Text(60), "The company behind it, where that is another: it stands before the address.");
const ADDRESS: Field = must("address", Kind::Text(160), "The postal address in one line.");
const TAX_ID: Field = must("tax_id", Kind::Text(160), "The company's number with its label: `CNPJ 12.345.678/0001-95`.");
const CONTACT: Field = must("contact", Kind::Text(160), "Where a person answers: an e-mail address, a phone number.");
const TO_PAY: Field = must("link", LINK, "Where to see, pay and answer: https.");
const SENDER_NAME: Field =
    may("sender_name", Kind::Text(60), "What stands beside the sender's address; the brand's name when nothing is said.");
const SENDER: Field = must("sender", Kind::Text(254), "The address that mails are from.");
const REPLY_TO: Field = may("reply_to", Kind::Text(254), "Where answers go, if not to the sender.");
const COLOUR: Field = may("colour", Kind::Text(7), "The colour of the button and the page's edge: `#1f4e79`.");
const LOGO: Field = may("logo", LINK, "A picture in place of the name: https.");
const DOMAIN: Field = may("portal_domain", Kind::Text(253), "The domain under which its customers find the portal.");

static BRAND: Schema = Schema {
    name: "Brand",
    doc: "A name under which the company writes, with its legal data, sender and looks.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("key", Kind::Text(40), "What a customer's attribute `brand` says to choose it."),
        must("default", Kind::Bool, "Whether it writes to customers that choose none."),
        must("added_at", Kind::Moment, "When it was added."),
        must("changed_at", Kind::Moment, "When it last changed."),
        NAME,
        LEGAL_NAME,
        ADDRESS,
        TAX_ID,
        CONTACT,
        TO_PAY,
        SENDER_NAME,
        SENDER,
        REPLY_TO,
        COLOUR,
        LOGO,
        DOMAIN,
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/brands",
        id: "list_brands",
        tag: "Brands",
        summary: "Names under which the company writes",
        doc: "By key; a company has 200 at most.",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::Page(&BRAND),
        run: |call| Ok(Reply::Page(call.engine().brands(call.tenant)?.iter().map(view).collect(), None)),
        ..PLAIN
    },
    Op {
        path: "/brands/{brand}",
        id: "get_brand",
        tag: "Brands",
        summary: "One of them, by its id or its key",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::One(&BRAND),
        run: |call| Ok(Reply::one(view(&found(call, call.at(0))?))),
        ..PLAIN
    },
    Op {
        method: Method::Put,
        path: "/brands/{brand}",
        id: "put_brand",
        tag: "Brands",
        summary: "Add a brand, or change the one with this key",
        doc: "The key is lower-case letters, digits and `-`, begins with a letter, and has at most 40.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[NAME, LEGAL_NAME, ADDRESS, TAX_ID, CONTACT, TO_PAY, SENDER_NAME, SENDER, REPLY_TO, COLOUR, LOGO, DOMAIN]),
        answer: Answer::One(&BRAND),
        run: |call| {
            let text = |name: &str| call.body.text(name).unwrap_or_default().to_owned();
            let brand = Brand {
                name: text("name"),
                legal_name: text("legal_name"),
                address: text("address"),
                tax_id: text("tax_id"),
                contact: text("contact"),
                link: text("link"),
                sender_name: text("sender_name"),
                sender: text("sender"),
                reply_to: text("reply_to"),
                colour: text("colour"),
                logo: text("logo"),
                portal_domain: text("portal_domain"),
            };
            let (act, mut rng) = (call.act()?, call.host.rng());
            let id = call.engine().put_brand(call.tenant, call.at(0), &brand, &act, call.now, rng.as_mut())?;
            Ok(Reply::one(view(&call.engine().brand(call.tenant, id)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/brands/{brand}",
        id: "remove_brand",
        tag: "Brands",
        summary: "Remove a brand that is not the default, by its id or its key",
        doc: "To customers that chose it the default brand writes from now on.",
        needs: Needs::Scope(Scope::SettingsAct),
        answer: Answer::Nothing,
        run: |call| {
            let id = found(call, call.at(0))?.id;
            call.engine().remove_brand(call.tenant, id, &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Put,
        path: "/default-brand",
        id: "make_default_brand",
        tag: "Brands",
        summary: "Say which brand writes to customers that choose none",
        doc: "Null: as the settings say.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[may("brand", Kind::Name, "Its id or its key; null for none.")]),
        answer: Answer::Nothing,
        run: |call| {
            let id: Option<BrandId> = call.body.text("brand").map(|named| found(call, named)).transpose()?.map(|brand| brand.id);
            call.engine().make_default_brand(call.tenant, id, &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

/// A brand by its id or its key.
fn found(call: &Call<'_>, named: &str) -> Result<NamedBrand, Problem> {
    let id = named.parse::<BrandId>().ok();
    let brands = call.engine().brands(call.tenant)?;
    brands.into_iter().find(|brand| Some(brand.id) == id || brand.key == named).ok_or_else(|| Problem::not_found("brand"))
}

fn view(named: &NamedBrand) -> Value {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let brand = &named.brand;
    json!({
        "id": named.id.to_string(),
        "key": named.key,
        "default": named.is_default,
        "added_at": reply::moment(named.added_at),
        "changed_at": reply::moment(named.changed_at),
        "name": brand.name,
        "legal_name": some(&brand.legal_name),
        "address": brand.address,
        "tax_id": brand.tax_id,
        "contact": brand.contact,
        "link": brand.link,
        "sender_name": some(&brand.sender_name),
        "sender": brand.sender,
        "reply_to": some(&brand.reply_to),
        "colour": some(&brand.colour),
        "logo": some(&brand.logo),
        "portal_domain": some(&brand.portal_domain),
    })
}
