//! Reports and automatic answers in plain words, by the marks that mail systems have left in them for decades.

use regua_core::party::Email;

/// What a text is by its form.
#[derive(Debug)]
pub(super) enum Form {
    /// A mail could not be delivered.
    Failure { address: Option<Email>, words: String },
    /// It is still being tried.
    Delay { words: String },
    /// None of these.
    Other,
}

/// Who writes such reports.
const SENDERS: &[&str] = &["mailer-daemon@", "mailerdaemon@", "mail-daemon@", "postmaster@", "mailsystem@"];

/// How reports are headed.
const FAILURES: &[&str] = &[
    "failure notice",
    "undelivered mail",
    "undeliverable",
    "undeliverable mail",
    "mail delivery failed",
    "delivery failure",
    "delivery has failed",
    "delivery failed",
    "delivery status notification (failure)",
    "returned mail",
    "mail system error",
    "mail could not be delivered",
    "message not delivered",
    "não entregue",
    "não foi possível entregar",
    "falha na entrega",
    "mensaje no entregado",
    "no se puede entregar",
    "error de entrega",
    "mancato recapito",
    "impossibile recapitare",
    "échec de la remise",
    "non remis",
    "unzustellbar",
    "nicht zustellbar",
];

const DELAYS: &[&str] = &[
    "delivery status notification (delay)",
    "message delayed",
    "delayed mail",
    "delivery delayed",
    "delivery is delayed",
    "warning: could not send",
];

/// Words in the text itself: qmail, Exim, Postfix.
const BODIES: &[&str] = &[
    "this is the qmail-send program",
    "i'm afraid i wasn't able to deliver",
    "could not be delivered to one or more of its recipients",
    "could not be delivered to one or more recipients",
    "this message was created automatically by mail delivery software",
    "i'm sorry to have to inform you that your message could not",
    "unable to deliver message to the following address",
    "delivery to the following recipient failed permanently",
];

/// Where the returned mail begins; what stands there is ours.
const COPIES: &[&str] = &[
    "--- below this line is a copy of the message",
    "------ this is a copy of",
    "----- original message",
    "----- unsent message follows",
    "--- the following is a copy",
    "--- original message",
    "return-path:",
];

/// Subjects that machines give to their answers.
const AUTOMATIC: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "out of office",
    "out of the office",
    "away from the office",
    "vacation reply",
    "resposta automática",
    "fora do escritório",
    "ausência temporária",
    "respuesta automática",
    "fuera de la oficina",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "réponse automatique",
    "absence du bureau",
    "automatische antwort",
    "abwesenheit",
    "abwesend",
];

const UNSUBSCRIBE: &[&str] =
    &["unsubscribe", "descadastrar", "cancelar inscrição", "abmelden", "désabonner", "disiscrivi", "darse de baja"];

/// Reads a text that has no machine-readable part.
///
/// * `named` — whether a header names the address that failed: proof enough of a report.
pub(super) fn form(subject: &str, body: &str, sender: Option<&str>, named: bool) -> Form {
    let (subject, lower) = (subject.to_lowercase(), body.to_lowercase());
    let from = sender.unwrap_or_default().to_lowercase();
    let says = |text: &str, list: &[&str]| list.iter().any(|phrase| text.contains(phrase));
    let from_machine = SENDERS.iter().any(|sender| from.starts_with(sender)) || from.is_empty();
    // A person may write about a failed delivery; a mail system may write about something else. Two marks make a report.
    let marks = [named, from_machine, says(&subject, FAILURES), says(&lower, BODIES)];
    let delayed = says(&subject, DELAYS) && (from_machine || named);
    if !delayed && marks.iter().filter(|mark| **mark).count() < 2 {
        return Form::Other;
    }
    let end = COPIES.iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(lower.len());
    // Lower case can have another length: the cut is on a character, or nothing is cut.
    let report = body.get(..end).unwrap_or(body);
    let words = reason(report);
    if delayed { Form::Delay { words } } else { Form::Failure { address: address(report), words } }
}

/// The lines that carry the reason: from the first that names a code or an address, else all.
fn reason(report: &str) -> String {
    let lines: Vec<&str> = report.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let begins =
        |line: &&str| line.contains('@') && (line.starts_with('<') || !line.contains(' ')) || super::judge::find_code(line).is_some();
    let start = lines.iter().position(begins).unwrap_or(0);
    lines.get(start..).unwrap_or_default().join(" ")
}

/// The first line that is an address, or begins with one in brackets.
fn address(report: &str) -> Option<Email> {
    report.lines().map(str::trim).find_map(|line| {
        let inner = match line.strip_prefix('<') {
            Some(rest) => rest.split_once('>')?.0,
            None => line.trim_end_matches(':'),
        };
        Email::parse(inner).ok()
    })
}

/// Whether a subject is one that only machines write.
pub(super) fn is_automatic(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    AUTOMATIC.iter().any(|phrase| subject.starts_with(phrase))
}

/// Whether a subject asks for no more mail: the first word, as our own `List-Unsubscribe` makes it.
pub(super) fn is_unsubscribe(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    UNSUBSCRIBE.iter().any(|phrase| subject.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}
