//! Customers of several brands are written to by theirs, and who changes a brand is in the record.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../common/mod.rs"]
mod common;

use common::{Company1, act, at, customer, day, on_both, receivable, stationery};
use regua_core::facts::{Channels, Fact};
use regua_core::ids::BrandId;
use regua_core::party::Attribute;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::Scratch;
use regua_engine::adapters::post::Memory;
use regua_engine::brands::{BRANDS_MAX, Brand};
use regua_engine::commands::tell::About;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_store::StoreError;
use regua_store::db::{Scope, Value};
use regua_wire::files::portfolio::Portfolio;

const NOW: &str = "2026-03-01T09:00";

fn brand(name: &str) -> Brand {
    let low = name.to_lowercase();
    Brand {
        name: name.to_owned(),
        legal_name: format!("{name} Pagamentos Ltda"),
        address: format!("Rua {name} 12, São Paulo"),
        tax_id: format!("CNPJ 00.000.000/0001-{}{}", name.len(), name.len()),
        contact: format!("ajuda@{low}.example"),
        link: format!("https://pay.{low}.example/conta"),
        sender_name: format!("Contas {name}"),
        sender: format!("contas@{low}.example"),
        reply_to: format!("ajuda@{low}.example"),
        ..Brand::default()
    }
}

fn put(company: &mut Company1, key: &str, brand: &Brand) -> regua_engine::Result<BrandId> {
    company.engine.put_brand(company.tenant, key, brand, &act(), at(NOW), &mut company.rng)
}

/// Three customers with a bill each, of which each chose what is said here; what each of them is sent, in their order.
fn sent(company: &mut Company1, chosen: [Option<Attribute>; 3]) -> Vec<Parcel> {
    let mut customers = vec![customer("C1"), customer("C2"), customer("C3")];
    for (row, chosen) in customers.iter_mut().zip(chosen) {
        row.customer.attributes.extend(chosen.map(|chosen| ("brand".into(), chosen)));
    }
    let bill = |id: &str, of: u32| receivable(id, of, "2026-03-01", "2026-03-10", 10_000);
    let receivables = vec![bill("R1", 0), bill("R2", 1), bill("R3", 2)];
    company.import(&Portfolio { customers, receivables, payments: Vec::new() }, at(NOW));
    sent_at(company, at(NOW))
}

fn sent_at(company: &Company1, now: Instant) -> Vec<Parcel> {
    let mut scratch = Scratch::default();
    while company.engine.tick(now, &mut scratch).unwrap().customers > 0 {}
    let mut memory = Emails(Memory::default());
    company.engine.dispatch(&|| now, &mut memory, &stationery(), Sending::default(), &|_| true).unwrap();
    let mut parcels = memory.0.parcels;
    parcels.sort_by(|one, other| one.to.cmp(&other.to));
    parcels
}

/// Keeps mails.
struct Emails(Memory);

impl Courier for Emails {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0.send(parcels)
    }
}

fn text(chosen: &str) -> Option<Attribute> {
    Some(Attribute::Text(chosen.into()))
}

/// Sender, address for bounces, and whether name, legal data and link of a brand stand in the text.
fn by(parcel: &Parcel, name: &str) -> bool {
    let brand = brand(name);
    let mail = parcel.mail.as_ref().unwrap();
    let bytes = String::from_utf8_lossy(&mail.bytes).into_owned();
    let header = format!("From: {} <{}>\r\nReply-To: {0} <{}>\r\n", brand.sender_name, brand.sender, brand.reply_to);
    let said = [&brand.name, &brand.legal_name, &brand.address, &brand.tax_id, &brand.link].iter().all(|part| parcel.text.contains(*part));
    mail.from == brand.sender && bytes.contains(&header) && said
}

fn by_settings(parcel: &Parcel) -> bool {
    let stationery = stationery();
    let mail = parcel.mail.as_ref().unwrap();
    mail.from == "contas@nuvem.example" && parcel.text.contains(stationery.company.creditor.tax_id.as_str())
}

