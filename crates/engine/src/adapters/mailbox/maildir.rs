//! A Maildir folder, which a mail server on this machine fills. What is done moves from `new` to `cur`; nothing is deleted.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::LETTER_BYTES_MAX;
use crate::ports::{Letter, Mailbox, Unreadable};

/// The folder.
#[derive(Clone, Debug)]
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    /// A folder that has `new`, `cur` and `tmp` in it. It is looked at only when letters are fetched.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn failed(path: &Path, error: &std::io::Error) -> Unreadable {
        let mend = if error.kind() == ErrorKind::NotFound {
            "; a Maildir has the folders `new`, `cur` and `tmp`, made by the mail server at the first delivery"
        } else if error.kind() == ErrorKind::PermissionDenied {
            "; this program's user must be able to read `new` and to write to `cur`"
        } else {
            ""
        };
        Unreadable(format!("{}: {error}{mend}", path.display()))
    }
}

/// A name that stands for a file of the folder itself.
fn is_name(uid: &str) -> bool {
    !uid.is_empty() && !uid.starts_with('.') && !uid.contains(['/', '\\', '\0', ':'])
}

impl Mailbox for Maildir {
    fn fetch(&mut self, max: usize) -> Result<Vec<Letter>, Unreadable> {
        let folder = self.folder.join("new");
        let entries = fs::read_dir(&folder).map_err(|error| Self::failed(&folder, &error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| Self::failed(&folder, &error))?;
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            // A name begins with the second of its delivery: in their order the oldest is first.
            names.extend(entry.file_name().into_string().ok().filter(|name| is_file && is_name(name)));
        }
        names.sort_unstable();
        names.truncate(max);
        let mut letters = Vec::with_capacity(names.len());
        for uid in names {
            let path = folder.join(&uid);
            let limit = u64::try_from(LETTER_BYTES_MAX).unwrap_or(u64::MAX);
            let mut bytes = Vec::new();
            match File::open(&path).and_then(|file| file.take(limit).read_to_end(&mut bytes)) {
                Ok(_) => letters.push(Letter { uid, bytes }),
                // Another reader was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Self::failed(&path, &error)),
            }
        }
        Ok(letters)
    }

    fn done(&mut self, uid: &str) -> Result<(), Unreadable> {
        if !is_name(uid) {
            return Err(Unreadable(format!("`{}` is no letter of {}", uid.escape_debug(), self.folder.display())));
        }
        let (from, to) = (self.folder.join("new").join(uid), self.folder.join("cur").join(format!("{uid}:2,S")));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == ErrorKind::NotFound && to.exists() => Ok(()),
            Err(error) => Err(Self::failed(&from, &error)),
            Ok(()) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(names: &[&str]) -> (tempfile::TempDir, Maildir) {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        for name in names {
            fs::write(folder.path().join("new").join(name), format!("Subject: {name}\n\n")).unwrap();
        }
        let maildir = Maildir::new(folder.path());
        (folder, maildir)
    }

    fn uids(maildir: &mut Maildir, max: usize) -> Vec<String> {
        maildir.fetch(max).unwrap().into_iter().map(|letter| letter.uid).collect()
    }

    #[test]
    fn the_oldest_letters_come_first_until_they_are_done() {
        let (folder, mut maildir) = mailbox(&["1799000003.b.x", "1799000001.c.x", "1799000002.a.x", ".hidden"]);
        fs::create_dir(folder.path().join("new/1799000000.folder")).unwrap();
        assert_eq!(uids(&mut maildir, 2), ["1799000001.c.x", "1799000002.a.x"]);
        assert_eq!(uids(&mut maildir, 2), ["1799000001.c.x", "1799000002.a.x"], "fetching changes nothing");
        maildir.done("1799000001.c.x").unwrap();
        maildir.done("1799000001.c.x").unwrap();
        assert_eq!(uids(&mut maildir, 9), ["1799000002.a.x", "1799000003.b.x"]);
        let kept = fs::read_to_string(folder.path().join("cur/1799000001.c.x:2,S")).unwrap();
        assert_eq!(kept, "Subject: 1799000001.c.x\n\n", "nothing is deleted");
    }

    #[test]
    fn of_a_letter_that_is_too_big_the_beginning_is_read() {
        let (folder, mut maildir) = mailbox(&[]);
        fs::write(folder.path().join("new/1"), vec![b'x'; LETTER_BYTES_MAX + 10]).unwrap();
        assert_eq!(maildir.fetch(9).unwrap()[0].bytes.len(), LETTER_BYTES_MAX);
    }

    #[test]
    fn a_uid_is_a_letter_of_this_folder_or_refused() {
        let (folder, mut maildir) = mailbox(&["1"]);
        fs::write(folder.path().join("secret"), "x").unwrap();
        for uid in ["", "../secret", "..", "/etc/passwd", "a\0b", "1:2,S", "2"] {
            assert!(maildir.done(uid).is_err(), "{uid:?}");
        }
        assert!(folder.path().join("secret").exists() && folder.path().join("new/1").exists());
    }

    #[test]
    fn a_folder_that_is_no_maildir_says_what_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let error = Maildir::new(folder.path()).fetch(1).unwrap_err().to_string();
        assert!(error.contains("a Maildir has the folders `new`, `cur` and `tmp`"), "{error}");
    }
}
