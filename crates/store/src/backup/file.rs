//! The file of a backup: a head, sections of chunks, and a hash over all of it.
//!
//! | bytes | what |
//! | --- | --- |
//! | `regua backup 1` and a line end | what the file is |
//! | 4, n | length of the head, the head as JSON |
//! | per section: 4, n, …, 4 | chunks with their lengths, ended by a length of zero |
//! | 32 | SHA-256 over everything before |
//!
//! Lengths are big-endian.

use super::{Head, damaged};
use crate::db::StoreError;
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};

const MAGIC: &[u8] = b"regua backup 1\n";
/// Bytes of the hash at the end.
const HASH: usize = 32;
/// Most bytes of a chunk, so that a damaged length asks for no more memory.
const CHUNK_MAX: usize = 1 << 20;
/// Most bytes of a head.
const HEAD_MAX: usize = 16 << 20;

fn failed(what: &str, path: &Path, why: &io::Error) -> StoreError {
    StoreError::File { why: format!("cannot {what} {}: {why}", path.display()) }
}

/// A file that is being written. Until it is finished it has another name, and is removed when it never is.
pub(super) struct Writer {
    to: PathBuf,
    part: PathBuf,
    file: Option<BufWriter<File>>,
    hash: Sha256,
    bytes: u64,
}

impl Writer {
    pub(super) fn create(to: &Path) -> Result<Self, StoreError> {
        if to.exists() {
            return Err(StoreError::File { why: format!("there is a file {} already; name another, or remove it", to.display()) });
        }
        let part = beside(to, ".part");
        // What a run that was killed left behind is in nobody's way.
        let mut options = OpenOptions::new();
        private(options.write(true).create(true).truncate(true));
        let file = options.open(&part).map_err(|why| failed("write", &part, &why))?;
        let mut writer =
            Self { to: to.to_owned(), part, file: Some(BufWriter::with_capacity(CHUNK_MAX, file)), hash: Sha256::new(), bytes: 0 };
        writer.put(MAGIC)?;
        Ok(writer)
    }

    pub(super) fn path(&self) -> &Path {
        &self.to
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(0);
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|why| failed("write", &self.part, &why))
    }

    fn length(&mut self, length: usize) -> Result<(), StoreError> {
        let length = u32::try_from(length).or(Err(StoreError::File { why: "a part of the backup is too long".to_owned() }))?;
        self.put(&length.to_be_bytes())
    }

    pub(super) fn head(&mut self, head: &Head) -> Result<(), StoreError> {
        let text = serde_json::to_vec(head).map_err(|why| StoreError::File { why: format!("cannot write the head: {why}") })?;
        self.length(text.len())?;
        self.put(&text)
    }

    /// Everything that a source gives, as one section.
    pub(super) fn section(&mut self, source: &mut impl Read) -> Result<(), StoreError> {
        let mut chunk = vec![0; CHUNK_MAX];
        loop {
            let length =
                fill(source, &mut chunk).map_err(|why| StoreError::Gone { why: format!("while reading what to back up: {why}") })?;
            if let Some(full) = chunk.get(..length).filter(|full| !full.is_empty()) {
                self.length(length)?;
                self.put(full)?;
            }
            // A short one is the last: a driver may not be asked again after its end.
            if length < CHUNK_MAX {
                return self.length(0);
            }
        }
    }

    /// Writes the hash, waits for the disk, and gives the file its name.
    pub(super) fn finish(mut self) -> Result<u64, StoreError> {
        let hash = std::mem::take(&mut self.hash).finalize();
        self.put(&hash)?;
        let Some(file) = self.file.take() else { return Ok(self.bytes) };
        let done = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        done.map_err(|why| failed("write", &self.part, &why))?;
        std::fs::rename(&self.part, &self.to).map_err(|why| failed("write", &self.to, &why))?;
        // The name is on the disk when its folder is.
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| failed("write", folder, &why))?;
        Ok(self.bytes)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // After `finish` it has another name; then there is nothing to remove.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// A name beside a file.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A backup is for its maker's eyes.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Reads until the buffer is full or the source ends.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(length)
}

/// A file that is being read.
pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|why| failed("read", path, &why))?;
        let mut reader = Self { path: path.to_owned(), file: BufReader::with_capacity(CHUNK_MAX, file) };
        let mut magic = [0; MAGIC.len()];
        let read = fill(&mut reader.file, &mut magic).map_err(|why| failed("read", path, &why))?;
        if read == MAGIC.len() && magic == MAGIC {
            Ok(reader)
        } else {
            Err(damaged("the file does not begin as a backup does: is it one, of this version?"))
        }
    }

    /// Whether the hash at the end is that of everything before; the file's length.
    pub(super) fn check(&mut self) -> Result<u64, StoreError> {
        let length = self.file.get_ref().metadata().map_err(|why| failed("read", &self.path, &why))?.len();
        let known = u64::try_from(MAGIC.len() + HASH).unwrap_or(0);
        let mut left = length.checked_sub(known).ok_or_else(|| damaged("the file is cut off"))?;
        let mut hash = Sha256::new();
        hash.update(MAGIC);
        let mut chunk = vec![0; CHUNK_MAX];
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(CHUNK_MAX).min(CHUNK_MAX);
            let part = chunk.get_mut(..most).unwrap_or_default();
            self.exactly(part)?;
            hash.update(&*part);
            left -= u64::try_from(most).unwrap_or(left);
        }
        let mut wanted = [0; HASH];
        self.exactly(&mut wanted)?;
        if hash.finalize() == wanted { Ok(length) } else { Err(damaged("the file is not as it was written: its hash is another")) }
    }

    fn exactly(&mut self, buffer: &mut [u8]) -> Result<(), StoreError> {
        match self.file.read_exact(buffer) {
            Ok(()) => Ok(()),
            Err(why) if why.kind() == ErrorKind::UnexpectedEof => Err(damaged("the file is cut off")),
            Err(why) => Err(failed("read", &self.path, &why)),
        }
    }

    /// A length, and as many bytes.
    fn part(&mut self, most: usize) -> Result<Vec<u8>, StoreError> {
        let mut length = [0; 4];
        self.exactly(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > most {
            return Err(damaged("a part of the file is longer than any is"));
        }
        let mut part = vec![0; length];
        self.exactly(&mut part)?;
        Ok(part)
    }

    pub(super) fn head(&mut self) -> Result<Head, StoreError> {
        let text = self.part(HEAD_MAX)?;
        serde_json::from_slice(&text).or(Err(damaged("its head cannot be read")))
    }

    /// The chunks of the next section, one after the other.
    pub(super) fn section(&mut self, mut each: impl FnMut(&[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        loop {
            let chunk = self.part(CHUNK_MAX)?;
            if chunk.is_empty() {
                return Ok(());
            }
            each(&chunk)?;
        }
    }
}