#[test]
fn customers_of_two_brands_get_mails_of_their_brand() {
    on_both(|url| {
        let mut company = Company1::new(url);
        put(&mut company, "acme", &brand("Acme")).unwrap();
        put(&mut company, "zenith", &brand("Zenith")).unwrap();
        let parcels = sent(&mut company, [text("acme"), text(" Zenith "), None]);
        let [first, second, third] = parcels.as_slice() else { panic!("{} mails", parcels.len()) };
        assert!(by(first, "Acme") && !by(first, "Zenith"), "{}", first.text);
        assert!(by(second, "Zenith") && !by(second, "Acme"), "{}", second.text);
        assert!(by_settings(third) && !third.text.contains("Acme"), "{}", third.text);
    });
}

#[test]
fn whoever_chose_none_or_one_that_is_not_there_is_written_to_by_the_default() {
    on_both(|url| {
        let mut company = Company1::new(url);
        put(&mut company, "acme", &brand("Acme")).unwrap();
        let zenith = put(&mut company, "zenith", &brand("Zenith")).unwrap();
        company.engine.make_default_brand(company.tenant, Some(zenith), &act(), at(NOW)).unwrap();
        let parcels = sent(&mut company, [text("gone"), Some(Attribute::Bool(true)), text("acme")]);
        let brands = ["Zenith", "Zenith", "Acme"];
        assert!(parcels.len() == 3 && parcels.iter().zip(brands).all(|(parcel, name)| by(parcel, name)), "{parcels:?}");
    });
}

#[test]
fn without_brands_the_settings_write_as_before_and_attributes_change_nothing() {
    on_both(|url| {
        let parcels = sent(&mut Company1::new(url), [text("acme"), None, None]);
        assert!(parcels.len() == 3 && parcels.iter().all(by_settings), "{parcels:?}");
        let bytes = |parcel: &Parcel| parcel.mail.as_ref().unwrap().bytes.clone();
        assert!(parcels.iter().all(|parcel| String::from_utf8_lossy(&bytes(parcel)).contains("From: Nuvem <contas@nuvem.example>\r\n")));
    });
}

#[test]
fn a_removed_brand_leaves_its_customers_to_the_default_and_the_default_stays() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (acme, zenith) = (put(&mut company, "acme", &brand("Acme")).unwrap(), put(&mut company, "zenith", &brand("Zenith")).unwrap());
        let first = sent(&mut company, [text("acme"), text("acme"), text("acme")]);
        assert!(first.iter().all(|parcel| by(parcel, "Acme")));
        let (engine, tenant) = (&company.engine, company.tenant);
        engine.make_default_brand(tenant, Some(zenith), &act(), at(NOW)).unwrap();
        assert_eq!(engine.remove_brand(tenant, zenith, &act(), at(NOW)).unwrap_err().code, "default_brand");
        engine.remove_brand(tenant, acme, &act(), at(NOW)).unwrap();
        assert_eq!(engine.remove_brand(tenant, acme, &act(), at(NOW)).unwrap_err().code, "no_brand");
        assert_eq!(engine.make_default_brand(tenant, Some(acme), &act(), at(NOW)).unwrap_err().code, "no_brand");
        let parcels = sent_at(&company, at("2026-03-05T12:00"));
        assert!(parcels.len() == 3 && parcels.iter().all(|parcel| by(parcel, "Zenith")), "{parcels:?}");
        let keys: Vec<(String, bool)> = engine.brands(tenant).unwrap().into_iter().map(|one| (one.key, one.is_default)).collect();
        assert_eq!(keys, [("zenith".to_owned(), true)], "a refusal changed nothing");
    });
}

