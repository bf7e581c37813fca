//! A good file becomes exactly the program that it describes.

use std::path::Path;

use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::policy::program::{Act, Anchor, Caps, ChannelChoice, DaysFrom, Delay, Event, Ladder, Offset, Retry, Rounding, Step};
use regua_core::policy::spell::{every, moment};
use regua_core::policy::{Names, Policy, compile};
use regua_core::rate::Rate;
use regua_core::rulebook::RulebookName;
use regua_core::time::LocalTime;
use regua_core::words::{AccessState, Channel, Language, Mode, Rail, Role, Tone};

fn good(text: &str) -> Policy {
    match compile(text, &Names::shipped(&[Language::PtBr])) {
        Ok(policy) => policy,
        Err(findings) => panic!("{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>()),
    }
}

/// A policy with these settings and these steps in its one ladder.
fn with(settings: &str, steps: &[&str]) -> Policy {
    let steps: String = steps.iter().map(|step| format!("\n    - {step}")).collect();
    good(&format!(
        "regua: 1\nname: Good\ncurrency: BRL\ntimezone: America/Sao_Paulo\nsegments: [{{ name: default }}]\n{settings}\nladders:\n  default:{steps}\n"
    ))
}

fn step<'p>(policy: &'p Policy, ladder: &str, id: &str) -> (&'p Ladder, &'p Step) {
    let ladder = policy.ladders.iter().find(|found| found.name == ladder).expect("the ladder");
    (ladder, ladder.steps.iter().find(|step| step.id == id).expect("the step"))
}

#[test]
fn the_example_of_the_specification_is_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/spec-example.yaml");
    let policy = good(&std::fs::read_to_string(path).unwrap());
    let brl = |minor| Money::new(minor, Currency::BRL);

    assert_eq!((policy.name.as_str(), policy.currency, policy.zone.name()), ("SaaS Brasil", Currency::BRL, "America/Sao_Paulo"));
    assert_eq!((policy.calendar, policy.time, policy.max_delay_days), (Calendar::BrBanking, LocalTime::hour(9), 3));
    assert_eq!((policy.notice, policy.minimum.as_slice()), (Delay::OpenDays(3), [brl(100)].as_slice()));
    assert_eq!(policy.clearing, [(Rail::Boleto, Delay::OpenDays(1))]);
    assert_eq!((policy.late_charges.fine, policy.late_charges.interest.rate), (Rate::from_bps(200), Rate::from_bps(100)));
    assert_eq!((policy.late_charges.interest.base_days, policy.late_charges.rounding), (30, Rounding::HalfUp));
    assert_eq!((policy.early_discounts[0].percent, policy.early_discounts[0].until), (Rate::from_bps(500), Offset::Days(-3)));
    assert_eq!(policy.autopay_discounts, [100, 200, 300].map(Rate::from_bps));
    assert_eq!((policy.contact.rulebook, policy.contact.consolidate), (RulebookName::Br, true));
    assert_eq!(policy.contact.caps, Caps { per_day: Some(1), per_week: Some(3), per_month: None });
    assert_eq!(policy.contact.channels, [Channel::Whatsapp, Channel::Email, Channel::Sms]);
    let blackout = &policy.blackouts[0];
    assert_eq!((blackout.from, blackout.to), ((12, 24), (1, 1)));
    assert_eq!((blackout.adverse, blackout.contacts, blackout.charges), (true, false, false));
    assert!(matches!(policy.retry, Some(Retry::Smart { window_days: 21, max: 8 })));

    let segments: Vec<(&str, &str, Option<&str>, Option<Offset>)> = policy
        .segments
        .iter()
        .map(|segment| {
            let when = segment.when.as_ref().map(|when| when.source());
            (segment.name.as_str(), policy.ladders[segment.ladder].name.as_str(), when, segment.not_before)
        })
        .collect();
    let expected = [
        ("strategic", "default", Some("customer.attributes.tier == 'gold'"), Some(Offset::Days(10))),
        ("autopay", "autopay", Some("subscription.collection == 'automatic'"), None),
        ("default", "default", None, None),
    ];
    assert_eq!(segments, expected);

    let (ladder, late5) = step(&policy, "default", "late5");
    assert_eq!((moment(late5.at, ladder).as_str(), late5.announces.as_slice()), ("D+5bd 09:00", [6].as_slice()));
    let contact = late5.act.contact().unwrap();
    assert_eq!((contact.template.as_str(), contact.tone), ("overdue", Tone::Neutral));
    assert_eq!((contact.to.as_slice(), contact.cc.as_slice()), ([Role::Billing].as_slice(), [Role::Accountant].as_slice()));
    let (_, late2) = step(&policy, "default", "late2");
    let choices = [ChannelChoice::Preferred, ChannelChoice::This(Channel::Email)];
    assert_eq!(late2.act.contact().unwrap().channels.as_deref(), Some(choices.as_slice()));
    let (_, offer) = step(&policy, "default", "offer");
    let Act::Offer(contact, terms) = &offer.act else { panic!("{:?}", offer.act) };
    assert_eq!((contact.template.as_str(), terms.instalments, offer.condition.is_some()), ("offer", 3, true));
    let (ladder, weekly) = step(&policy, "default", "weekly");
    let repeat = weekly.every.unwrap();
    assert_eq!((every(repeat, ladder).as_str(), repeat.max), ("every 7d until D+60d", 5), "D+30, 37, 44, 51, 58");
    let (_, bureau) = step(&policy, "default", "bureau");
    assert_eq!((&bureau.act, bureau.notice, bureau.approval), (&Act::Report("serasa".to_owned()), Delay::Days(10), true));
    assert_eq!((ladder.end, ladder.steps[12].act.verb().as_str()), (Some(12), "write_off"));
    let (ladder, mend) = step(&policy, "autopay", "mend");
    assert_eq!((mend.at.anchor, moment(mend.at, ladder).as_str()), (Anchor::After(1), "charge+2d 09:00"));

    let reactions: Vec<(&str, Event, bool)> =
        policy.reactions.iter().map(|reaction| (reaction.id.as_str(), reaction.on, reaction.by_reason)).collect();
    let expected = [
        ("on.payment_failed", Event::PaymentFailed, true),
        ("on.paid", Event::Paid, false),
        ("on.method_expiring", Event::MethodExpiring, false),
        ("on.promise_broken", Event::PromiseBroken, false),
    ];
    assert_eq!(reactions, expected);
}

