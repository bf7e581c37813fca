//! The page as a whole: it is well formed, escapes what it is told, and has something to say about nothing.

mod demo;
mod layout;
mod sample;
mod well_formed;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Channel, SkipReason, Tone};

use super::data::*;
use super::*;
use well_formed::{check, outline};

/// Keeps a page where a person can look at it, when the target folder is in its usual place.
fn keep(name: &str, page: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    if folder.is_dir() {
        std::fs::write(folder.join(format!("{name}.html")), page).expect("the target folder takes files");
    }
}

/// A report of a portfolio without a receivable.
fn nothing(lang: Lang) -> ReportData {
    let today = Day::parse("2026-12-31").expect("a date");
    ReportData {
        lang,
        title: "Vazia".to_owned(),
        period: (today, today),
        policy: "SaaS Brasil".to_owned(),
        policy_hash: String::new(),
        currency: Currency::BRL,
        notes: Vec::new(),
        figures: Figures::default(),
        receipts: 0,
        ladders: Vec::new(),
        cohorts: Vec::new(),
        aging: Aging::default(),
        weeks: Vec::new(),
        skips: Vec::new(),
        defers: Vec::new(),
        recovered: Recovered { within_days: 7, steps: Vec::new() },
        hours: Hours::default(),
        debtors: Vec::new(),
        plan: Plan { span: (today, today), days: Vec::new() },
        messages: Vec::new(),
        origin: Origin::default(),
    }
}

#[test]
fn the_sample_page_is_well_formed_and_complete_in_itself() {
    for lang in [Lang::PtBr, Lang::En] {
        let page = html(&sample::data(lang));
        check(&page);
        layout::check(&page);
        assert_eq!(page, html(&sample::data(lang)), "the same data give the same bytes");
        keep(&format!("report-{}", lang.language()), &page);
    }
}

#[test]
fn the_demo_has_something_to_say_in_every_part() {
    let data = demo::data(Lang::PtBr);
    let page = html(&data);
    check(&page);
    layout::check(&page);
    keep("report-demo", &page);
    assert!(!page.contains(Lang::PtBr.texts().nothing), "a part is empty");
    assert!(data.ladders.len() > 1 && !data.plan.days.is_empty() && data.debtors.len() == 10);
    assert_eq!(data.messages.iter().map(|message| message.tone).collect::<Vec<_>>(), [Tone::Friendly, Tone::Neutral, Tone::Firm]);
    let sundays: i64 = data.hours.collection.last().expect("seven days").iter().sum();
    assert_eq!(sundays, 0, "nobody is chased on a Sunday under the Brazilian rulebook");
    keep("report-demo-en", &html(&demo::data(Lang::En)));
}

#[test]
fn the_demo_s_numbers_agree_with_the_summary_and_with_each_other() {
    let (data, summary, report) = demo::gathered(Lang::PtBr);
    let sum = |counts: &mut dyn Iterator<Item = i64>| counts.sum::<i64>();
    let number = |count: u64| i64::try_from(count).unwrap();
    assert_eq!(data.figures.contacts + data.receipts, number(summary.messages), "every message is a contact or a receipt");
    assert_eq!(sum(&mut data.skips.iter().map(|(_, count)| *count)), number(summary.total.skipped_total));
    assert_eq!(sum(&mut data.defers.iter().map(|(_, count)| *count)), number(summary.total.deferred_total));
    let steps =
        || data.ladders.iter().flat_map(|ladder| ladder.steps.iter().map(|s| s.counts).chain(ladder.floating.iter().map(|f| f.counts)));
    assert_eq!(sum(&mut steps().map(|counts| counts.done)), number(summary.total.done));
    assert_eq!(sum(&mut steps().map(|counts| counts.skipped)), number(summary.total.skipped_total));
    assert_eq!(sum(&mut steps().map(|counts| counts.deferred)), number(summary.total.deferred_total));
    let cells = [&data.hours.collection, &data.hours.informative];
    assert_eq!(sum(&mut cells.into_iter().flatten().flatten().copied()), data.figures.contacts);
    assert_eq!(sum(&mut data.ladders.iter().map(|ladder| ladder.receivables)), data.figures.receivables);
    assert_eq!(sum(&mut data.aging.buckets.iter().map(|bucket| bucket.open_minor)), data.figures.open_minor);
    // The founder's summary in the terminal counts the same money.
    let of = |sums: &regua_sim::report::Sums| sums.of(data.currency).minor();
    let totals = &report.totals;
    assert_eq!(data.figures.billed_minor, of(&totals.billed));
    assert_eq!(data.figures.collected_minor, of(&totals.received));
    assert_eq!(data.figures.open_minor, of(&totals.open));
    assert_eq!(data.figures.overdue_minor, of(&totals.overdue));
}

