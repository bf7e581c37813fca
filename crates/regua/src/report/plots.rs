//! The plots between the rule and the lists: from data to words, drawings for both widths, and tables.

use regua_core::words::Channel;
use regua_wire::messages::locale;

use super::data::{Cohort, HourCounts, Week};
use super::draw::bars::{self, Bar};
use super::draw::canvas::px;
use super::draw::columns::{self, Column, Stack, channel_class};
use super::draw::curve::{self, Curve};
use super::draw::heat;
use super::figure::{Figure, Narrow, Page, Table, numbers, words};
use super::format::{fill, share_bps};
use super::markup::Markup;
use super::reasons;
use super::texts;

/// Drawings for the whole width, for half of it, and for a phone.
const FULL: (&str, i64) = ("wide", px(1_120));
const HALF: (&str, i64) = ("wide", px(540));
const PHONE: (&str, i64) = ("narrow", px(340));
/// Most columns of weeks that can be told apart on a phone.
const COLUMNS_MAX: usize = 110;
/// Most bars of steps; the table has all of them.
const BARS_MAX: usize = 12;

/// Writes all plots.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    collection(out, page);
    weeks(out, page);
    aging(out, page);
    recovered(out, page);
    skips(out, page);
    defers(out, page);
    hours(out, page);
}

fn sum(values: impl Iterator<Item = i64>) -> i64 {
    values.fold(0, i64::saturating_add)
}

fn collection(out: &mut Markup, page: &Page<'_>) {
    let (cohorts, texts, format) = (&page.data.cohorts, page.texts, page.format);
    let curves: Vec<Curve> = cohorts.iter().map(|cohort| curve::curve(&cohort.label, cohort.billed_minor, &cohort.paid)).collect();
    let figure = |told| Figure { id: "collection", class: "full", title: texts.collection, told, caption: texts.collection_caption };
    let all = together(page);
    let Some((last_day, last_share)) = all.points.last().copied() else {
        figure("").empty(out, texts.nothing);
        return;
    };
    let due = format.percent(on_day(&all, 0).unwrap_or(0));
    let said = fill(texts.collection_told, &[&due, &format.percent(last_share), &last_day.to_string()]);
    let days = [0, 5, 15, 30, 60, 90];
    let headings = days.map(|day| if day == 0 { texts.by_due.to_owned() } else { fill(texts.by_day, &[&day.to_string()]) });
    let columns = [words(texts.cohort), numbers(texts.billed)].into_iter().chain(headings.iter().map(|heading| numbers(heading)));
    let billed = cohorts.iter().map(|cohort| cohort.billed_minor);
    let total = sum(billed.clone());
    let named = curves.iter().zip(billed).chain([(&all, total)]);
    let rows = named.map(|(curve, billed)| {
        let shares = days.map(|day| on_day(curve, day).map_or_else(|| "–".to_owned(), |share| format.percent(share)));
        [curve.label.clone(), format.money(billed)].into_iter().chain(shares).collect()
    });
    let table = Table { columns: columns.collect(), rows: rows.collect(), narrow: Narrow::Scroll };
    // A cohort of a handful is noise beside the others: the table has it.
    let weighs = |cohort: &Cohort| share_bps(cohort.billed_minor, total).is_some_and(|share| share >= 100);
    let mut drawn: Vec<Curve> = curves.iter().zip(cohorts).filter(|(_, cohort)| weighs(cohort)).map(|(curve, _)| curve.clone()).collect();
    // One cohort alone is already all of them.
    if drawn.len() == 1 {
        drawn.clear();
    }
    drawn.push(all);
    figure(&said).write(out, texts, &table, |out| {
        curve::draw(out, (FULL.0, FULL.1, px(380)), &drawn, format, texts.due, &said);
        curve::draw(out, (PHONE.0, PHONE.1, px(320)), &drawn, format, texts.due, &said);
    });
}

/// All cohorts as one, as far as every one of them is known.
fn together(page: &Page<'_>) -> Curve {
    let cohorts: Vec<_> = page.data.cohorts.iter().filter(|cohort| cohort.billed_minor > 0).collect();
    let billed = sum(cohorts.iter().map(|cohort| cohort.billed_minor));
    let days = cohorts.iter().flat_map(|cohort| cohort.paid.iter().map(|(day, _)| *day));
    let days: std::collections::BTreeSet<i32> = days.collect();
    // A cohort too young for a day would pull the share down: each day counts those that have lived it.
    let points = days.into_iter().filter_map(|day| {
        let lived = cohorts.iter().filter(|cohort| cohort.paid.last().is_some_and(|(last, _)| *last >= day));
        let (mut paid, mut of) = (0_i64, 0_i64);
        for cohort in lived {
            let so_far = cohort.paid.iter().rfind(|(at, _)| *at <= day).map_or(0, |(_, paid)| *paid);
            paid = paid.saturating_add(so_far);
            of = of.saturating_add(cohort.billed_minor);
        }
        // Most of the money must be in it, else the last days would speak for a few old cohorts only.
        if of < billed / 2 { None } else { share_bps(paid, of).map(|share| (day, share)) }
    });
    Curve { label: page.texts.all.to_owned(), points: points.collect() }
}

