//! The key file of an installation: 32 random bytes in hex, which only its owner may read.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;

use crate::exit::BadInput;
use crate::source::unreadable;

/// The bytes of a key. They show nowhere.
pub(crate) struct KeyFile(pub(crate) [u8; 32]);

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile(…)")
    }
}

impl KeyFile {
    /// Makes a key and the file that holds it.
    ///
    /// # Errors
    /// When there is a file of this name already, or none can be written.
    pub(crate) fn make(path: &Path) -> anyhow::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).context("failed to draw random bytes for the key")?;
        let mut hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.push('\n');
        let mut options = File::options();
        options.write(true).create_new(true);
        only_for_its_owner(&mut options);
        let mut file = options.open(path).with_context(|| format!("failed to make {}", path.display()))?;
        file.write_all(hex.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(Self(bytes))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When there is none, others may read it, or it holds something else.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let mut file = File::open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                BadInput::new(format!(
                    "{name}: no such file; it is the key of the personal data in the database: bring it back from where you keep its copy"
                ))
            } else {
                unreadable(path, &error)
            }
        })?;
        seen_by_others(path, &file)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
        let text = text.trim_end();
        let mut bytes = [0; 32];
        let digits = text.as_bytes().chunks_exact(2);
        let right = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !right {
            return Err(BadInput::new(format!("{name}: not a key; a key is 64 hexadecimal digits, as `regua init` wrote it")).into());
        }
        for (byte, digits) in bytes.iter_mut().zip(digits) {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).with_context(|| format!("failed to read {name}"))?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(unix)]
fn only_for_its_owner(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
const fn only_for_its_owner(_options: &mut fs::OpenOptions) {}

#[cfg(unix)]
fn seen_by_others(path: &Path, file: &File) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|error| unreadable(path, &error))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let name = path.display();
    Err(BadInput::new(format!("{name}: others may read this key (mode {:03o}); run: chmod 600 {name}", mode & 0o777)).into())
}

#[cfg(not(unix))]
fn seen_by_others(_path: &Path, _file: &File) -> anyhow::Result<()> {
    Ok(())
}
