//! A file that cannot be read at all, and the mend.

/// Why a whole file is refused: nothing of it is taken.
///
/// Its text fits "failed to read …: {refused}" and ends with the mend.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}: {problem}; {mend}")]
pub struct Refused {
    /// The name of the file, as the caller gave it.
    pub file: String,
    /// What kind of trouble it is.
    pub kind: RefusedKind,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub mend: String,
}

/// The kinds of trouble that make a whole file unreadable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusedKind {
    /// Not a byte, or nothing but a header.
    Empty,
    /// The first row is data.
    NoHeader,
    /// A column that must be there is not.
    MissingColumn,
    /// Two columns have one meaning.
    TwoColumns,
    /// Two readings are possible: the user is asked, nothing is guessed.
    Ambiguous,
    /// Not a format that is read here, or a broken one.
    Unreadable,
    /// A limit is exceeded.
    TooLarge,
    /// The mapping does not fit the file.
    Mapping,
    /// Reading the file or writing the rejects failed.
    Io,
}

impl Refused {
    /// A refusal of the file named `file`.
    pub(crate) fn new(file: &str, kind: RefusedKind, problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { file: file.to_owned(), kind, problem: problem.into(), mend: mend.into() }
    }
}