/// The share on a day, as far as the curve is known.
fn on_day(curve: &Curve, day: i32) -> Option<i64> {
    curve.points.last().filter(|(last, _)| *last >= day)?;
    Some(curve.points.iter().rfind(|(at, _)| *at <= day).map_or(0, |(_, share)| *share))
}

fn aging(out: &mut Markup, page: &Page<'_>) {
    let (buckets, texts, format) = (&page.data.aging.buckets, page.texts, page.format);
    let figure = |told| Figure { id: "aging", class: "half", title: texts.aging, told, caption: "" };
    let open = sum(buckets.iter().map(|bucket| bucket.open_minor));
    if open <= 0 {
        figure("").empty(out, texts.nothing);
        return;
    }
    let receivables = sum(buckets.iter().map(|bucket| bucket.receivables));
    let oldest = buckets.last().map_or(0, |bucket| bucket.open_minor);
    let said = fill(texts.aging_told, &[&format.money_short(open), &format.count(receivables), &format.share(oldest, open)]);
    let names = [texts.age_0, texts.age_1, texts.age_2, texts.age_3, texts.age_4];
    let drawn: Vec<Column> = buckets
        .iter()
        .zip(names)
        .map(|(bucket, name)| Column {
            label: name.to_owned(),
            value: bucket.open_minor,
            text: format.money_short(bucket.open_minor),
            more: format.count_short(bucket.receivables),
        })
        .collect();
    let columns = vec![words(texts.age), numbers(texts.amount), numbers(texts.share), numbers(texts.receivables)];
    let row =
        |name: &str, minor: i64, count: i64| vec![name.to_owned(), format.money(minor), format.share(minor, open), format.count(count)];
    let rows = buckets.iter().zip(names).map(|(bucket, name)| row(name, bucket.open_minor, bucket.receivables));
    let table = Table { columns, rows: rows.chain([row(texts.total, open, receivables)]).collect(), narrow: Narrow::Scroll };
    figure(&said).write(out, texts, &table, |out| {
        columns::columns(out, (HALF.0, HALF.1, px(280)), &drawn, &said);
        columns::columns(out, (PHONE.0, PHONE.1, px(240)), &drawn, &said);
    });
}

fn weeks(out: &mut Markup, page: &Page<'_>) {
    let (texts, format, language) = (page.texts, page.format, page.data.lang.language());
    let weeks = every_week(&page.data.weeks);
    let count = |week: &Week, channel: Channel| sum(week.contacts.iter().filter(|(of, _)| *of == channel).map(|(_, count)| *count));
    let total = sum(weeks.iter().flat_map(|week| week.contacts.iter().map(|(_, count)| *count)));
    let used = |channel: &Channel| weeks.iter().any(|week| count(week, *channel) > 0);
    let channels: Vec<Channel> = Channel::ALL.iter().copied().filter(used).collect();
    let joined = weeks.len().div_ceil(COLUMNS_MAX).max(1);
    let caption = if joined > 1 { fill(texts.weeks_joined, &[&joined.to_string()]) } else { String::new() };
    let figure = |told| Figure { id: "weeks", class: "full", title: texts.weeks, told, caption: &caption };
    if total <= 0 {
        figure("").empty(out, texts.nothing);
        return;
    }
    let stacks = weeks.chunks(joined).filter_map(|span| {
        let from = span.first()?.monday;
        let counts: Vec<i64> = channels.iter().map(|channel| sum(span.iter().map(|week| count(week, *channel)))).collect();
        let name = fill(texts.week_of, &[&locale::date_short(language, from)]);
        Some(Stack { from, name: format!("{name}: {}", format.count(sum(counts.iter().copied()))), counts })
    });
    let stacks: Vec<Stack> = stacks.collect();
    let most = stacks.iter().map(|stack| sum(stack.counts.iter().copied())).max().unwrap_or(0);
    let told = if joined > 1 { texts.weeks_joined_told } else { texts.weeks_told };
    let length = i64::try_from(weeks.len()).unwrap_or(i64::MAX);
    let said = fill(told, &[&format.count(total), &format.count(length), &format.count(most)]);
    let columns = [words(&fill(texts.week_of, &[""]))]
        .into_iter()
        .chain(channels.iter().map(|channel| numbers(texts::channel(page.data.lang, *channel))))
        .chain([numbers(texts.total)]);
    let rows = stacks.iter().map(|stack| {
        let counts = stack.counts.iter().copied().chain([sum(stack.counts.iter().copied())]);
        [locale::date_short(language, stack.from)].into_iter().chain(counts.map(|count| format.count(count))).collect()
    });
    let table = Table { columns: columns.collect(), rows: rows.collect(), narrow: Narrow::Scroll };
    figure(&said).write(out, texts, &table, |out| {
        channel_key(out, page, &channels);
        columns::stacks(out, (FULL.0, FULL.1, px(260)), (&stacks, &channels), format, texts, &said);
        columns::stacks(out, (PHONE.0, PHONE.1, px(220)), (&stacks, &channels), format, texts, &said);
    });
}