#[test]
fn one_brand_at_most_is_the_default_and_the_database_proves_it() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let ids = ["acme", "beta", "zenith"].map(|key| put(&mut company, key, &brand("Acme")).unwrap());
        let (engine, tenant) = (&company.engine, company.tenant);
        let default = || engine.brands(tenant).unwrap().into_iter().filter(|one| one.is_default).map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(default(), []);
        for id in [ids[0], ids[2], ids[2]] {
            engine.make_default_brand(tenant, Some(id), &act(), at(NOW)).unwrap();
            assert_eq!(default(), [id]);
        }
        let sql = "UPDATE brands SET standing = 'default' WHERE tenant = $1 AND brand = $2";
        let second: Result<u64, StoreError> = engine.db().write(Scope::Owner, |tx| tx.execute(sql, &[tenant.into(), ids[0].into()]));
        assert!(matches!(second, Err(StoreError::Unique { .. })), "{second:?}");
        engine.make_default_brand(tenant, None, &act(), at(NOW)).unwrap();
        assert_eq!(default(), []);
        engine.remove_brand(tenant, ids[2], &act(), at(NOW)).unwrap();
    });
}

#[test]
fn a_brand_is_changed_by_its_key_and_what_is_wrong_is_said() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let id = put(&mut company, "acme", &brand("Acme")).unwrap();
        assert_eq!(put(&mut company, "acme", &brand("Acme")).unwrap(), id, "the same again");
        assert_eq!(put(&mut company, "acme", &brand("Zenith")).unwrap(), id);
        assert_eq!(company.engine.brand(company.tenant, id).unwrap().brand, brand("Zenith"));
        let wrong = Brand { sender: "nobody".into(), ..brand("Acme") };
        let refused = put(&mut company, "other", &wrong).unwrap_err();
        assert_eq!((refused.code, refused.to_string().as_str()), ("bad_brand", "sender is not an e-mail address"));
        assert_eq!(put(&mut company, "Other", &brand("Acme")).unwrap_err().code, "bad_brand_key");
        assert_eq!(events(&company), ["brand_put", "brand_put"], "what changed nothing is no event");
        for number in 1..BRANDS_MAX {
            put(&mut company, &format!("b{number}"), &brand("Acme")).unwrap();
        }
        assert_eq!(put(&mut company, "one-more", &brand("Acme")).unwrap_err().code, "many_brands");
    });
}

fn events(company: &Company1) -> Vec<String> {
    let sql = "SELECT kind FROM events WHERE kind LIKE 'brand%' ORDER BY seq";
    let rows = company.engine.db().read(Scope::Owner, |tx| tx.rows(sql, &[], |row| row.text(0)));
    rows.map_err(|error: StoreError| error.to_string()).unwrap()
}

fn findings(company: &Company1) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let verdict = verify(&company.engine, company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
    verdict.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn verify_accepts_brands_and_names_those_that_somebody_altered() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (acme, zenith) = (put(&mut company, "acme", &brand("Acme")).unwrap(), put(&mut company, "zenith", &brand("Zenith")).unwrap());
        let gone = put(&mut company, "gone", &brand("Gone")).unwrap();
        let (engine, tenant) = (&company.engine, company.tenant);
        engine.make_default_brand(tenant, Some(acme), &act(), at(NOW)).unwrap();
        engine.remove_brand(tenant, gone, &act(), at(NOW)).unwrap();
        sent(&mut company, [text("acme"), text("zenith"), None]);
        let engine = &company.engine;
        let fact = Fact::Paid { paid_on: day("2026-03-02"), amount: None };
        engine.tell(tenant, &About::Receivable("R1".to_owned()), fact, Some(&act()), at("2026-03-02T09:00")).unwrap();
        assert_eq!(findings(&company), Vec::<String>::new());

        let write = |sql, values: &[Value<'_>]| {
            let done: Result<u64, StoreError> = company.engine.db().write(Scope::Owner, |tx| tx.execute(sql, values));
            assert_eq!(done, Ok(1));
        };
        let thief = serde_json::to_string(&Brand { link: "https://thief.example".into(), ..brand("Acme") }).unwrap();
        write("UPDATE brands SET body = $2 WHERE tenant = $1 AND brand = $3", &[tenant.into(), Value::Text(&thief), acme.into()]);
        write("DELETE FROM brands WHERE tenant = $1 AND brand = $2", &[tenant.into(), zenith.into()]);
        let expected = [
            format!("altered row: brands: {acme} is not as the tenant's own chain says"),
            format!("missing row: brands: {zenith} is not as the tenant's own chain says"),
        ];
        assert_eq!(findings(&company), expected);
    });
}
