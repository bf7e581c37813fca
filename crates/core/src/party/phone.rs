//! Phone numbers in E.164.

/// A phone number in E.164.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(Box<str>);

impl Phone {
    /// The number with its plus sign, e.g. `+5511987654321`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
