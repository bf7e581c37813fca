//! Customers by what they are called: beginnings of the words of a sealed name, as marks that nobody reads who has not the
//! installation's key.
//!
//! Beginnings of two lengths are kept, which finds candidates; whether a name fits is seen on the name itself, so that a mark that
//! outlived a change of name finds nobody. Deliberately absent: names that are misspelt.

use regua_core::bank::matching::folded;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::party::Customer;
use regua_store::db::{Scope, Tx};
use regua_store::due;
use regua_store::lists::{NEWEST, customers};
use regua_store::lookup;
use regua_store::seal::MasterKey;

use crate::Engine;
use crate::error::Result;

/// Letters of a word that are marked: a longer word is found by either, a shorter one not at all.
const BEGINNINGS: [usize; 2] = [5, 3];
/// Words of a name that are marked.
const WORDS_MAX: usize = 8;
/// Names that a search opens, at most.
const OPENED_MAX: usize = 2_000;
/// Names that are opened at a time.
const AT_ONCE: usize = 500;

/// The marks by which a customer is found by its name.
pub(crate) fn marks(master: &MasterKey, tenant: TenantId, customer: &Customer) -> Vec<[u8; 16]> {
    let name = folded(customer.name.as_deref().unwrap_or_default());
    let mut marks: Vec<[u8; 16]> = words(&name)
        .flat_map(|word| BEGINNINGS.into_iter().filter_map(move |length| beginning(word, length)))
        .map(|begin| mark(master, tenant, begin))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn mark(master: &MasterKey, tenant: TenantId, begin: &str) -> [u8; 16] {
    master.mark("word of a name", &tenant.to_bytes(), begin.as_bytes())
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty()).take(WORDS_MAX)
}

/// The first so many letters, of a word that has them.
fn beginning(word: &str, length: usize) -> Option<&str> {
    let mut ends = word.char_indices().map(|(at, letter)| at.saturating_add(letter.len_utf8()));
    word.get(..ends.nth(length.checked_sub(1)?)?)
}

/// Whether each word that is sought begins a word of the name; both folded.
fn fits(sought: &str, name: &str) -> bool {
    sought.split(' ').all(|begin| name.split(' ').any(|word| word.starts_with(begin)))
}

impl Engine {
    /// Marks the names of up to so many customers who were known before names were marked; how many it looked at.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn mark_names(&self, tenant: TenantId, most: i64) -> Result<u64> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let Some(behind) = lookup::to_mark(tx, tenant)? else { return Ok(0) };
            let ids: Vec<[u8; 16]> = lookup::page(tx, tenant, behind, most)?.into_iter().map(|(id, _)| id.to_bytes()).collect();
            // Whoever is erased meanwhile has no marks afterwards.
            due::lock(tx, tenant, &ids)?;
            let mut found = Vec::new();
            for row in customers::these(tx, tenant, &ids)? {
                // One that cannot be read keeps nobody else from being found.
                let Ok(card) = self.card(tenant, row) else { continue };
                if let Some(profile) = &card.profile {
                    found.extend(marks(&self.master, tenant, profile).into_iter().map(|mark| (mark, card.row.customer)));
                }
            }
            lookup::mark(tx, tenant, &found, ids.last().copied())?;
            Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
        })
    }

    /// Customers each of whose sought words begins a word of the name, the newest first, and whether there may be more: at most so
    /// many, among the newest 2000 whose marks fit. None when no sought word has three letters.
    pub(crate) fn called(&self, tx: &mut Tx<'_>, tenant: TenantId, sought: &str, most: usize) -> Result<(Vec<CustomerId>, bool)> {
        let sought = folded(sought);
        let mut begins: Vec<&str> =
            words(&sought).filter_map(|word| BEGINNINGS.into_iter().find_map(|length| beginning(word, length))).collect();
        // The longer a beginning, the fewer have it.
        begins.sort_unstable_by_key(|begin| std::cmp::Reverse(begin.len()));
        begins.dedup();
        let Some((first, others)) = begins.split_first() else { return Ok((Vec::new(), false)) };
        let first = mark(&self.master, tenant, first);
        let second = others.first().map_or(first, |begin| mark(&self.master, tenant, begin));
        let (mut found, mut before, mut opened, mut more) = (Vec::new(), NEWEST, 0_usize, true);
        while more && opened < OPENED_MAX && found.len() < most {
            let ids = lookup::customers_marked(tx, tenant, first, second, before, i64::try_from(AT_ONCE).unwrap_or(i64::MAX))?;
            opened = opened.saturating_add(ids.len());
            for row in customers::these(tx, tenant, &ids)? {
                let card = self.card(tenant, row)?;
                let name = card.profile.and_then(|profile| profile.name).map(|name| folded(&name));
                if name.is_some_and(|name| fits(&sought, &name)) {
                    found.push(card.row.customer);
                }
            }
            more = ids.len() == AT_ONCE;
            before = ids.last().copied().unwrap_or(before);
        }
        let cut = more || found.len() > most;
        found.truncate(most);
        Ok((found, cut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_its_beginning_whatever_its_letters_are() {
        assert_eq!(beginning("joao", 3), Some("joa"));
        assert_eq!(beginning("ab", 3), None);
        assert_eq!(beginning("łódź", 3), Some("łód"));
        assert!(fits("mar sil", "ana maria da silva"));
        assert!(!fits("mar sou", "ana maria da silva"));
        // The whole of what was typed counts, not only what is marked of it.
        assert!(!fits("mariana", "ana maria da silva"));
    }

    #[test]
    fn marks_say_nothing_without_the_key_and_the_company() {
        let customer = |name: &str| Customer { name: Some(name.into()), ..Customer::default() };
        let (master, other) = (MasterKey::new([7; 32]), MasterKey::new([8; 32]));
        let (own, theirs) = (TenantId::new(1, [1; 10]), TenantId::new(1, [2; 10]));
        let marked = marks(&master, own, &customer("João Antônio"));
        assert_eq!(marked.len(), 3, "joa, ant, anton");
        assert_eq!(marked, marks(&master, own, &customer("JOAO ANTONIO")));
        for others in [marks(&other, own, &customer("João Antônio")), marks(&master, theirs, &customer("João Antônio"))] {
            assert!(others.iter().all(|mark| !marked.contains(mark)));
        }
        assert!(marks(&master, own, &Customer::default()).is_empty());
    }
}
