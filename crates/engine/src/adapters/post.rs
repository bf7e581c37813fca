//! The courier of an installation: e-mail over SMTP, or everything into a folder where a person can look at it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use regua_core::facts::Channels;
use regua_core::words::Channel;

use crate::ports::{Courier, Mailer, Parcel, Sent};

/// E-mail over one or more connections, which work side by side.
pub struct Post {
    mailers: Vec<Box<dyn Mailer>>,
}

impl Post {
    /// Over these connections.
    #[must_use]
    pub fn new(mailers: Vec<Box<dyn Mailer>>) -> Self {
        Self { mailers }
    }
}

impl Courier for Post {
    fn carries(&self) -> Channels {
        if self.mailers.is_empty() { Channels::default() } else { Channels::of(Channel::Email) }
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        if self.mailers.is_empty() {
            return parcels.iter().map(|_| nothing("no e-mail server is configured")).collect();
        }
        // Each connection takes the next parcel when it is done with one: a slow answer holds up one of them alone.
        let next = AtomicUsize::new(0);
        let turns = |mailer: &mut dyn Mailer| {
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(parcel) = parcels.get(place) else { return done };
                done.push((place, send(mailer, parcel)));
            }
        };
        let mut sent: Vec<Option<Sent>> = vec![None; parcels.len()];
        std::thread::scope(|scope| {
            let mailers = self.mailers.iter_mut().take(parcels.len());
            let work: Vec<_> = mailers.map(|mailer| scope.spawn(|| turns(mailer.as_mut()))).collect();
            let done = work.into_iter().filter_map(|work| work.join().ok()).flatten();
            for (place, what) in done {
                if let Some(slot) = sent.get_mut(place) {
                    *slot = Some(what);
                }
            }
        });
        // A mailer that panicked may have sent what it had, and what it said of others is lost: nobody knows.
        let lost = || Sent::Unknown { why: "the connection's thread ended; this is a bug".to_owned() };
        sent.into_iter().map(|sent| sent.unwrap_or_else(lost)).collect()
    }
}

fn send(mailer: &mut dyn Mailer, parcel: &Parcel) -> Sent {
    match &parcel.mail {
        Some(mail) => mailer.send(mail),
        None => nothing("the message is no e-mail, or nobody is set as its sender"),
    }
}

fn nothing(reply: &str) -> Sent {
    Sent::Refused { code: None, reply: reply.to_owned() }
}

/// Everything into a folder: mails as `.eml`, the rest as text. A message that comes again overwrites itself.
pub struct Capture {
    folder: PathBuf,
}

impl Capture {
    /// Into a folder, which is made.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn into(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn write(&self, parcel: &Parcel) -> io::Result<PathBuf> {
        let (name, bytes) = match &parcel.mail {
            Some(mail) => (format!("{}.eml", parcel.key.0), mail.bytes.clone()),
            None => {
                let subject = parcel.subject.as_deref().map(|subject| format!("{subject}\n\n")).unwrap_or_default();
                let text = format!("{} to {}\n\n{subject}{}\n", parcel.channel, parcel.to, parcel.text);
                (format!("{}.{}.txt", parcel.key.0, parcel.channel), text.into_bytes())
            }
        };
        let path = self.folder.join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }
}

impl Courier for Capture {
    fn carries(&self) -> Channels {
        Channel::ALL.iter().copied().collect()
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let kept = |parcel: &&Parcel| match self.write(parcel) {
            Ok(_) => Sent::Accepted { reply: "captured".to_owned() },
            Err(error) => Sent::Later { code: None, reply: format!("cannot be written to {}: {error}", self.folder.display()) },
        };
        parcels.iter().map(kept).collect()
    }
}

/// Everything into memory: for simulations and tests.
#[derive(Default)]
pub struct Memory {
    /// What was sent, in order.
    pub parcels: Vec<Parcel>,
}

impl Courier for Memory {
    fn carries(&self) -> Channels {
        Channel::ALL.iter().copied().collect()
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.parcels.extend(parcels.iter().map(|&parcel| parcel.clone()));
        parcels.iter().map(|_| Sent::Accepted { reply: "captured".to_owned() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use super::*;
    use crate::ports::{EffectKey, Outgoing};

    /// Says which mail it had, and waits before the first one until another connection has said `wait` of them.
    struct Slow<'a> {
        wait: usize,
        done: &'a (Mutex<usize>, Condvar),
    }

    impl Mailer for Slow<'_> {
        fn send(&mut self, mail: &Outgoing) -> Sent {
            assert_ne!(mail.to, "panic@y.example");
            let (count, changed) = self.done;
            let mut count = count.lock().unwrap();
            while *count < self.wait {
                count = changed.wait(count).unwrap();
            }
            *count += 1;
            changed.notify_all();
            Sent::Accepted { reply: mail.to.clone() }
        }
    }

    fn parcel(to: &str) -> Parcel {
        let mail = Outgoing { key: EffectKey(to.to_owned()), from: String::new(), to: to.to_owned(), copies: vec![], bytes: vec![] };
        let (key, to) = (mail.key.clone(), to.to_owned());
        Parcel { key, channel: Channel::Email, to, subject: None, text: String::new(), mail: Some(mail), template: None, whose: None }
    }

    #[test]
    fn a_slow_connection_holds_up_one_mail_and_answers_keep_the_order_of_parcels() {
        let all: Vec<Parcel> = (0..9).map(|n| parcel(&format!("{n}@y.example"))).collect();
        let done: &'static (Mutex<usize>, Condvar) = Box::leak(Box::default());
        // The first connection answers its first mail only after the second one has answered all the others.
        let mut post = Post::new(vec![Box::new(Slow { wait: 8, done }), Box::new(Slow { wait: 0, done })]);
        let sent = post.send(&all.iter().collect::<Vec<_>>());
        let expected: Vec<Sent> = all.iter().map(|parcel| Sent::Accepted { reply: parcel.to.clone() }).collect();
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_connection_that_panics_makes_nothing_known_that_is_not() {
        let all = ["a@y.example", "panic@y.example", "b@y.example", "c@y.example"].map(parcel);
        let done: &'static (Mutex<usize>, Condvar) = Box::leak(Box::default());
        let mut post = Post::new(vec![Box::new(Slow { wait: 0, done }), Box::new(Slow { wait: 0, done })]);
        let sent = post.send(&all.iter().collect::<Vec<_>>());
        assert_eq!(sent.len(), 4);
        assert!(matches!(sent[1], Sent::Unknown { .. }), "{sent:?}");
        assert!(sent.iter().zip(&all).all(|(sent, parcel)| match sent {
            Sent::Accepted { reply } => *reply == parcel.to,
            Sent::Unknown { .. } => true,
            Sent::Refused { .. } | Sent::Later { .. } => false,
        }));
    }
}
