//! What may be done, one word each, and sets of such words.

use std::fmt;

/// Declares the scopes: name, word, and whether it only reads.
macro_rules! scopes {
    ($($(#[$meta:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// One thing that may be done. `read` looks, `act` changes; a scope never holds another.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Scope {
            $($(#[$meta])* $name,)+
        }

        impl Scope {
            /// Every scope, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its word, such as `customers:read`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

scopes! {
    /// Customers and what is known of them.
    CustomersRead = "customers:read",
    /// Changes customers: holds, contact points, consent.
    CustomersAct = "customers:act",
    /// Receivables, their ladders and decisions.
    ReceivablesRead = "receivables:read",
    /// Changes receivables: enters, voids, holds, releases.
    ReceivablesAct = "receivables:act",
    /// Payments, credit, refunds, statements.
    MoneyRead = "money:read",
    /// Enters and moves money.
    MoneyAct = "money:act",
    /// Plans, subscriptions, invoices.
    BillingRead = "billing:read",
    /// Changes plans, subscriptions and invoices.
    BillingAct = "billing:act",
    /// Methods, attempts, gateways.
    ChargingRead = "charging:read",
    /// Stores methods and takes money with them.
    ChargingAct = "charging:act",
    /// Messages that were written.
    MessagesRead = "messages:read",
    /// Releases and refuses messages.
    MessagesAct = "messages:act",
    /// Policies, pauses, the mode.
    PolicyRead = "policy:read",
    /// Publishes policies, pauses, changes the mode.
    PolicyAct = "policy:act",
    /// Reports and exports of many rows without personal data.
    ReportsRead = "reports:read",
    /// The event feed, and where events are delivered.
    EventsRead = "events:read",
    /// Changes where events are delivered.
    EndpointsAct = "endpoints:act",
    /// Bank accounts, files, lines.
    BankRead = "bank:read",
    /// Reads bank files in, books lines, issues slips.
    BankAct = "bank:act",
    /// Exports everything about one person.
    PersonalExport = "personal:export",
    /// Erases a person, for good.
    PersonalErase = "personal:erase",
    /// How the company and its brands are set up.
    SettingsRead = "settings:read",
    /// Changes that.
    SettingsAct = "settings:act",
    /// Who may sign in, and the keys.
    PeopleRead = "people:read",
    /// Invites, changes and disables people.
    PeopleAct = "people:act",
    /// Who did what, when and why.
    AuditRead = "audit:read",
    /// What a customer may use now.
    AccessRead = "access:read",
}

impl Scope {
    /// The scope of a word.
    ///
    /// ```
    /// use regua_engine::people::Scope;
    /// assert_eq!(Scope::parse("money:act"), Some(Scope::MoneyAct));
    /// assert_eq!(Scope::parse("money"), None);
    /// ```
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.word() == word)
    }

    /// Whether it changes nothing. An export of a person changes nothing, but is more than looking.
    #[must_use]
    pub fn reads(self) -> bool {
        self.word().ends_with(":read")
    }

    /// Its bit in a set.
    const fn bit(self) -> u32 {
        let mut bit = 1;
        let mut at = 0;
        while at < Self::ALL.len() {
            if Self::ALL[at].same(self) {
                return bit;
            }
            bit <<= 1;
            at += 1;
        }
        0
    }

    /// `==`, in constants.
    const fn same(self, other: Self) -> bool {
        let (one, two) = (self.word().as_bytes(), other.word().as_bytes());
        if one.len() != two.len() {
            return false;
        }
        let mut at = 0;
        while at < one.len() {
            if one[at] != two[at] {
                return false;
            }
            at += 1;
        }
        true
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl serde::Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

impl Scopes {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self::of(Scope::ALL);

    /// These.
    #[must_use]
    pub const fn of(scopes: &[Scope]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < scopes.len() {
            bits |= scopes[at].bit();
            at += 1;
        }
        Self(bits)
    }

    /// Everything that only reads.
    #[must_use]
    pub fn reads() -> Self {
        Scope::ALL.iter().copied().filter(|scope| scope.reads()).collect()
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Those, and these.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every one of them is among the others.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One by one, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// Their words with a space between them, as they are stored and as OAuth writes them.
    #[must_use]
    pub fn words(self) -> String {
        self.iter().map(Scope::word).collect::<Vec<_>>().join(" ")
    }

    /// The set that words with spaces between them name; the first word that is no scope otherwise.
    ///
    /// # Errors
    /// The unknown word.
    pub fn parse(words: &str) -> Result<Self, &str> {
        words.split_ascii_whitespace().map(|word| Scope::parse(word).ok_or(word)).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Scope::word)).finish()
    }
}

impl serde::Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Scope::word))
    }
}