#[test]
fn what_a_file_leaves_out_has_the_defaults_of_the_specification() {
    let policy = with("", &["{ id: due, at: D, do: notify, template: due_today }"]);
    assert_eq!((policy.calendar, policy.time, policy.max_delay_days), (Calendar::None, LocalTime::hour(9), 3));
    assert_eq!((policy.notice, policy.contact.rulebook, policy.contact.consolidate), (Delay::OpenDays(3), RulebookName::None, true));
    assert_eq!((policy.contact.channels.as_slice(), policy.contact.caps), ([Channel::Email].as_slice(), Caps::default()));
    assert!(policy.retry.is_none() && policy.minimum.is_empty() && policy.clearing.is_empty() && policy.blackouts.is_empty());
    assert_eq!(policy.late_charges, Default::default());
    let (ladder, due) = step(&policy, "default", "due");
    let contact = due.act.contact().unwrap();
    assert_eq!((contact.tone, contact.send_all, &contact.channels), (Tone::Friendly, false, &None));
    assert!(contact.to.is_empty() && contact.cc.is_empty() && due.mode.is_none() && !due.approval && ladder.end.is_none());
}

#[test]
fn every_moment_is_read_as_written() {
    for (written, expected) in [
        ("at: I", "I 09:00"),
        ("at: D", "D 09:00"),
        ("at: D+0", "D 09:00"),
        ("at: D-5", "D-5d 09:00"),
        ("at: D-5d", "D-5d 09:00"),
        ("at: D+5bd 10:30", "D+5bd 10:30"),
        ("at: \"D-2bd  23:59\"", "D-2bd 23:59"),
        ("at: F+6h", "F+6h"),
        ("at: P+2bd", "P+2bd 09:00"),
        ("at: X-30", "X-30d 09:00"),
        ("at: R-7 00:00", "R-7d 00:00"),
        ("after: first", "first 09:00"),
        ("after: first+3", "first+3d 09:00"),
        ("after: first+2bd 08:00", "first+2bd 08:00"),
        ("after: first+4h", "first+4h"),
        ("after: a-1", "a-1 09:00"),
        ("after: a-1+1d", "a-1+1d 09:00"),
    ] {
        let step_text = format!("{{ id: it, {written}, do: task, queue: q }}");
        let policy = with("", &["{ id: first, at: I, do: charge }", "{ id: a-1, at: D, do: task, queue: q }", &step_text]);
        let (ladder, it) = step(&policy, "default", "it");
        assert_eq!(moment(it.at, ladder), expected, "{written}");
    }
}

#[test]
fn repetitions_are_counted_by_the_shortest_gaps() {
    for (written, max) in [
        ("at: D+1, every: 1d, until: D+1", 1),
        ("at: D+1, every: 7, until: D+14", 2),
        ("at: D+1, every: 7d, until: D+15", 3),
        ("at: D, every: 5bd, until: D+20", 5),
        ("at: D+1bd, every: 2d, until: D+9", 5),
        ("at: D, every: 1d, until: P+20", 366),
    ] {
        let policy = with("", &[&format!("{{ id: it, {written}, do: task, queue: q }}")]);
        assert_eq!(step(&policy, "default", "it").1.every.unwrap().max, max, "{written}");
    }
}

