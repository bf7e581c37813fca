//! Files in: receivables, payments and facts, read into one portfolio with what was understood of each.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_core::currency::Currency;
use regua_sim::facts_file::{self, FactEvent};
use regua_wire::files::{DateOrder, DecimalMark, Delimiter, Encoding, Mapping, Options, Portfolio, Refused, Reject, Rejects as _, Report};
use regua_wire::files::{payment_receivables, read_payments, read_receivables};
use sha2::{Digest as _, Sha256};

use crate::cli::live::ImportArgs;
use crate::cli::{InputArgs, ReadingArgs};
use crate::exit::BadInput;
use crate::progress::Progress;
use crate::rejects::RejectFile;
use crate::source::{is_stdin, name_of, unreadable};

/// Everything that the files hold.
pub(crate) struct Loaded {
    /// Customers, receivables and payments.
    pub(crate) portfolio: Portfolio,
    /// What the facts file tells.
    pub(crate) events: Vec<FactEvent>,
    /// What was understood of the receivables file and the payments file.
    pub(crate) reports: Vec<Report>,
    /// The files as they were.
    pub(crate) files: Vec<InputFile>,
    /// The mapping by which they were read.
    pub(crate) map: Option<Map>,
}

/// A file that was read: which one, and by what it is known again.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct InputFile {
    /// `receivables`, `payments` or `facts`.
    pub(crate) role: Role,
    /// Its path; `-` is standard input.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) bytes: u64,
    /// SHA-256 of its bytes, in lower-case hex.
    pub(crate) sha256: String,
}

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Receivables.
    Receivables,
    /// Payments.
    Payments,
    /// The facts file.
    Facts,
}

impl Role {
    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Receivables => "receivables",
            Self::Payments => "payments",
            Self::Facts => "facts",
        }
    }
}

/// Adds to a portfolio those of the named receivables that are known from elsewhere.
pub(crate) type Known<'k> = &'k mut dyn FnMut(&[&str], &mut Portfolio) -> anyhow::Result<()>;

/// Which files, and how they are read.
pub(crate) struct Wanted<'a> {
    receivables: Vec<&'a Path>,
    payments: Option<&'a Path>,
    facts: Option<&'a Path>,
    options: Options,
    map: Option<Map>,
    /// What its files are called in messages, where their paths say nothing.
    called: Option<String>,
}

/// A mapping file, as it was.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Map {
    /// What it is called in messages.
    pub(crate) name: String,
    /// Its text, whole.
    pub(crate) text: String,
}

impl Map {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        Ok(Self { name: name_of(path), text })
    }
}

impl<'a> Wanted<'a> {
    /// What the command line asks for.
    pub(crate) fn new(args: &'a InputArgs) -> anyhow::Result<Self> {
        let paths = [Some(args.receivables.as_path()), args.payments.as_deref(), args.facts.as_deref(), Some(args.policy.as_path())];
        if paths.into_iter().flatten().filter(|path| is_stdin(path)).count() > 1 {
            return Err(BadInput::new("`-` stands for two files, and there is one standard input; give one of them as a file").into());
        }
        let map = args.map.as_deref().map(Map::read).transpose()?;
        Self::of(&args.receivables, args.payments.as_deref(), args.facts.as_deref(), &args.reading, map)
    }

    /// What an import asks for.
    pub(crate) fn imported(args: &'a ImportArgs) -> anyhow::Result<Self> {
        let files = args.files.iter().map(PathBuf::as_path);
        if files.clone().chain(args.payments.as_deref()).filter(|path| is_stdin(path)).count() > 1 {
            return Err(BadInput::new("`-` stands for two files, and there is one standard input; give one of them as a file").into());
        }
        let map = args.map.as_deref().map(Map::read).transpose()?;
        let (first, payments) = (Path::new(""), args.payments.as_deref());
        Ok(Self { receivables: files.collect(), ..Self::of(first, payments, None, &args.reading, map)? })
    }

    /// One file of receivables, or one of payments of receivables that are known; `map` is the text of a mapping file.
    pub(crate) fn handed(file: &'a Path, payments: bool, reading: &ReadingArgs, map: Option<&str>) -> anyhow::Result<Self> {
        let map = map.map(|text| Map { name: "the mapping".to_owned(), text: text.to_owned() });
        let wanted = Self::of(file, None, None, reading, map)?;
        Ok(if payments { Self { receivables: Vec::new(), payments: Some(file), ..wanted } } else { wanted })
    }

    /// The same, with the files called so in messages.
    pub(crate) fn called(self, name: &str) -> Self {
        Self { called: Some(name.to_owned()), ..self }
    }

    fn name_of(&self, path: &Path) -> String {
        self.called.clone().unwrap_or_else(|| name_of(path))
    }

    /// These files, read in this way.
    pub(crate) fn of(
        receivables: &'a Path,
        payments: Option<&'a Path>,
        facts: Option<&'a Path>,
        reading: &ReadingArgs,
        map: Option<Map>,
    ) -> anyhow::Result<Self> {
        let mapping = map.as_ref().map(|map| Mapping::parse(&map.name, &map.text)).transpose();
        let mapping = mapping.map_err(|refused| BadInput::new(refused.to_string()))?;
        Ok(Self { receivables: vec![receivables], payments, facts, options: Options { mapping, ..options(reading)? }, map, called: None })
    }

    /// Reads everything. Rows that cannot be used go to `rejects`.
    pub(crate) fn load(&self, rejects: &mut RejectFile) -> anyhow::Result<Loaded> {
        self.load_with(rejects, None)
    }

