//! A receiver of what far sides post, on the fakes' own server.

use regua_fakes::clock::Clock;
use regua_fakes::faults::Faults;
use regua_fakes::serve::{Ask, Refusal, Reply, Server, Service};

pub(crate) struct Inbox {
    asked: Vec<Ask>,
    answers: fn(&Ask) -> Reply,
}

impl Service for Inbox {
    fn answer(&mut self, ask: &Ask) -> Reply {
        self.asked.push(ask.clone());
        (self.answers)(ask)
    }

    fn refusal(&self, _: Refusal) -> Reply {
        Reply::empty(503)
    }
}

pub(crate) struct Receiver {
    server: Server<Inbox>,
}

impl Receiver {
    pub(crate) fn start(answers: fn(&Ask) -> Reply) -> Self {
        let inbox = Inbox { asked: Vec::new(), answers };
        Self { server: Server::start(0, inbox, Faults::default(), Clock::standing(0), None).unwrap() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base())
    }

    pub(crate) fn taken(&self) -> Vec<Ask> {
        self.server.with(|inbox| std::mem::take(&mut inbox.asked))
    }
}