#[test]
fn settings_are_exact() {
    let policy = with(
        "\
time: 07:30
notice: 5d
max_delay: 10d
minimum: { BRL: 1, JPY: 50, KWD: 0.005 }
clearing: { boleto: 1bd, pix: 0d, sepa: 5bd }
late_charges:
  fine: 0.5%
  interest: { rate: 0.033333%, per: day }
  fixed: [{ sum: { EUR: 40 } }, { from: { EUR: 1000.5 }, sum: { EUR: 70.00 } }]
  rounding: half_even
  days_from: original
early_discount: [{ percent: 2%, until: D }, { percent: 5%, until: D-10bd }]
retry: { mode: fixed, at: [F+6h, F+1d 10:00, F+3bd] }
contact: { rulebook: none, caps: [2/day, 5/week, 9/month], channels: [sms], consolidate: false }",
        &[
            "{ id: warn, at: D+1, do: notify, template: overdue, send: all, channels: [sms, letter], announces: [fee, stop], mode: shadow }",
            "{ id: fee, at: D+9, do: fee, amount: 12.5, notice: 7bd }",
            "{ id: stop, at: D+10, do: access, state: cancelled }",
            "{ id: sold, at: D+60, do: assign, agency: partner, if: 'receivable.days_late > 1' }",
            "{ id: tell, at: D+40, do: notify, template: overdue, announces: [sold] }",
            "{ id: usd, at: D+11, do: notify, template: overdue, if: \"receivable.amount > money('1','USD')\", approval: true }",
        ],
    );
    let money = |minor, code| Money::new(minor, Currency::parse(code).expect("a currency"));
    assert_eq!((policy.time, policy.notice, policy.max_delay_days), (LocalTime::new(7, 30).unwrap(), Delay::Days(5), 10));
    assert_eq!(policy.minimum, [money(100, "BRL"), money(50, "JPY"), money(5, "KWD")]);
    assert_eq!(policy.clearing, [(Rail::Boleto, Delay::OpenDays(1)), (Rail::Pix, Delay::Days(0)), (Rail::Sepa, Delay::OpenDays(5))]);
    let charges = &policy.late_charges;
    assert_eq!((charges.fine.units(), charges.interest.rate.units(), charges.interest.base_days), (500_000, 33_333, 1));
    assert_eq!((charges.fixed[0].from, charges.fixed[0].sum), (money(0, "EUR"), money(4_000, "EUR")));
    assert_eq!((charges.fixed[1].from, charges.fixed[1].sum), (money(100_050, "EUR"), money(7_000, "EUR")));
    assert_eq!((charges.rounding, charges.days_from), (Rounding::HalfEven, DaysFrom::Original));
    let untils: Vec<Offset> = policy.early_discounts.iter().map(|discount| discount.until).collect();
    assert_eq!(untils, [Offset::OpenDays(-10), Offset::Days(0)], "ascending");
    let Some(Retry::Fixed { at }) = &policy.retry else { panic!("{:?}", policy.retry) };
    let offsets: Vec<Offset> = at.iter().map(|at| at.offset).collect();
    assert_eq!((offsets, at[1].time), (vec![Offset::Hours(6), Offset::Days(1), Offset::OpenDays(3)], LocalTime::hour(10)));
    assert_eq!(policy.contact.caps, Caps { per_day: Some(2), per_week: Some(5), per_month: Some(9) });
    assert!(!policy.contact.consolidate);
    let (ladder, warn) = step(&policy, "default", "warn");
    assert_eq!((warn.announces.as_slice(), warn.mode, warn.act.contact().unwrap().send_all), ([1, 2].as_slice(), Some(Mode::Shadow), true));
    assert_eq!((&ladder.steps[1].act, ladder.steps[1].notice), (&Act::Fee(money(1_250, "BRL")), Delay::OpenDays(7)));
    assert_eq!((&ladder.steps[2].act, ladder.steps[2].notice), (&Act::Access(AccessState::Cancelled), Delay::Days(5)));
    assert_eq!((ladder.end, ladder.steps[5].approval), (Some(3), true), "an end with a condition is the end when there is no other");
}

#[test]
fn anchors_aliases_and_merges_are_written_out() {
    let policy = good(
        "
regua: 1
name: Reuse
currency: BRL
timezone: America/Sao_Paulo
segments: [{ name: one, when: 'receivable.days_late == 0' }, { name: two }]
ladders:
  one:
    - &late { id: late, at: D+2, do: notify, template: overdue, tone: neutral }
  two:
    - *late
    - { <<: *late, id: later, at: D+9 }
",
    );
    let (ladder, later) = step(&policy, "two", "later");
    assert_eq!((ladder.steps.len(), moment(later.at, ladder).as_str()), (2, "D+9d 09:00"));
    assert_eq!((later.act.contact().unwrap().tone, ladder.steps[0].id.as_str()), (Tone::Neutral, "late"));
}
