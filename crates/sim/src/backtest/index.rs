//! The portfolio arranged for walking: ids ranked by bytes, receivables by customer, payments by receivable.

use rayon::prelude::*;
use regua_core::time::Zone;
use regua_wire::files::portfolio::Portfolio;

/// Looks rows up by what they belong to, in flat arrays of 32-bit places.
pub(crate) struct Index {
    /// Receivables in the byte order of their ids.
    by_rank: Vec<u32>,
    /// The place of each receivable in that order.
    ranks: Vec<u32>,
    of_customer: Groups,
    payments_of: Groups,
    /// Every zone that occurs.
    pub(crate) zones: Vec<Zone>,
    zone_of: Vec<u16>,
}

/// Members of groups, one group behind the other.
struct Groups {
    /// Where each group begins; one more for the end.
    begins: Vec<u32>,
    members: Vec<u32>,
}

/// The file has more rows than 32 bits can number.
pub(crate) struct TooManyRows;

impl Index {
    pub(crate) fn new(portfolio: &Portfolio, default_zone: Zone) -> Result<Self, TooManyRows> {
        let count = u32::try_from(portfolio.receivables.len()).or(Err(TooManyRows))?;
        u32::try_from(portfolio.payments.len()).or(Err(TooManyRows))?;
        let by_rank = ranked(portfolio, count);
        let mut ranks = vec![0; portfolio.receivables.len()];
        for (&receivable, rank) in by_rank.iter().zip(0..) {
            put(&mut ranks, receivable, rank);
        }
        let customer = |receivable: u32| row(&portfolio.receivables, receivable).map_or(0, |row| row.customer);
        let of_customer = Groups::new(portfolio.customers.len(), by_rank.iter().map(|&receivable| (customer(receivable), receivable)));
        let payments = portfolio.payments.iter().zip(0..).map(|(payment, place)| (payment.receivable, place));
        let payments_of = Groups::new(portfolio.receivables.len(), payments);
        let (zones, zone_of) = zones(portfolio, default_zone);
        Ok(Self { by_rank, ranks, of_customer, payments_of, zones, zone_of })
    }

    /// The rank of a receivable's id among all.
    pub(crate) fn rank(&self, receivable: u32) -> u32 {
        row(&self.ranks, receivable).copied().unwrap_or(u32::MAX)
    }

    /// The receivable of a rank.
    pub(crate) fn receivable(&self, rank: u32) -> u32 {
        row(&self.by_rank, rank).copied().unwrap_or(u32::MAX)
    }

    /// Finds a receivable by its id.
    pub(crate) fn find(&self, portfolio: &Portfolio, id: &str) -> Option<u32> {
        let id_of = |receivable: u32| row(&portfolio.receivables, receivable).map_or("", |row| &row.id);
        let place = self.by_rank.partition_point(|&receivable| id_of(receivable) < id);
        self.by_rank.get(place).copied().filter(|&receivable| id_of(receivable) == id)
    }

    /// The receivables of a customer, in the byte order of their ids.
    pub(crate) fn of_customer(&self, customer: u32) -> &[u32] {
        self.of_customer.get(customer)
    }

    /// The payments of a receivable, in file order.
    pub(crate) fn payments_of(&self, receivable: u32) -> &[u32] {
        self.payments_of.get(receivable)
    }

    /// The place of a customer's zone among [`Index::zones`].
    pub(crate) fn zone_of(&self, customer: u32) -> usize {
        row(&self.zone_of, customer).copied().map_or(0, usize::from)
    }
}

impl Groups {
    /// From `(group, member)` pairs; within a group members keep their order.
    fn new(groups: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut begins = vec![0_u32; groups + 1];
        for (group, _) in pairs.clone() {
            if let Some(count) = place(group).and_then(|group| begins.get_mut(group + 1)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let mut members = vec![0; place(sum).unwrap_or(0)];
        let mut next = begins.clone();
        for (group, member) in pairs {
            if let Some(next) = place(group).and_then(|group| next.get_mut(group)) {
                put(&mut members, *next, member);
                *next += 1;
            }
        }
        Self { begins, members }
    }

    fn get(&self, group: u32) -> &[u32] {
        let begin = row(&self.begins, group).copied().and_then(place);
        let end = row(&self.begins, group.saturating_add(1)).copied().and_then(place);
        begin.zip(end).and_then(|(begin, end)| self.members.get(begin..end)).unwrap_or_default()
    }
}

/// Receivables by the bytes of their ids. Most compares end at a prefix that lies beside the place.
fn ranked(portfolio: &Portfolio, count: u32) -> Vec<u32> {
    let prefix = |id: &str| {
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(id.bytes()) {
            *to = from;
        }
        u128::from_be_bytes(bytes)
    };
    let mut keyed: Vec<(u128, u32)> = portfolio.receivables.iter().map(|row| prefix(&row.id)).zip(0..count).collect();
    let id = |receivable: u32| row(&portfolio.receivables, receivable).map_or("", |row| &row.id);
    keyed.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
    keyed.into_iter().map(|(_, receivable)| receivable).collect()
}

fn zones(portfolio: &Portfolio, default: Zone) -> (Vec<Zone>, Vec<u16>) {
    let mut zones = vec![default];
    let zone_of = portfolio.customers.iter().map(|row| {
        let zone = row.customer.zone.unwrap_or(default);
        let known = zones.iter().position(|known| *known == zone).unwrap_or_else(|| {
            zones.push(zone);
            zones.len() - 1
        });
        // The time zone database has some 600 names.
        u16::try_from(known).unwrap_or(0)
    });
    let zone_of = zone_of.collect();
    (zones, zone_of)
}

/// A 32-bit place as an index: none on a machine whose addresses are smaller.
pub(crate) fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

/// The row at a 32-bit place.
pub(crate) fn row<T>(rows: &[T], number: u32) -> Option<&T> {
    place(number).and_then(|place| rows.get(place))
}

fn put(rows: &mut [u32], number: u32, value: u32) {
    if let Some(slot) = place(number).and_then(|place| rows.get_mut(place)) {
        *slot = value;
    }
}
