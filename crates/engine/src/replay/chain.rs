//! Chains of events: that each begins with its first, has no gap, and that every event is the one that was written.

use regua_core::ids::{CustomerId, TenantId};
use regua_store::chain;
use regua_store::db::Tx;
use regua_store::log::{self, StoredEvent};

use super::PAGE;
use super::verdict::{Report, Sort};
use crate::error::Result;

/// How far one chain was checked.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) stream: [u8; 16],
    pub(super) seq: i64,
    /// The last hash; nothing behind a gap.
    pub(super) hash: Option<[u8; 32]>,
    /// Whether everything was in order so far.
    pub(super) whole: bool,
}

impl Link {
    pub(super) const fn before(stream: [u8; 16]) -> Self {
        Self { stream, seq: 0, hash: Some([0; 32]), whole: true }
    }

    /// Takes the next event of this chain.
    pub(super) fn take(&mut self, tenant: TenantId, event: &StoredEvent, report: &mut Report) {
        let name = stream_name(tenant, &self.stream);
        if event.seq != self.seq + 1 {
            let (sort, what) = if self.seq == 0 {
                (Sort::NotFromOne, format!("{name} begins with event {}", event.seq))
            } else {
                (Sort::MissingEvent, format!("{name}: event {} is followed by event {}", self.seq, event.seq))
            };
            report.add(sort, what);
            self.whole = false;
            self.hash = None;
        }
        if let Some(before) = self.hash {
            let link = chain::Link {
                tenant,
                stream: event.stream,
                seq: event.seq,
                at: event.at,
                kind: &event.kind,
                payload: &event.payload,
                sealed: event.sealed.as_deref(),
            };
            if chain::hash(&before, &link) != event.hash {
                report.add(Sort::AlteredEvent, format!("{name}: event {} (`{}`) is not the one that was written", event.seq, event.kind));
                self.whole = false;
            }
        }
        self.seq = event.seq;
        self.hash = Some(event.hash);
    }

    /// The chain has ended: its head must say so.
    pub(super) fn end(&mut self, tenant: TenantId, head: Option<(i64, [u8; 32])>, report: &mut Report) {
        let name = stream_name(tenant, &self.stream);
        match head {
            None => {
                report.add(Sort::MissingRow, format!("{name} has events and is not there"));
                self.whole = false;
            }
            Some((seq, _)) if seq != self.seq => {
                report.add(Sort::CutOff, format!("{name}: the last event is {}, its head says {seq}", self.seq));
                self.whole = false;
            }
            Some((_, hash)) if self.hash.is_some_and(|own| own != hash) => {
                report.add(Sort::AlteredEvent, format!("{name}: the last event, {}, is not the one that its head names", self.seq));
                self.whole = false;
            }
            Some(_) => {}
        }
    }
}

/// What a chain is called in a report.
pub(super) fn stream_name(tenant: TenantId, stream: &[u8; 16]) -> String {
    if *stream == tenant.to_bytes() {
        return "the tenant's own chain".to_owned();
    }
    CustomerId::from_bytes(*stream).map_or_else(|_| "a chain of nobody".to_owned(), |id| id.to_string())
}

/// A chain's length and last hash, behind whose it is.
type Head = ([u8; 16], i64, [u8; 32]);

/// The heads of all customers in order, for whoever walks along their chains.
pub(super) struct Heads {
    own: TenantId,
    page: std::vec::IntoIter<Head>,
    last: [u8; 16],
    more: bool,
}

impl Heads {
    pub(super) fn of(own: TenantId) -> Self {
        Self { own, page: Vec::new().into_iter(), last: [0; 16], more: true }
    }

    fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<Head>> {
        if self.page.len() == 0 && self.more {
            let page = log::heads(tx, self.own, self.last, PAGE)?;
            self.more = !page.is_empty();
            let page: Vec<_> = page.into_iter().map(|(customer, seq, head)| (customer.to_bytes(), seq, head)).collect();
            self.last = page.last().map_or(self.last, |(customer, _, _)| *customer);
            self.page = page.into_iter();
        }
        Ok(self.page.as_slice().first().copied())
    }

    /// The head of a chain. Customers before it have none, which is reported; `lost` is told whose.
    pub(super) fn of_stream(
        &mut self,
        tx: &mut Tx<'_>,
        stream: Option<[u8; 16]>,
        report: &mut Report,
        lost: &mut impl FnMut([u8; 16]),
    ) -> Result<Option<(i64, [u8; 32])>> {
        while let Some((customer, seq, head)) = self.next(tx)? {
            match stream.map(|stream| customer.cmp(&stream)) {
                Some(std::cmp::Ordering::Greater) => return Ok(None),
                Some(std::cmp::Ordering::Equal) => {
                    self.page.next();
                    return Ok(Some((seq, head)));
                }
                Some(std::cmp::Ordering::Less) | None => {
                    self.page.next();
                    report.add(Sort::CutOff, format!("{} has no event left, its head says {seq}", stream_name(self.own, &customer)));
                    lost(customer);
                }
            }
        }
        Ok(None)
    }
}
