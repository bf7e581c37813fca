//! Tax ids: CPF, CNPJ (numeric and alphanumeric), others as text.

/// A tax id in its normal form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxId(Box<str>);

impl TaxId {
    /// The id without punctuation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
