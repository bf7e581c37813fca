//! Customers of a biller: who they are becomes known as an import tells it, and what the biller calls each is kept.

use std::collections::BTreeMap;

use regua_core::facts::Fact;
use regua_core::ids::CustomerId;
use regua_core::party::{ContactPoint, Customer, Email, Phone, TaxId};
use regua_core::words::{Channel, Language};
use regua_store::batch::Batch;
use regua_store::charging::methods::{self, GatewayCustomerRow};
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::db::Tx;
use regua_store::due::{self, Which};
use regua_store::lookup;
use regua_store::seal::CustomerKey;
use regua_wire::gateways::mirror::{BilledCustomer, CUSTOMER};

use super::{Site, Synced, source_of};
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::import::{differs, merged};
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::profile::{self, Profile};
use crate::tenancy::Tenancy;

/// Numbers of one customer that are kept.
const PHONES_MAX: usize = 4;

impl Engine {
    /// Whom a biller's names are of: as they were told before, else by what a source called a customer.
    pub(super) fn billed_customers(&self, tx: &mut Tx<'_>, site: Site<'_>, references: &[&str]) -> Result<BTreeMap<String, CustomerId>> {
        let marks: BTreeMap<[u8; 16], &str> =
            references.iter().map(|&reference| (self.token_mark(site.tenant, site.gateway, reference), reference)).collect();
        let asked: Vec<[u8; 16]> = marks.keys().copied().collect();
        let mut known = BTreeMap::new();
        if asked.is_empty() {
            return Ok(known);
        }
        for row in methods::customers_by_marks(tx, site.tenant, site.gateway, &asked)? {
            if let Some(reference) = marks.get(&row.mark) {
                known.insert((*reference).to_owned(), row.customer);
            }
        }
        let rest: Vec<&str> = references.iter().copied().filter(|&reference| !known.contains_key(reference)).collect();
        if !rest.is_empty() {
            known.extend(lookup::customers(tx, site.tenant, &rest)?.into_iter().map(|(id, external)| (external, id)));
        }
        Ok(known)
    }

    /// Takes a page of customers in.
    pub(super) fn take_customers(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        items: &[BilledCustomer],
        synced: &mut Synced,
        rng: &mut dyn Rng,
    ) -> Result<()> {
        let items: BTreeMap<&str, &BilledCustomer> = items.iter().map(|item| (item.reference.as_str(), item)).collect();
        let references: Vec<&str> = items.keys().copied().collect();
        let before = self.mirrored(tx, site, CUSTOMER, &references)?;
        let mut news: Vec<(&BilledCustomer, [u8; 32])> = Vec::new();
        for &item in items.values() {
            let digest = self.understood(site, &item.fingerprint());
            match before.get(&item.reference) {
                Some(row) if row.digest == digest => synced.customers.same += 1,
                Some(_) => news.push((item, digest)),
                // Who is gone before anybody knew of it owes nothing that is told here.
                None if item.deleted => synced.customers.left += 1,
                None => news.push((item, digest)),
            }
        }
        let wanted: Vec<&str> = news.iter().map(|(item, _)| item.reference.as_str()).collect();
        let known = self.billed_customers(tx, site, &wanted)?;
        if site.dry_run {
            for reference in wanted {
                let told = if known.contains_key(reference) { &mut synced.customers.changed } else { &mut synced.customers.new };
                *told += 1;
            }
            return Ok(());
        }
        self.write_customers(tx, site, &news, &known, synced, rng)
    }

