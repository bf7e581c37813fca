//! Webhooks on their way: which are due, in which order they go, and what a refusal puts off.
//!
//! Deliberately absent: bodies and signatures, which each fake makes, and threads: a test says when they go.

use crate::client::Client;
use crate::faults::roll;

/// In which order the webhooks that are due are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// As they were made.
    AsMade,
    /// The last first.
    Reversed,
    /// By chance from a seed.
    Shuffled(u64),
    /// As they were made, each twice.
    Doubled,
    /// Each twice, by chance from a seed.
    Storm(u64),
}

/// Where a webhook stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Not taken yet.
    Waiting,
    /// Taken with a 2xx.
    Taken,
    /// Nobody took it on any try.
    GivenUp,
}

/// A webhook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// The fake's own number of it.
    pub number: u64,
    /// The event's id.
    pub event: String,
    /// Where to.
    pub url: String,
    /// Which of the receiver's settings it is for.
    pub target: usize,
    /// What is sent.
    pub body: Vec<u8>,
    /// When it was made.
    pub made: i64,
    /// When the next try is due.
    pub due: i64,
    /// Tries that were refused.
    pub failures: usize,
    /// Where it stands.
    pub standing: Standing,
}

/// What became of one try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The event's id.
    pub event: String,
    /// What was answered; none when nobody did.
    pub status: Option<u16>,
}

impl Sent {
    /// Whether the receiver took it.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// All webhooks of a fake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hooks {
    all: Vec<Hook>,
    /// Seconds between the tries: the first is how long the first try waits.
    ladder: &'static [i64],
}

impl Hooks {
    /// None yet, with the waits between tries.
    #[must_use]
    pub fn new(ladder: &'static [i64]) -> Self {
        Self { all: Vec::new(), ladder }
    }

    /// One more, which goes as soon as the ladder says.
    pub fn push(&mut self, event: &str, url: &str, target: usize, body: Vec<u8>, now: i64) {
        let number = self.all.last().map_or(0, |last| last.number + 1);
        let due = now + self.ladder.first().copied().unwrap_or(0);
        let (event, url) = (event.to_owned(), url.to_owned());
        self.all.push(Hook { number, event, url, target, body, made: now, due, failures: 0, standing: Standing::Waiting });
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Hook] {
        &self.all
    }

    /// How many wait, due or not.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.all.iter().filter(|hook| hook.standing == Standing::Waiting).count()
    }

    /// When the next try is due.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        self.all.iter().filter(|hook| hook.standing == Standing::Waiting).map(|hook| hook.due).min()
    }

    /// Those that are due, in the order asked for.
    #[must_use]
    pub fn due(&self, now: i64, order: Order) -> Vec<Hook> {
        let mut due: Vec<Hook> = self.all.iter().filter(|hook| hook.standing == Standing::Waiting && hook.due <= now).cloned().collect();
        match order {
            Order::AsMade => {}
            Order::Reversed => due.reverse(),
            Order::Shuffled(seed) => shuffle(&mut due, seed),
            Order::Doubled => due = due.into_iter().flat_map(|hook| [hook.clone(), hook]).collect(),
            Order::Storm(seed) => {
                due = due.into_iter().flat_map(|hook| [hook.clone(), hook]).collect();
                shuffle(&mut due, seed);
            }
        }
        due
    }

    /// Writes down what became of a try. Once taken stays taken.
    pub fn settle(&mut self, number: u64, taken: bool, now: i64) {
        let Some(hook) = self.all.iter_mut().find(|hook| hook.number == number) else { return };
        if taken {
            hook.standing = Standing::Taken;
        } else if hook.standing == Standing::Waiting {
            hook.failures += 1;
            match self.ladder.get(hook.failures) {
                Some(wait) => hook.due = now + wait,
                None => hook.standing = Standing::GivenUp,
            }
        }
    }

    /// What was given up on its way to one target waits again.
    pub fn reopen(&mut self, target: usize, now: i64) {
        for hook in self.all.iter_mut().filter(|hook| hook.target == target && hook.standing == Standing::GivenUp) {
            (hook.standing, hook.failures, hook.due) = (Standing::Waiting, 0, now);
        }
    }

    /// What was made before a moment and never taken is gone for good.
    pub fn purge(&mut self, before: i64) {
        self.all.retain(|hook| hook.made >= before || hook.standing == Standing::Taken);
    }

    /// All that was taken or given up waits again: a receiver that asks for everything once more.
    pub fn again(&mut self, now: i64) {
        for hook in &mut self.all {
            (hook.standing, hook.failures, hook.due) = (Standing::Waiting, 0, now);
        }
    }
}

fn shuffle(hooks: &mut [Hook], seed: u64) {
    let mut dice = seed;
    for last in (1..hooks.len()).rev() {
        let among = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let with = usize::try_from(roll(&mut dice) % among).unwrap_or(0);
        hooks.swap(last, with);
    }
}

/// Sends one webhook.
#[must_use]
pub fn send(client: &Client, hook: &Hook, headers: &[(String, String)]) -> Sent {
    send_as(client, hook, "application/json; charset=utf-8", headers)
}

/// Sends one webhook whose body is of another type.
#[must_use]
pub fn send_as(client: &Client, hook: &Hook, kind: &str, headers: &[(String, String)]) -> Sent {
    let mut all: Vec<(&str, &str)> = vec![("content-type", kind)];
    all.extend(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let status = client.send("POST", &hook.url, &all, &hook.body).ok().map(|answer| answer.status);
    Sent { event: hook.event.clone(), status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_webhook_waits_longer_each_time_and_is_given_up_at_the_end_of_the_ladder() {
        let mut hooks = Hooks::new(&[0, 10, 60]);
        hooks.push("evt_1", "http://127.0.0.1/", 0, Vec::new(), 100);
        let due = |hooks: &Hooks, now| hooks.due(now, Order::AsMade).len();
        assert_eq!(due(&hooks, 100), 1);
        hooks.settle(0, false, 100);
        assert_eq!((due(&hooks, 109), due(&hooks, 110)), (0, 1));
        hooks.settle(0, false, 110);
        assert_eq!((due(&hooks, 169), due(&hooks, 170)), (0, 1));
        hooks.settle(0, false, 170);
        assert_eq!(hooks.all()[0].standing, Standing::GivenUp);
    }

    #[test]
    fn every_order_sends_the_same_webhooks_and_a_storm_each_twice() {
        let mut hooks = Hooks::new(&[0]);
        for number in 0..20 {
            hooks.push(&format!("evt_{number}"), "", 0, Vec::new(), 0);
        }
        let names = |order| hooks.due(0, order).into_iter().map(|hook| hook.event).collect::<Vec<_>>();
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        assert_ne!(names(Order::AsMade), names(Order::Shuffled(1)));
        assert_eq!(names(Order::Shuffled(1)), names(Order::Shuffled(1)));
        assert_eq!(sorted(names(Order::AsMade)), sorted(names(Order::Reversed)));
        assert_eq!(sorted(names(Order::Doubled)), sorted(names(Order::Storm(3))));
    }
}
