//! Arguments of the verbs on people who sign in, and on keys of programs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use regua_core::time::Day;

use super::ListingArgs;
use super::live::{LookArgs, PlaceArgs, day};

/// In whose name something is done that only people may do.
#[derive(Args, Clone, Debug)]
pub(crate) struct InNameArgs {
    /// In whose name: the e-mail address of somebody who may sign in [default: the first owner]
    #[arg(long = "as", value_name = "EMAIL", id = "in_name")]
    pub(crate) name: Option<String>,
}

const PERSON: &str = "\
Whoever can read the key of the installation may do anything to it. What only people may do is
done in the name of one, the first owner unless --as says who, and the record names that person.";

/// The verbs of `person`.
#[derive(Subcommand)]
pub(crate) enum PersonVerb {
    /// Set the first owner up, as long as nobody may sign in
    #[command(name = "set-up", after_help = SET_UP)]
    SetUp(SetUpArgs),
    /// List the people who may sign in, with their roles
    List(LookArgs),
    /// Invite somebody: a token is printed by which they choose a password, once and within 72 hours
    #[command(after_help = INVITE)]
    Invite(InviteArgs),
    /// Give somebody another role
    #[command(after_help = "Example:\n  regua person role ana@acme.example manager")]
    Role {
        #[command(flatten)]
        of: OfArgs,
        /// The role
        #[arg(value_parser = ROLES)]
        role: String,
    },
    /// Say how much somebody may move alone; beyond it a second person decides
    #[command(after_help = "Examples:\n  regua person limit ana@acme.example 500.00\n  regua person limit ana@acme.example none")]
    Limit {
        #[command(flatten)]
        of: OfArgs,
        /// The amount in the policy's currency, `0` for nothing alone, or `none` for no limit
        amount: String,
    },
    /// Keep somebody out: sessions end, and their keys do not work
    #[command(after_help = "Example:\n  regua person disable ana@acme.example")]
    Disable(OfArgs),
    /// Let somebody in again
    Enable(OfArgs),
    /// Print a token by which somebody chooses a new password, once and within an hour
    #[command(after_help = "Example:\n  regua person reset ana@acme.example")]
    Reset(OfArgs),
}

/// The roles, the mightiest first.
pub(crate) const ROLES: [&str; 5] = ["owner", "manager", "collector", "analyst", "reader"];

const SET_UP: &str = "\
Examples:
  regua person set-up --name \"Ana Souza\" --email ana@acme.example
  regua person set-up --name \"Ana Souza\" --email ana@acme.example --password-file ana.txt

The password is asked for here, and what is typed is not shown. Where nobody can answer, it is the
first line of a file.";

/// Arguments of `person set-up`.
#[derive(Args)]
pub(crate) struct SetUpArgs {
    /// What people call them
    #[arg(long)]
    pub(crate) name: String,
    /// The address that they sign in with
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: String,
    /// A file whose first line is the password; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

const INVITE: &str = "\
Examples:
  regua person invite --name \"Bia Lima\" --email bia@acme.example --role collector --limit 500.00
  regua person invite --email bia@acme.example --again

Give the token to them alone: POST /v1/invitations/accept takes it with the password that they
choose.";

/// Arguments of `person invite`.
#[derive(Args)]
pub(crate) struct InviteArgs {
    /// What people call them
    #[arg(long, required_unless_present = "again")]
    pub(crate) name: Option<String>,
    /// The address that they will sign in with
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: String,
    /// Their role
    #[arg(long, value_parser = ROLES, default_value = "collector")]
    pub(crate) role: String,
    /// How much they may move alone, in the policy's currency [default: no limit]
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) limit: Option<String>,
    /// Another token for somebody who has not used theirs
    #[arg(long)]
    pub(crate) again: bool,
    #[command(flatten)]
    pub(crate) by: InNameArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Somebody who may sign in.
#[derive(Args)]
#[command(after_help = PERSON)]
pub(crate) struct OfArgs {
    /// The person: their e-mail address, or their id
    pub(crate) person: String,
    #[command(flatten)]
    pub(crate) by: InNameArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// The verbs of `key`.
#[derive(Subcommand)]
pub(crate) enum KeyVerb {
    /// Make a key for a program; it is printed this once
    #[command(after_help = CREATE)]
    Create(CreateKeyArgs),
    /// List the keys, with what each may do now; ended ones too
    List(LookArgs),
    /// End a key, for good
    #[command(after_help = "Example:\n  regua key revoke key_01k9…")]
    Revoke(OfKeyArgs),
    /// Give a key another secret, which is printed this once
    #[command(after_help = "Examples:\n  regua key rotate key_01k9…\n  regua key rotate key_01k9… --overlap-hours 24")]
    Rotate {
        #[command(flatten)]
        of: OfKeyArgs,
        /// How many hours the secret before still counts, so that programs can change over
        #[arg(long, value_name = "HOURS", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=168))]
        overlap_hours: i64,
        #[command(flatten)]
        listing: ListingArgs,
    },
}

const CREATE: &str = "\
Examples:
  regua key create erp --scopes customers:read,receivables:read,receivables:act
  regua key create portal --scopes access:read --expires 2027-12-31
  regua key create cash --scopes money:read,money:act --limit 100.00

A program shows it as `Authorization: Bearer rk_…`. It never may more than the person who answers
for it. `regua key create x --scopes all` gives it every scope of theirs.";

/// Arguments of `key create`.
#[derive(Args)]
pub(crate) struct CreateKeyArgs {
    /// What people call it
    pub(crate) name: String,
    /// What it may do: scopes apart by commas, or `all`
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    pub(crate) scopes: Vec<String>,
    /// How much it may move alone, in the policy's currency [default: no limit but that of its person]
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) limit: Option<String>,
    /// The last day of its life
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) expires: Option<Day>,
    #[command(flatten)]
    pub(crate) by: InNameArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// A key.
#[derive(Args)]
pub(crate) struct OfKeyArgs {
    /// The key, as `key list` calls it
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) by: InNameArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