    fn write_customers(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        news: &[(&BilledCustomer, [u8; 32])],
        known: &BTreeMap<String, CustomerId>,
        synced: &mut Synced,
        rng: &mut dyn Rng,
    ) -> Result<()> {
        let mut ids: Vec<[u8; 16]> = known.values().map(|id| id.to_bytes()).collect();
        ids.sort_unstable();
        ids.dedup();
        due::lock(tx, site.tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, site.tenant)?;
        let mut cases: BTreeMap<CustomerId, Result<Case>> =
            case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.into_iter().collect();
        let (mut batch, mut names, mut rows) = (Batch::default(), Vec::new(), Vec::new());
        for (place, &(item, digest)) in (0..).zip(news) {
            let row = |customer| MirroredRow {
                object: CUSTOMER.to_owned(),
                reference: item.reference.clone(),
                customer: Some(customer),
                receivable: None,
                biller_acts: false,
                digest,
                seen_at: site.now,
            };
            match known.get(&item.reference).and_then(|id| cases.get_mut(id)) {
                Some(Ok(case)) => {
                    know_better(case, &tenancy, item, site, synced)?;
                    names.extend(self.named(site, case, &item.reference)?);
                    rows.push(row(case.customer));
                }
                Some(Err(error)) => synced.refuse("customer", &item.reference, error.to_string()),
                None => {
                    let mut case = self.billed_case(&tenancy, site, item, place, rng)?;
                    case.save(&tenancy, site.now, site.now, &mut batch)?;
                    synced.customers.new += 1;
                    names.extend(self.named(site, &case, &item.reference)?);
                    rows.push(row(case.customer));
                }
            }
        }
        for case in cases.values_mut().flatten() {
            case.save_if_changed(&tenancy, site.now, &mut batch)?;
        }
        batch.write(tx, site.tenant)?;
        methods::enter_customers(tx, site.tenant, &names)?;
        mirrored::put(tx, site.tenant, site.gateway, &rows)?;
        Ok(())
    }

    fn billed_case(&self, tenancy: &Tenancy, site: Site<'_>, item: &BilledCustomer, place: u32, rng: &mut dyn Rng) -> Result<Case> {
        let customer = CustomerId::placed(millis(site.now), place, rng.bytes());
        let key = CustomerKey::new(rng.bytes());
        let wrapped = profile::wrap(&self.master, site.tenant, customer, &key)?;
        let profile = Profile { external_id: item.reference.clone(), customer: person(item) };
        Ok(Case::new(tenancy, customer, profile, &source_of(site.gateway), (key, wrapped), site.now))
    }

    /// What the gateway calls a customer, sealed; nothing of one that was erased.
    fn named(&self, site: Site<'_>, case: &Case, reference: &str) -> Result<Option<GatewayCustomerRow>> {
        let Some(key) = &case.key else { return Ok(None) };
        Ok(Some(GatewayCustomerRow {
            gateway: site.gateway.to_owned(),
            mark: self.token_mark(site.tenant, site.gateway, reference),
            customer: case.customer,
            token: profile::seal_method(key, site.tenant, case.customer, reference.as_bytes())?,
        }))
    }
}

/// What the biller tells otherwise of a customer becomes known; who was taken away there stays as it was known here.
fn know_better(case: &mut Case, tenancy: &Tenancy, item: &BilledCustomer, site: Site<'_>, synced: &mut Synced) -> Result<()> {
    let told = person(item);
    if item.deleted || case.key.is_none() || !differs(&case.facts.customer, &told) {
        synced.customers.same += 1;
        return Ok(());
    }
    let merged = merged(&case.facts.customer, &told);
    case.tell(tenancy, None, Fact::Profile(Box::new(merged)), site.now).map_err(|bad| Error::bug("profile", bad.to_string()))?;
    synced.customers.changed += 1;
    Ok(())
}

/// Who it is, as far as it can be read: what is no address, number or document is left out.
fn person(item: &BilledCustomer) -> Customer {
    let country = item.country.as_deref().unwrap_or_default();
    let mut contacts: Vec<ContactPoint> =
        item.email.as_deref().and_then(|email| Email::parse(email).ok()).map(ContactPoint::email).into_iter().collect();
    let numbers = item.phones.iter().take(PHONES_MAX).filter_map(|phone| Phone::parse(phone, country).ok());
    contacts.extend(numbers.map(|phone| ContactPoint::phone(Channel::Sms, phone)));
    Customer {
        name: item.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(Into::into),
        tax_id: item.tax_id.as_deref().and_then(|tax_id| TaxId::parse(tax_id, country).ok()),
        language: item.languages.iter().find_map(|tag| language(tag)),
        contacts,
        ..Customer::default()
    }
}

/// The language of a tag such as `pt-BR` or `en_GB`, if messages speak it.
fn language(tag: &str) -> Option<Language> {
    let first = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match first.as_str() {
        "pt" => Some(Language::PtBr),
        "en" => Some(Language::En),
        "es" => Some(Language::Es),
        "it" => Some(Language::It),
        "fr" => Some(Language::Fr),
        "de" => Some(Language::De),
        _ => None,
    }
}
