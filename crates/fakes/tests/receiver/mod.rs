//! A receiver of webhooks for these tests, on the fakes' own server.

use regua_fakes::clock::Clock;
use regua_fakes::faults::Faults;
use regua_fakes::serve::{Ask, Refusal, Reply, Server, Service};

pub(crate) struct Inbox {
    asked: Vec<Ask>,
    status: u16,
}

impl Service for Inbox {
    fn answer(&mut self, ask: &Ask) -> Reply {
        self.asked.push(ask.clone());
        Reply::empty(self.status)
    }

    fn refusal(&self, _: Refusal) -> Reply {
        Reply::empty(503)
    }
}

pub(crate) struct Receiver {
    server: Server<Inbox>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let inbox = Inbox { asked: Vec::new(), status: 200 };
        let server = Server::start(0, inbox, Faults::default(), Clock::standing(0), None);
        Self { server: server.expect("a free port") }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base())
    }

    pub(crate) fn answer(&self, status: u16) {
        self.server.with(|inbox| inbox.status = status);
    }

    pub(crate) fn taken(&self) -> Vec<Ask> {
        self.server.with(|inbox| inbox.asked.clone())
    }

    pub(crate) fn bodies(&self) -> Vec<serde_json::Value> {
        self.taken().iter().map(|ask| serde_json::from_slice(&ask.body).expect("a webhook is JSON")).collect()
    }
}
