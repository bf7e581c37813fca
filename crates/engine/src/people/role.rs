//! The five roles that people have, as sets of scopes.

use std::fmt;

use super::scope::{Scope, Scopes};

/// What a person is to the company. `docs/people.md` shows them as a table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// May do everything, and alone makes owners.
    Owner,
    /// Runs collections: everything but people, settings and erasing.
    Manager,
    /// Works on customers and what they owe.
    Collector,
    /// Looks at numbers and at the book, and changes nothing.
    Analyst,
    /// Looks a customer up.
    Reader,
}

/// Reads of an analyst that are not everybody's business.
const NOT_FOR_ANALYSTS: Scopes = Scopes::of(&[Scope::PeopleRead, Scope::AuditRead, Scope::SettingsRead]);
/// What a manager leaves to owners.
const NOT_FOR_MANAGERS: Scopes = Scopes::of(&[Scope::PeopleAct, Scope::SettingsAct, Scope::PersonalErase]);
const COLLECTOR: Scopes = Scopes::of(&[
    Scope::CustomersRead,
    Scope::ReceivablesRead,
    Scope::MoneyRead,
    Scope::ChargingRead,
    Scope::MessagesRead,
    Scope::AccessRead,
    Scope::CustomersAct,
    Scope::ReceivablesAct,
    Scope::MessagesAct,
    Scope::ChargingAct,
    Scope::MoneyAct,
]);
const READER: Scopes = Scopes::of(&[
    Scope::CustomersRead,
    Scope::ReceivablesRead,
    Scope::MoneyRead,
    Scope::BillingRead,
    Scope::MessagesRead,
    Scope::AccessRead,
    Scope::ReportsRead,
]);

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: &'static [Self] = &[Self::Owner, Self::Manager, Self::Collector, Self::Analyst, Self::Reader];

    /// Its word, as it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Collector => "collector",
            Self::Analyst => "analyst",
            Self::Reader => "reader",
        }
    }

    /// The role of a word.
    ///
    /// ```
    /// use regua_engine::people::Role;
    /// assert_eq!(Role::parse("owner"), Some(Role::Owner));
    /// assert_eq!(Role::parse("Owner"), None);
    /// ```
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.word() == word)
    }

    /// What it may do.
    #[must_use]
    pub fn scopes(self) -> Scopes {
        match self {
            Self::Owner => Scopes::ALL,
            Self::Manager => Scopes::ALL.without(NOT_FOR_MANAGERS),
            Self::Collector => COLLECTOR,
            Self::Analyst => Scopes::reads().without(NOT_FOR_ANALYSTS),
            Self::Reader => READER,
        }
    }

    /// Whether it may do this.
    #[must_use]
    pub fn allows(self, scope: Scope) -> bool {
        self.scopes().has(scope)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl serde::Serialize for Role {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_hold_what_they_are_for() {
        let not = |role: Role| Scopes::ALL.without(role.scopes()).words();
        assert_eq!(not(Role::Owner), "");
        assert_eq!(not(Role::Manager), "personal:erase settings:act people:act");
        assert_eq!(
            Role::Collector.scopes().words(),
            "customers:read customers:act receivables:read receivables:act money:read money:act charging:read charging:act messages:read \
             messages:act access:read"
        );
        assert_eq!(
            Role::Analyst.scopes().words(),
            "customers:read receivables:read money:read billing:read charging:read messages:read policy:read reports:read events:read \
             bank:read access:read"
        );
        assert_eq!(
            Role::Reader.scopes().words(),
            "customers:read receivables:read money:read billing:read messages:read reports:read access:read"
        );
    }

    #[test]
    fn words_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.word()), Some(*role));
            assert_eq!(Scopes::parse(&role.scopes().words()), Ok(role.scopes()));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.word()), Some(*scope));
        }
        assert_eq!(Scopes::parse("money:read wishes:act"), Err("wishes:act"));
    }
}
