//! Weeks of faults and crashes by the seed: in the end everything arrived at least once, and nothing that was not told.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use regua_engine::endpoints::DeliveryState;
use regua_engine::events::Type;
use regua_engine::ports::{Deliver, Post, Posted};

use crate::House;
use crate::common::on_both;
use crate::far::{FINE, Far, status};

/// A number that the seed decides.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A far side with bad days, over a process that dies at the worst moments.
struct Stormy<'f> {
    far: &'f mut Far,
    draw: &'f mut Draw,
    calm: bool,
}

impl Deliver for Stormy<'_> {
    fn at_a_time(&self) -> usize {
        5
    }

    fn deliver(&mut self, posts: &[Post]) -> Vec<Posted> {
        assert!(self.calm || self.draw.below(6) > 0, "the process dies before anything is sent");
        let (mut answers, mut arrived) = (Vec::new(), Vec::new());
        for post in posts {
            let fault = if self.calm { 9 } else { self.draw.below(10) };
            let answer = match fault {
                0 => Posted::Missed("timeout"), // and yet it arrived
                1 => Posted::Missed("connect"),
                2 => status(500),
                3 => Posted::Answered { status: 503, wait_secs: Some(600) },
                _ => FINE,
            };
            if answer == FINE || fault == 0 {
                arrived.push(post.clone());
            }
            answers.push(answer);
        }
        self.far.deliver(&arrived);
        assert!(self.calm || self.draw.below(6) > 0, "the process dies before it is written down");
        if !self.calm && self.draw.below(9) == 0 {
            answers.pop(); // an answer that is lost is no arrival
        }
        answers
    }
}

#[test]
fn everything_arrives_at_least_once_whatever_happens_on_the_way() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let meant = info.payload().downcast_ref::<&str>().is_some_and(|said| said.starts_with("the process dies"));
        if !meant {
            hook(info);
        }
    }));
    for seed in 1..=3_u64 {
        on_both(|url| live(url, seed));
    }
}

fn live(url: &str, seed: u64) {
    let mut house = House::new(url);
    let mut draw = Draw(seed);
    let (all, key) = house.add("all", &[]);
    let (some, other) = house.add("some", &[Type::ReceivableChanged]);
    let from = house.engine().latest_position(house.tenant()).unwrap();
    let mut crashes = 0;
    for _ in 0..80 {
        if draw.below(3) > 0 {
            house.happen();
        }
        let long = draw.below(3_000);
        house.later(i64::try_from(long).unwrap());
        if draw.below(4) > 0 {
            house.feed();
        }
        let now = house.now;
        let (engine, far) = (&house.company.engine, &mut house.far);
        let mut stormy = Stormy { far, draw: &mut draw, calm: false };
        crashes += u32::from(catch_unwind(AssertUnwindSafe(|| engine.deliver_due(&|| now, &mut stormy, 40).unwrap())).is_err());
    }
    assert!(crashes > 0, "the storm was none");
    house.feed();
    // The storm is over: what was under way is taken for lost after a while, and goes again.
    for _ in 0..200 {
        let next = house.engine().next_delivery().unwrap();
        if next == regua_core::time::Instant::NEVER {
            break;
        }
        house.now = house.now.max(next);
        let now = house.now;
        let (engine, far) = (&house.company.engine, &mut house.far);
        engine.deliver_due(&|| now, &mut Stormy { far, draw: &mut draw, calm: true }, 1_000).unwrap();
    }
    let events = house.events();
    for (endpoint, name, key, types) in [(all.id, "all", &key, None), (some.id, "some", &other, Some(Type::ReceivableChanged))] {
        let wanted: BTreeSet<String> = events
            .iter()
            .filter(|event| event.position > from && types.is_none_or(|kind| event.kind == kind))
            .map(|event| event.id.clone())
            .collect();
        let came = house.far.of(name);
        let got: BTreeSet<String> = came.iter().map(|came| came.id.clone()).collect();
        assert_eq!(got, wanted, "seed {seed}");
        assert!(came.iter().all(|came| came.is_by(key)));
        // The same id says the same each time.
        let bodies: BTreeSet<&Vec<u8>> = came.iter().map(|came| &came.body).collect();
        assert_eq!(bodies.len(), wanted.len());
        assert!(house.deliveries(endpoint).iter().all(|delivery| delivery.state == DeliveryState::Delivered), "seed {seed}");
    }
    let came = house.far.came.len();
    assert!(came > house.far.came.iter().map(|came| (&came.name, &came.id)).collect::<BTreeSet<_>>().len(), "some came twice");
    house.verify();
}
