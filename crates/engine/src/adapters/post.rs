//! The courier of an installation: e-mail over SMTP, or everything into a folder where a person can look at it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
        let each = parcels.len().div_ceil(self.mailers.len()).max(1);
        let mut sent = Vec::with_capacity(parcels.len());
        std::thread::scope(|scope| {
            let work: Vec<_> = parcels
                .chunks(each)
                .zip(&mut self.mailers)
                .map(|(parcels, mailer)| {
                    (parcels.len(), scope.spawn(|| parcels.iter().map(|parcel| send(mailer.as_mut(), parcel)).collect::<Vec<_>>()))
                })
                .collect();
            for (count, work) in work {
                // A mailer that panicked may have sent: nobody knows.
                let lost =
                    |_| (0..count).map(|_| Sent::Unknown { why: "the connection's thread ended; this is a bug".to_owned() }).collect();
                sent.extend(work.join().unwrap_or_else(lost));
            }
        });
        sent
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