    /// As [`Wanted::load`]; `known` adds receivables that the payments file names and the other files do not hold.
    pub(crate) fn load_with(&self, rejects: &mut RejectFile, known: Option<Known<'_>>) -> anyhow::Result<Loaded> {
        let mut loaded =
            Loaded { portfolio: Portfolio::default(), events: Vec::new(), reports: Vec::new(), files: Vec::new(), map: self.map.clone() };
        for path in &self.receivables {
            let read = |portfolio, input: &mut Input, rejects: &mut RejectFile| {
                read_receivables(input, &self.name_of(path), &self.options, portfolio, rejects)
            };
            loaded.take((Role::Receivables, &self.name_of(path)), path, rejects, read)?;
        }
        if let Some(path) = self.payments {
            // Standard input is read once, so the receivables of its payments must stand in the files.
            if let Some(known) = known.filter(|_| !is_stdin(path)) {
                let input = Input::open(path)?;
                let named =
                    payment_receivables(input, &self.name_of(path), &self.options).map_err(|refused| BadInput::new(refused.to_string()))?;
                let held: BTreeSet<&str> = loaded.portfolio.receivables.iter().map(|row| &*row.id).collect();
                let missing: Vec<&str> = named.iter().map(|id| &**id).filter(|id| !held.contains(id)).collect();
                known(&missing, &mut loaded.portfolio)?;
            }
            let read = |portfolio, input: &mut Input, rejects: &mut RejectFile| {
                read_payments(input, &self.name_of(path), &self.options, portfolio, rejects)
            };
            loaded.take((Role::Payments, &self.name_of(path)), path, rejects, read)?;
        }
        if let Some(path) = self.facts {
            loaded.take_facts(path, rejects)?;
        }
        rejects.finish().context("failed to write the rejected rows")?;
        Ok(loaded)
    }
}

impl Loaded {
    fn take(
        &mut self,
        (role, name): (Role, &str),
        path: &Path,
        rejects: &mut RejectFile,
        read: impl FnOnce(Portfolio, &mut Input, &mut RejectFile) -> Result<regua_wire::files::Reading, Refused>,
    ) -> anyhow::Result<()> {
        let mut input = Input::open(path)?;
        rejects.begin(name);
        let reading =
            read(std::mem::take(&mut self.portfolio), &mut input, rejects).map_err(|refused| BadInput::new(refused.to_string()))?;
        self.portfolio = reading.portfolio;
        self.reports.push(reading.report);
        self.files.push(input.finish(role, path)?);
        Ok(())
    }

    fn take_facts(&mut self, path: &Path, rejects: &mut RejectFile) -> anyhow::Result<()> {
        let name = name_of(path);
        let mut input = Input::open(path)?;
        let read = facts_file::read(&mut BufReader::new(&mut input));
        let (events, bad) = read.with_context(|| format!("failed to read {name}"))?;
        self.events = events;
        rejects.begin(&name);
        for line in bad {
            let (reason, mend) = line.what.split_once("; ").unwrap_or((&line.what, ""));
            rejects
                .reject(Reject {
                    row: u64::from(line.line),
                    column: String::new(),
                    reason: reason.to_owned(),
                    mend: mend.to_owned(),
                    original: String::new(),
                })
                .context("failed to write the rejected rows")?;
        }
        self.files.push(input.finish(Role::Facts, path)?);
        Ok(())
    }
}

/// The options of the command line as the reader of files takes them.
fn options(args: &ReadingArgs) -> anyhow::Result<Options> {
    // clap admits only the words of each list.
    let currency = match &args.currency {
        None => None,
        Some(code) => Some(Currency::parse(&code.to_ascii_uppercase()).ok_or_else(|| {
            BadInput::new(format!("--currency {code}: not a currency of ISO 4217; write its three letters, such as BRL"))
        })?),
    };
    Ok(Options {
        dates: args.dates.as_deref().and_then(DateOrder::parse),
        decimal: args.decimal.as_deref().and_then(DecimalMark::parse),
        delimiter: args.delimiter.as_deref().and_then(Delimiter::parse),
        encoding: args.encoding.as_deref().and_then(Encoding::parse),
        currency,
        country: args.country.as_deref().map(Into::into),
        ..Options::default()
    })
}

/// A file while it is read: counted and hashed, with a progress bar on a terminal.
struct Input {
    from: Box<dyn Read>,
    hash: Sha256,
    bytes: u64,
    progress: Progress,
}

impl Input {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let mut length = None;
        let from: Box<dyn Read> = if is_stdin(path) {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(path).map_err(|error| unreadable(path, &error))?;
            let about = file.metadata().map_err(|error| unreadable(path, &error))?;
            if about.is_dir() {
                return Err(unreadable(path, &io::Error::from(io::ErrorKind::IsADirectory)).into());
            }
            // A pipe has no length.
            length = about.is_file().then_some(about.len());
            Box::new(file)
        };
        let progress = Progress::of_bytes(format!("reading {}", name_of(path)), length);
        Ok(Self { from, hash: Sha256::new(), bytes: 0, progress })
    }

    /// Reads what the reader of the format left, so that the hash is of the whole file.
    fn finish(mut self, role: Role, path: &Path) -> anyhow::Result<InputFile> {
        io::copy(&mut self, &mut io::sink()).with_context(|| format!("failed to read {}", name_of(path)))?;
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(InputFile { role, path: path.display().to_string(), bytes: self.bytes, sha256 })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        let more = u64::try_from(read).unwrap_or(0);
        self.bytes += more;
        self.progress.advance(more);
        Ok(read)
    }
}