fn channel_key(out: &mut Markup, page: &Page<'_>, channels: &[Channel]) {
    out.block("ul", &[("class", &"legend")], |out| {
        for channel in channels {
            out.tag("li", &[], |out| {
                let class = format!("sw {}", channel_class(*channel));
                out.tag("i", &[("class", &class)], |_| {});
                out.text(texts::channel(page.data.lang, *channel));
            });
        }
    });
}

/// The weeks without gaps: one without contacts is a week too. A span beyond a century stays as it is.
fn every_week(weeks: &[Week]) -> Vec<Week> {
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return Vec::new() };
    let length = last.monday.since(first.monday) / 7;
    if !(0..5_300).contains(&length) {
        return weeks.to_vec();
    }
    let mut known = weeks.iter().peekable();
    let mut every = Vec::new();
    for index in 0..=length {
        let monday = first.monday.plus(index * 7);
        let mut contacts = Vec::new();
        while let Some(week) = known.next_if(|week| week.monday < monday.plus(7)) {
            contacts.extend(week.contacts.iter().copied());
        }
        every.push(Week { monday, contacts });
    }
    every
}

fn skips(out: &mut Markup, page: &Page<'_>) {
    let lang = page.data.lang;
    let counted = page.data.skips.iter().map(|(reason, count)| (reasons::skip(lang, *reason), *count)).collect();
    reasons_figure(out, page, ("skips", page.texts.skips, page.texts.skips_told), counted);
}

fn defers(out: &mut Markup, page: &Page<'_>) {
    let lang = page.data.lang;
    let counted = page.data.defers.iter().map(|(reason, count)| (reasons::defer(lang, *reason), *count)).collect();
    reasons_figure(out, page, ("defers", page.texts.defers, page.texts.defers_told), counted);
}

type Reasons = Vec<((&'static str, &'static str), i64)>;

fn reasons_figure(out: &mut Markup, page: &Page<'_>, (id, title, told): (&'static str, &str, &str), mut reasons: Reasons) {
    let (texts, format) = (page.texts, page.format);
    reasons.retain(|(_, count)| *count > 0);
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let figure = |told| Figure { id, class: "half", title, told, caption: "" };
    let Some(((most, _), _)) = reasons.first() else {
        figure("").empty(out, texts.nothing);
        return;
    };
    let total = sum(reasons.iter().map(|(_, count)| *count));
    let said = fill(told, &[&format.count(total), &most.to_lowercase()]);
    let drawn: Vec<Bar> = reasons
        .iter()
        .map(|((label, _), count)| Bar {
            label: (*label).to_owned(),
            value: *count,
            text: format.count_fit(*count),
            more: format.share(*count, total),
        })
        .collect();
    let columns = vec![words(texts.reason), words(texts.meaning), numbers(texts.times), numbers(texts.share)];
    let rows = reasons.iter().map(|((label, meaning), count)| {
        vec![(*label).to_owned(), (*meaning).to_owned(), format.count(*count), format.share(*count, total)]
    });
    let table = Table { columns, rows: rows.collect(), narrow: Narrow::Scroll };
    figure(&said).write(out, texts, &table, |out| {
        bars::draw(out, HALF, &drawn, &said);
        bars::draw(out, PHONE, &drawn, &said);
    });
}

