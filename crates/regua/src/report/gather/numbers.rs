//! Numbers of different customers put together. The result does not depend on how they were split.

use super::super::data::Counts;
use super::{DEBTORS, Numbers};

impl Numbers {
    /// Takes up what was gathered of the customers after one's own.
    pub(super) fn absorb(&mut self, other: Self) {
        let (mine, theirs) = (&mut self.figures, &other.figures);
        for (mine, theirs) in [
            (&mut mine.receivables, theirs.receivables),
            (&mut mine.customers, theirs.customers),
            (&mut mine.billed_minor, theirs.billed_minor),
            (&mut mine.collected_minor, theirs.collected_minor),
            (&mut mine.open_minor, theirs.open_minor),
            (&mut mine.overdue_minor, theirs.overdue_minor),
            (&mut mine.contacts, theirs.contacts),
            (&mut mine.adverse, theirs.adverse),
            (&mut mine.followed_by_payment, theirs.followed_by_payment),
            (&mut self.foreign, other.foreign),
            (&mut self.receipts, other.receipts),
        ] {
            *mine = mine.saturating_add(theirs);
        }
        self.days = match (self.days, other.days) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (mine, theirs) => mine.or(theirs),
        };
        for (ladder, walked) in other.ladders {
            let mine = self.ladders.entry(ladder).or_default();
            mine.receivables += walked.receivables;
            mine.issued_before += walked.issued_before;
        }
        for (step, counts) in other.steps {
            self.steps.entry(step).or_default().absorb(counts);
        }
        for (step, followed) in other.followed {
            self.followed.entry(step).or_default().absorb(followed);
        }
        self.collection.absorb(other.collection);
        for (mine, theirs) in self.aging.buckets.iter_mut().zip(other.aging.buckets) {
            mine.open_minor = mine.open_minor.saturating_add(theirs.open_minor);
            mine.receivables += theirs.receivables;
        }
        for (monday, counts) in other.weeks {
            add(self.weeks.entry(monday).or_default(), &counts);
        }
        let (mine, theirs) = (&mut self.hours, &other.hours);
        for (mine, theirs) in [(&mut mine.collection, &theirs.collection), (&mut mine.informative, &theirs.informative)] {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| add(mine, theirs));
        }
        other.skips.into_iter().for_each(|(reason, count)| *self.skips.entry(reason).or_default() += count);
        other.defers.into_iter().for_each(|(reason, count)| *self.defers.entry(reason).or_default() += count);
        self.debtors.extend(other.debtors);
        self.prune();
    }

    /// Keeps the customers that will be listed, the largest first.
    pub(super) fn prune(&mut self) {
        self.debtors.sort_by(|a, b| (b.overdue_minor, &a.customer).cmp(&(a.overdue_minor, &b.customer)));
        self.debtors.truncate(DEBTORS);
    }
}

impl Counts {
    /// Adds the counts of other customers.
    pub(in super::super) fn absorb(&mut self, other: Self) {
        self.done += other.done;
        self.skipped += other.skipped;
        self.deferred += other.deferred;
    }
}

fn add(mine: &mut [i64], theirs: &[i64]) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}
