//! A column of a record: from where to where, what it holds, what it is called.

/// How a day is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DayForm {
    /// `311226`.
    Ddmmyy,
    /// `31122026`.
    Ddmmyyyy,
    /// `20261231`.
    Yyyymmdd,
}

impl DayForm {
    /// Its digits.
    pub(crate) const fn len(self) -> usize {
        match self {
            Self::Ddmmyy => 6,
            Self::Ddmmyyyy | Self::Yyyymmdd => 8,
        }
    }

    /// What one is that is not.
    pub(crate) const fn problem(self) -> &'static str {
        match self {
            Self::Ddmmyy => "not a day as DDMMYY",
            Self::Ddmmyyyy => "not a day as DDMMYYYY",
            Self::Yyyymmdd => "not a day as YYYYMMDD",
        }
    }
}

/// What a column holds, and with that how it is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holds {
    /// Letters from the left, blanks behind.
    Text,
    /// Digits from the right, zeros in front; amounts are digits in cents.
    Number,
    /// A day, zeros for none.
    Day(DayForm),
}

/// A column: the first and the last place of it, from 1, both within.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    from: u16,
    to: u16,
    holds: Holds,
    name: &'static str,
}

impl Column {
    /// Letters.
    pub(crate) const fn text(from: u16, to: u16, name: &'static str) -> Self {
        Self { from, to, holds: Holds::Text, name }
    }

    /// A number or an amount in cents.
    pub(crate) const fn number(from: u16, to: u16, name: &'static str) -> Self {
        Self { from, to, holds: Holds::Number, name }
    }

    /// A day as `311226`.
    pub(crate) const fn ddmmyy(from: u16, name: &'static str) -> Self {
        Self { from, to: from + 5, holds: Holds::Day(DayForm::Ddmmyy), name }
    }

    /// A day as `31122026`.
    pub(crate) const fn ddmmyyyy(from: u16, name: &'static str) -> Self {
        Self { from, to: from + 7, holds: Holds::Day(DayForm::Ddmmyyyy), name }
    }

    /// A day as `20261231`.
    pub(crate) const fn yyyymmdd(from: u16, name: &'static str) -> Self {
        Self { from, to: from + 7, holds: Holds::Day(DayForm::Yyyymmdd), name }
    }

    /// Its first place, from 1.
    pub(crate) fn from(self) -> usize {
        usize::from(self.from)
    }

    /// Its last place.
    pub(crate) fn to(self) -> usize {
        usize::from(self.to)
    }

    /// How many places it has.
    pub(crate) fn width(self) -> usize {
        (self.to() + 1).saturating_sub(self.from())
    }

    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        self.name
    }

    /// How its day is written, if it holds one.
    pub(crate) const fn day_form(self) -> Option<DayForm> {
        match self.holds {
            Holds::Day(form) => Some(form),
            Holds::Text | Holds::Number => None,
        }
    }

    /// Whether it is filled with zeros from the left.
    pub(crate) const fn is_number(self) -> bool {
        match self.holds {
            Holds::Number => true,
            Holds::Text | Holds::Day(_) => false,
        }
    }

    /// What is wrong in it and what would be right; never what stands there.
    pub(crate) fn bad(self, problem: &str, mend: &str) -> String {
        format!("columns {}-{} ({}): {problem}; {mend}", self.from, self.to, self.name)
    }
}