fn recovered(out: &mut Markup, page: &Page<'_>) {
    let (recovered, texts, format) = (&page.data.recovered, page.texts, page.format);
    let within = recovered.within_days.to_string();
    let title = fill(texts.recovered, &[&within]);
    let figure = |told| Figure { id: "recovered", class: "half", title: &title, told, caption: "" };
    let steps: Vec<_> = recovered.steps.iter().filter(|step| step.done > 0).collect();
    if steps.is_empty() {
        figure("").empty(out, texts.nothing);
        return;
    }
    let paid = sum(steps.iter().map(|step| step.paid_minor));
    let said = fill(texts.recovered_told, &[&format.money_short(paid), &within]);
    let followed = |followed: i64, done: i64| fill(texts.followed_of, &[&format.count_fit(followed), &format.count_fit(done)]);
    let mut least: Vec<i64> = steps.iter().map(|step| step.paid_minor).collect();
    least.sort_by_key(|paid| std::cmp::Reverse(*paid));
    let least = least.get(BARS_MAX - 1).copied().unwrap_or(0);
    let drawn: Vec<Bar> = steps
        .iter()
        .filter(|step| step.paid_minor >= least)
        .take(BARS_MAX)
        .map(|step| Bar {
            label: step.label.clone(),
            value: step.paid_minor,
            text: format.money_short(step.paid_minor),
            more: followed(step.followed, step.done),
        })
        .collect();
    let columns = vec![words(texts.step), numbers(texts.paid_after), numbers(texts.followed_count), numbers(texts.share)];
    let rows = steps.iter().map(|step| {
        vec![step.label.clone(), format.money(step.paid_minor), followed(step.followed, step.done), format.share(step.followed, step.done)]
    });
    let table = Table { columns, rows: rows.collect(), narrow: Narrow::Scroll };
    figure(&said).write(out, texts, &table, |out| {
        bars::draw(out, HALF, &drawn, &said);
        bars::draw(out, PHONE, &drawn, &said);
    });
}

fn hours(out: &mut Markup, page: &Page<'_>) {
    let (hours, texts, format) = (&page.data.hours, page.texts, page.format);
    let collection = hours_told(page, &hours.collection, texts.hours_told);
    let informative = hours_told(page, &hours.informative, texts.hours_told_informative);
    let said = [collection.as_deref(), informative.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let figure = |told| Figure { id: "hours", class: "full", title: texts.hours, told, caption: texts.hours_caption };
    if said.is_empty() {
        figure("").empty(out, texts.nothing);
        return;
    }
    let columns = [words(texts.hour)].into_iter().chain(texts.weekdays.map(numbers)).chain([numbers(texts.total)]);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (name, counts) in [(texts.hours_collection, &hours.collection), (texts.hours_informative, &hours.informative)] {
        for hour in used(counts) {
            let counts: Vec<i64> = counts.iter().map(|day| day.get(hour).copied().unwrap_or(0)).collect();
            let total = sum(counts.iter().copied());
            let counts = counts.into_iter().chain([total]).map(|count| format.count(count));
            rows.push([format!("{name}: {hour:02}:00")].into_iter().chain(counts).collect());
        }
    }
    let table = Table { columns: columns.collect(), rows, narrow: Narrow::Scroll };
    figure(&said).write(out, texts, &table, |out| {
        out.tag("div", &[("class", &"pair")], |out| {
            let maps =
                [(texts.hours_collection, &hours.collection, &collection), (texts.hours_informative, &hours.informative, &informative)];
            for (name, counts, told) in maps {
                out.tag("div", &[], |out| {
                    out.line("h3", "", name);
                    match told {
                        Some(told) => {
                            heat::draw(out, HALF, counts, format, texts, told);
                            heat::draw(out, PHONE, counts, format, texts, told);
                        }
                        None => out.line("p", "empty", texts.nothing),
                    }
                });
            }
        });
    });
}

/// Hours in which anything was sent.
fn used(counts: &HourCounts) -> impl Iterator<Item = usize> {
    (0..24_usize).filter(|hour| counts.iter().any(|day| day.get(*hour).is_some_and(|count| *count > 0)))
}

/// The first and the last hour, Saturdays and Sundays in a sentence; nothing when nothing was sent.
fn hours_told(page: &Page<'_>, counts: &HourCounts, told: &str) -> Option<String> {
    let (first, last) = (used(counts).min()?, used(counts).max()?);
    let [.., saturday, sunday] = counts.each_ref().map(|day| page.format.count(sum(day.iter().copied())));
    Some(fill(told, &[&format!("{first:02}:00"), &format!("{:02}:00", last + 1), &saturday, &sunday]))
}
