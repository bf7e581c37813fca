//! Arguments of the verbs on events and where they are delivered, acts that wait for a second person, and brands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListingArgs;
use super::live::{ActArgs, LookArgs, PlaceArgs};
use super::people::InNameArgs;

/// The verbs of `endpoint`.
#[derive(Subcommand)]
pub(crate) enum EndpointVerb {
    /// Deliver events to an address from now on; the secret that signs them is printed this once
    #[command(after_help = ADD)]
    Add {
        /// The address: https://host/path
        url: String,
        /// Only events of these types, apart by commas [default: every type]
        #[arg(long, value_name = "TYPES", value_delimiter = ',')]
        types: Vec<String>,
        /// What people call it
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        look: LookArgs,
    },
    /// List where events are delivered, and how that goes
    List(LookArgs),
    /// Stop deliveries to an endpoint; what happens meanwhile waits, for thirty days
    Pause(OfEndpointArgs),
    /// Let deliveries go on, what has waited first
    Resume(OfEndpointArgs),
    /// Give an endpoint another secret, which is printed this once
    #[command(after_help = "Example:\n  regua endpoint rotate end_01k9… --overlap-hours 24")]
    Rotate {
        #[command(flatten)]
        of: OfEndpointArgs,
        /// For how many hours the secret before signs too, so that the receiver can change over
        #[arg(long, value_name = "HOURS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=24))]
        overlap_hours: u32,
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// Deliver nothing there any more, for good
    Remove(OfEndpointArgs),
    /// Deliver an event of type `endpoint.test`, to see whether it arrives
    Test(OfEndpointArgs),
    /// List deliveries, the newest first
    #[command(after_help = "Example:\n  regua endpoint deliveries end_01k9… --state failed")]
    Deliveries {
        /// The endpoint, as `endpoint list` calls it
        endpoint: String,
        /// Only deliveries that stand so
        #[arg(long, value_parser = ["waiting", "sending", "delivered", "failed"])]
        state: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Deliver events again: one, or all from one to another
    #[command(after_help = "Examples:\n  regua endpoint replay end_01k9… evt_…\n  regua endpoint replay end_01k9… evt_… --to evt_…")]
    Replay {
        #[command(flatten)]
        of: OfEndpointArgs,
        /// The event, or the first of them
        event: String,
        /// The last of them
        #[arg(long, value_name = "EVENT")]
        to: Option<String>,
    },
}

const ADD: &str = "\
Examples:
  regua endpoint add https://erp.acme.example/regua
  regua endpoint add https://erp.acme.example/regua --types receivable.paid,payment.received --description ERP

Every delivery is signed as Standard Webhooks has it: verify the signature with the secret, and
answer with any status from 200 to 299. `regua serve` delivers; it tries ten times over three
days.";

/// An endpoint, and who acts.
#[derive(Args)]
pub(crate) struct OfEndpointArgs {
    /// The endpoint, as `endpoint list` calls it
    pub(crate) endpoint: String,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

pub(super) const EVENTS: &str = "\
Examples:
  regua events
  regua events --after evt_… --types receivable.paid
  regua events --follow --format json

The feed is filled by `regua serve`, and by this command before it looks.";

/// Arguments of `events`.
#[derive(Args)]
pub(crate) struct EventsArgs {
    /// Behind this event: its id, or its place in the feed [default: from the beginning]
    #[arg(long, value_name = "EVENT")]
    pub(crate) after: Option<String>,
    /// Only events of these types, apart by commas
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000), conflicts_with = "follow")]
    pub(crate) limit: u16,
    /// Go on with each event as it comes, until interrupted: a line each
    #[arg(long)]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

const REFUSE: &str = "\
Example:
  regua held refuse act_01k9… --reason \"not agreed with the customer\"

There is no verb that approves: a second person does, signed in, with POST
/v1/held-acts/…/approve. Whoever has this shell could otherwise be both.";

/// The verbs of `held`.
#[derive(Subcommand)]
pub(crate) enum HeldVerb {
    /// List acts that wait for a second person, being above the limit of whoever asked
    #[command(after_help = "Examples:\n  regua held list\n  regua held list --state done")]
    List {
        /// Those that stand so
        #[arg(long, value_parser = ["waiting", "running", "done", "refused", "expired", "all"], default_value = "waiting")]
        state: String,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Show one, with what was asked for
    Show {
        /// The act, as `held list` calls it
        act: String,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Refuse one; it is not carried out
    #[command(after_help = REFUSE)]
    Refuse {
        /// The act, as `held list` calls it
        act: String,
        /// Why; it is kept with the act
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        by: InNameArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

const PUT: &str = "\
Example:
  regua brand put loja loja.toml

The file is TOML, such as:
  name = \"Loja Acme\"
  legal_name = \"Acme Comércio Ltda\"
  address = \"Rua das Flores 100, São Paulo\"
  tax_id = \"CNPJ 12.345.678/0001-95\"
  contact = \"ajuda@loja.example\"
  link = \"https://loja.example/conta\"
  sender = \"contas@loja.example\"
Also: sender_name, reply_to, colour, logo, portal_domain. A customer whose attribute `brand` is
the key gets its messages from it.";

/// The verbs of `brand`.
#[derive(Subcommand)]
pub(crate) enum BrandVerb {
    /// Add a brand, or change the one of this key
    #[command(after_help = PUT)]
    Put {
        /// What a customer's attribute `brand` says: lower-case letters, digits and `-`
        key: String,
        /// The file
        file: PathBuf,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// List the brands
    List(LookArgs),
    /// Let a brand write to customers that choose none
    #[command(after_help = "Examples:\n  regua brand default loja\n  regua brand default --none")]
    Default {
        /// Its key
        #[arg(required_unless_present = "none")]
        key: Option<String>,
        /// None: the company of the settings writes
        #[arg(long, conflicts_with = "key")]
        none: bool,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Take a brand away
    Remove {
        /// Its key
        key: String,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
}