#[test]
fn an_empty_portfolio_says_so_in_every_part() {
    for lang in [Lang::PtBr, Lang::En] {
        let page = html(&nothing(lang));
        check(&page);
        layout::check(&page);
        let texts = lang.texts();
        for said in [texts.lead_nothing, texts.rule_nothing, texts.plan_nothing, texts.debtors_nothing] {
            assert!(page.contains(said), "{said}");
        }
        assert_eq!(page.matches(texts.nothing).count(), 7, "each plot says that it has nothing to show");
        keep(&format!("report-empty-{}", lang.language()), &page);
    }
}

#[test]
fn a_page_without_messages_has_no_such_part() {
    let page = html(&ReportData { messages: Vec::new(), ..sample::data(Lang::En) });
    check(&page);
    assert!(!page.contains(Lang::En.texts().messages));
    assert!(page.contains(Lang::En.texts().debtors));
}

#[test]
fn data_is_never_markup() {
    let evil = "<script>alert('x')</script>\"&</style><img src=x onerror=y>";
    let mut data = sample::data(Lang::PtBr);
    for text in [&mut data.title, &mut data.policy, &mut data.policy_hash] {
        *text = evil.to_owned();
    }
    data.notes.push(evil.to_owned());
    for ladder in &mut data.ladders {
        ladder.name = evil.to_owned();
        ladder.steps.iter_mut().for_each(|step| (step.label, step.at) = (evil.to_owned(), evil.to_owned()));
        ladder.floating.iter_mut().for_each(|step| step.label = evil.to_owned());
    }
    data.cohorts.iter_mut().for_each(|cohort| cohort.label = evil.to_owned());
    data.recovered.steps.iter_mut().for_each(|step| step.label = evil.to_owned());
    data.debtors.iter_mut().for_each(|debtor| debtor.customer = evil.to_owned());
    for day in &mut data.plan.days {
        day.steps.iter_mut().for_each(|(step, _)| *step = evil.to_owned());
        day.rows.iter_mut().for_each(|row| (row.customer, row.step) = (evil.to_owned(), evil.to_owned()));
    }
    for message in &mut data.messages {
        message.subject = Some(evil.to_owned());
        for text in [&mut message.from, &mut message.to, &mut message.body, &mut message.why] {
            *text = evil.to_owned();
        }
    }
    data.origin.versions.push((evil.to_owned(), evil.to_owned()));
    data.origin.commands.push(evil.to_owned());
    let page = html(&data);
    check(&page);
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
}

#[test]
fn numbers_of_any_size_are_drawn() {
    let big = i64::MAX;
    let mut data = sample::data(Lang::En);
    data.currency = Currency::parse("JPY").expect("a currency without decimals");
    data.figures = Figures {
        receivables: big,
        customers: big,
        billed_minor: big,
        collected_minor: big,
        open_minor: big,
        overdue_minor: big,
        contacts: big,
        adverse: big,
        followed_by_payment: big,
    };
    data.aging.buckets = [Bucket { open_minor: big, receivables: big }; 5];
    data.hours = Hours { collection: [[big; 24]; 7], informative: [[1; 24]; 7] };
    data.skips = vec![(SkipReason::Closed, big), (SkipReason::Stale, big)];
    data.weeks.iter_mut().for_each(|week| week.contacts = vec![(Channel::Email, big), (Channel::Letter, big)]);
    data.recovered.steps.iter_mut().for_each(|step| (step.paid_minor, step.done, step.followed) = (big, big, big));
    data.cohorts.iter_mut().for_each(|cohort| cohort.billed_minor /= 20);
    for step in data.ladders.iter_mut().flat_map(|ladder| &mut ladder.steps) {
        step.counts = Counts { done: big, skipped: big, deferred: big };
    }
    if let Some(step) = data.ladders.iter_mut().flat_map(|ladder| &mut ladder.steps).next() {
        step.day = i32::MIN;
        step.repeat = Some(Repeat { every_days: 1, until_day: i32::MAX });
    }
    for row in data.plan.days.iter_mut().flat_map(|day| &mut day.rows) {
        row.amount = Money::new(i64::MIN, data.currency);
    }
    let page = html(&data);
    check(&page);
    layout::check(&page);
    assert!(page.contains("¥9,223,372,036,854,775,807"), "no decimals where the currency has none");
    keep("report-huge", &page);
}

#[test]
fn a_ladder_of_any_length_is_drawn() {
    for steps in [1, 2, 9, 16, 17, 30, 200] {
        let mut data = sample::data(Lang::PtBr);
        let template = data.ladders[0].steps[0].clone();
        let crowd = (0..steps).map(|index| Step { day: index / 3 - 10, label: format!("Passo número {index}"), ..template.clone() });
        data.ladders = vec![Ladder { name: "longa".to_owned(), receivables: 1, steps: crowd.collect(), floating: Vec::new() }];
        let page = html(&data);
        check(&page);
        layout::check(&page);
        assert_eq!(page.contains("class=\"any\""), steps > 17, "{steps} steps: what cannot lie side by side stands");
        keep(&format!("report-steps-{steps}"), &page);
    }
}

#[test]
fn the_page_has_this_outline() {
    insta::assert_snapshot!(outline(&html(&sample::data(Lang::PtBr))));
}
