//! Arguments of the verbs on channels: what is set up, trying one out, addresses that are left alone, answers of people.

use clap::{Args, Subcommand};
use regua_core::words::Channel;

use super::live::{ActArgs, LookArgs, PlaceArgs};

/// The verbs of `channel`.
#[derive(Subcommand)]
pub(crate) enum ChannelVerb {
    /// List the channels that are set up, whether each can be used, and what its carrier tells of it
    List(LookArgs),
    /// Send a message over a channel, to see whether it arrives
    #[command(after_help = "Examples:\n  regua channel test sms --to +5511987654321\n  regua channel test whatsapp --to +5511987654321")]
    Test(TestArgs),
    /// Say that somebody has looked at what stopped a channel, as `regua doctor` told it
    Mended(MendedArgs),
    /// List addresses that are left alone, the newest first
    Suppressed(LookArgs),
    /// Leave an address alone from now on, whoever has it
    #[command(after_help = "Example:\n  regua channel suppress sms +5511987654321 --reason \"asked by phone\"")]
    Suppress(OfAddressArgs),
    /// Let an address be written to again
    #[command(after_help = "Example:\n  regua channel lift sms +5511987654321 --reason \"she called and wants messages again\"")]
    Lift(LiftArgs),
    /// List what people answered and nobody has looked at, the newest first
    Replies(RepliesArgs),
    /// Say that an answer was looked at
    Done(ReplyDoneArgs),
}

/// Arguments of `channel test`.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// The channel
    pub(crate) channel: Channel,
    /// To which address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `channel mended`.
#[derive(Args)]
pub(crate) struct MendedArgs {
    /// The channel
    pub(crate) channel: Channel,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// An address of a channel, and who acts.
#[derive(Args)]
pub(crate) struct OfAddressArgs {
    /// The channel
    pub(crate) channel: Channel,
    /// The address on it
    pub(crate) address: String,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `channel lift`.
#[derive(Args)]
pub(crate) struct LiftArgs {
    /// The channel
    pub(crate) channel: Channel,
    /// The address on it, or how `channel suppressed` calls it
    pub(crate) address: String,
    /// Why; its owner once wanted that nobody writes there
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who does it [default: the user of this shell]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `channel replies`.
#[derive(Args)]
pub(crate) struct RepliesArgs {
    /// Those that somebody has looked at too
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Arguments of `channel done`.
#[derive(Args)]
pub(crate) struct ReplyDoneArgs {
    /// The answer, as `channel replies` calls it
    pub(crate) reply: String,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
