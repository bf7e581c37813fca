//! A far side in memory: it answers as it is told, by the name in the address, and keeps what came.

use std::collections::BTreeMap;

use regua_engine::ports::{Deliver, Post, Posted};
use regua_wire::webhooks_out::{ID, SIGNATURE, SigningKey, TIMESTAMP};
use serde_json::Value;

pub(crate) const FINE: Posted = Posted::Answered { status: 204, wait_secs: None };

pub(crate) fn status(status: u16) -> Posted {
    Posted::Answered { status, wait_secs: None }
}

/// Something that came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) secs: i64,
    pub(crate) signatures: String,
    pub(crate) body: Vec<u8>,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn is_by(&self, key: &SigningKey) -> bool {
        key.verify(&self.id, self.secs, &self.body, &self.signatures)
    }
}

/// The far side.
#[derive(Default)]
pub(crate) struct Far {
    /// What names answer; all others are fine.
    pub(crate) answers: BTreeMap<String, Posted>,
    pub(crate) came: Vec<Came>,
    /// The most that came together to one name.
    pub(crate) together: BTreeMap<String, usize>,
}

impl Far {
    pub(crate) fn of(&self, name: &str) -> Vec<Came> {
        self.came.iter().filter(|came| came.name == name).cloned().collect()
    }
}

impl Deliver for Far {
    fn at_a_time(&self) -> usize {
        32
    }

    fn deliver(&mut self, posts: &[Post]) -> Vec<Posted> {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        let mut answers = Vec::new();
        for post in posts {
            let name = post.url.trim_start_matches("https://").split('.').next().unwrap().to_owned();
            let header = |wanted: &str| post.headers.iter().find(|(name, _)| *name == wanted).unwrap().1.clone();
            let secs = header(TIMESTAMP).parse().unwrap();
            *count.entry(name.clone()).or_default() += 1;
            answers.push(self.answers.get(&name).copied().unwrap_or(FINE));
            self.came.push(Came { name, id: header(ID), secs, signatures: header(SIGNATURE), body: post.body.clone() });
        }
        for (name, count) in count {
            let most = self.together.entry(name).or_default();
            *most = (*most).max(count);
        }
        answers
    }
}
