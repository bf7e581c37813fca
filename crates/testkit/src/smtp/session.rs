//! One connection: commands in, answers out, transactions into the record.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::Tls;
use super::record::{Keep, Shared, Transaction};
use super::script::{Act, Stage};
use crate::wire::Wire;

/// RFC 5321 §4.5.3.1.4 allows 512 bytes in a command line, extensions add to it.
const COMMAND_MAX: usize = 1_024;
/// RFC 5321 §4.5.3.1.6: a text line with its CRLF.
const LINE_MAX: usize = 1_000;
/// How long a client may take to notice that the server has closed.
const LINGER: Duration = Duration::from_millis(500);
/// Violations kept per transaction.
const VIOLATIONS_MAX: usize = 20;

/// The talk is over: the client left, the script ended it, or the sink stops.
struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// Talks until the client leaves or the script ends it.
pub(super) fn run(stream: TcpStream, connection: u64, shared: &Shared) {
    drop(stream.set_nodelay(true));
    let Ok(wire) = Wire::new(stream, shared.options.tls == Tls::FromStart) else { return };
    let reader = BufReader::with_capacity(64 * 1024, wire);
    let mut session = Session {
        shared,
        connection,
        reader,
        out: Vec::with_capacity(512),
        line: Vec::new(),
        abrupt: false,
        greeted: false,
        known: false,
        open: None,
    };
    drop(session.talk());
    drop(session.flush());
    session.abandon();
    session.leave();
}

struct Session<'a> {
    shared: &'a Shared,
    connection: u64,
    reader: BufReader<Wire>,
    /// Answers not yet sent: a pipelining client gets them together.
    out: Vec<u8>,
    line: Vec<u8>,
    /// Closing without a word.
    abrupt: bool,
    greeted: bool,
    /// Logged in, or nobody has to.
    known: bool,
    open: Option<Transaction>,
}

impl Session<'_> {
    fn talk(&mut self) -> Result<(), Over> {
        self.known = self.shared.options.login.is_none();
        self.at(Stage::Connect, self.connection, "220 sink.example ESMTP, it keeps everything")?;
        loop {
            self.read_line(COMMAND_MAX)?;
            let line = std::mem::take(&mut self.line);
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']);
            let going = self.command(text);
            self.line = line;
            if going?.is_none() {
                return Ok(());
            }
        }
    }

    /// One command; none when it was the last.
    fn command(&mut self, text: &str) -> Result<Option<()>, Over> {
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => self.hello(verb, rest)?,
            "STARTTLS" => self.start_tls()?,
            "AUTH" => self.auth(rest)?,
            "MAIL" => self.mail(rest)?,
            "RCPT" => self.rcpt(rest)?,
            "DATA" => self.data()?,
            "RSET" => {
                self.abandon();
                self.at(Stage::Reset, self.number(), "250 2.0.0 forgotten")?;
            }
            "NOOP" => drop(self.at(Stage::Noop, self.number(), "250 2.0.0 nothing done")?),
            "QUIT" => {
                self.at(Stage::Quit, self.number(), "221 2.0.0 bye")?;
                return Ok(None);
            }
            _ => self.say("500 5.5.2 not a command here"),
        }
        Ok(Some(()))
    }

    fn number(&self) -> u64 {
        self.open.as_ref().map_or(self.connection, |open| open.n)
    }

    fn hello(&mut self, verb: &str, name: &str) -> Result<(), Over> {
        self.abandon();
        if name.is_empty() {
            self.say("501 5.5.4 say your name");
            return Ok(());
        }
        let options = &self.shared.options;
        let mut lines = vec!["sink.example".to_owned()];
        if verb.eq_ignore_ascii_case("EHLO") {
            lines.push(format!("SIZE {}", options.size_max));
            lines.push("ENHANCEDSTATUSCODES".to_owned());
            let flags = [(options.pipelining, "PIPELINING"), (options.eight_bit, "8BITMIME"), (options.utf8, "SMTPUTF8")];
            if options.tls == Tls::Offered && !self.reader.get_ref().is_secure() {
                lines.push("STARTTLS".to_owned());
            }
            lines.extend(flags.iter().filter(|(on, _)| *on).map(|(_, word)| (*word).to_owned()));
            lines.extend(options.login.as_ref().map(|_| "AUTH PLAIN LOGIN".to_owned()));
        }
        let last = lines.len() - 1;
        let answer: Vec<String> =
            lines.iter().enumerate().map(|(at, line)| format!("250{}{line}", if at == last { ' ' } else { '-' })).collect();
        self.greeted = self.at(Stage::Hello, self.connection, &answer.join("\r\n"))?;
        Ok(())
    }

    fn start_tls(&mut self) -> Result<(), Over> {
        if self.shared.options.tls != Tls::Offered || self.reader.get_ref().is_secure() {
            self.say("502 5.5.1 not here");
            return Ok(());
        }
        if self.at(Stage::StartTls, self.connection, "220 2.0.0 go on")? {
            self.flush()?;
            // What was pipelined behind the command is dropped with the buffer: it was not protected.
            let socket = self.reader.get_ref().socket().try_clone()?;
            self.reader = BufReader::with_capacity(64 * 1024, Wire::new(socket, true)?);
            self.greeted = false;
        }
        Ok(())
    }

    fn auth(&mut self, rest: &str) -> Result<(), Over> {
        let Some((user, password)) = self.shared.options.login.clone() else {
            self.say("503 5.5.1 nobody logs in here");
            return Ok(());
        };
        let (mechanism, first) = rest.split_once(' ').map_or((rest, None), |(mechanism, first)| (mechanism, Some(first.to_owned())));
        let good = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let given = if let Some(first) = first { first } else { self.ask("334 ")? };
                decode(&given) == format!("\0{user}\0{password}").into_bytes()
            }
            "LOGIN" => {
                let name = if let Some(first) = first { first } else { self.ask("334 VXNlcm5hbWU6")? };
                let word = self.ask("334 UGFzc3dvcmQ6")?;
                decode(&name) == user.into_bytes() && decode(&word) == password.into_bytes()
            }
            _ => {
                self.say("504 5.5.4 PLAIN or LOGIN");
                return Ok(());
            }
        };
        let answer = if good { "235 2.7.0 welcome" } else { "535 5.7.8 wrong user or password" };
        self.known = self.at(Stage::Auth, self.connection, answer)? && good;
        Ok(())
    }

    /// One question and its answer's line.
    fn ask(&mut self, question: &str) -> Result<String, Over> {
        self.say(question);
        self.read_line(12_288)?;
        Ok(String::from_utf8_lossy(&self.line).trim_end().to_owned())
    }

    fn mail(&mut self, rest: &str) -> Result<(), Over> {
        if !self.greeted || !self.known || self.open.is_some() {
            self.say(if self.known { "503 5.5.1 not now" } else { "530 5.7.0 log in first" });
            return Ok(());
        }
        let Some((from, parameters)) = path(rest, "FROM:") else {
            self.say("501 5.5.4 MAIL FROM:<path>");
            return Ok(());
        };
        let n = self.shared.count(|counts| {
            counts.begun += 1;
            counts.begun - 1
        });
        let (connection, stage) = (self.connection, Stage::Mail);
        let (from, parameters) = (from.to_owned(), parameters.to_owned());
        let mut open = Transaction {
            n,
            connection,
            from,
            parameters,
            to: Vec::new(),
            data: Vec::new(),
            stage,
            accepted: false,
            violations: Vec::new(),
        };
        let size_max = self.shared.options.size_max;
        let declared = open.parameters.split(' ').find_map(|word| word.strip_prefix("SIZE=")?.parse::<usize>().ok());
        if !open.from.is_ascii() && !open.parameters.split(' ').any(|word| word == "SMTPUTF8") {
            open.violations.push("a path outside ASCII without SMTPUTF8".to_owned());
        }
        self.open = Some(open);
        let answer = if declared.is_some_and(|size| size > size_max) { "552 5.3.4 too big" } else { "250 2.1.0 sender ok" };
        if !self.at(Stage::Mail, n, answer)? {
            self.abandon();
        }
        Ok(())
    }

    fn rcpt(&mut self, rest: &str) -> Result<(), Over> {
        let Some(open) = &mut self.open else {
            self.say("503 5.5.1 MAIL first");
            return Ok(());
        };
        let Some((to, _)) = path(rest, "TO:").filter(|(to, _)| !to.is_empty()) else {
            self.say("501 5.5.4 RCPT TO:<path>");
            return Ok(());
        };
        open.stage = Stage::Rcpt;
        open.to.push(to.to_owned());
        let n = open.n;
        if !self.at(Stage::Rcpt, n, "250 2.1.5 recipient ok")?
            && let Some(open) = &mut self.open
        {
            open.to.pop();
        }
        Ok(())
    }

    fn data(&mut self) -> Result<(), Over> {
        let Some(open) = self.open.as_mut().filter(|open| !open.to.is_empty()) else {
            self.say("503 5.5.1 no valid recipients");
            return Ok(());
        };
        open.stage = Stage::Data;
        let n = open.n;
        if !self.at(Stage::Data, n, "354 go on, end with a dot")? {
            return Ok(());
        }
        let too_big = self.body(n)?;
        self.dot(n, too_big)
    }

    /// Reads the mail to its final dot; says whether it was too big.
    fn body(&mut self, n: u64) -> Result<bool, Over> {
        let (mut begun, mut size) = (false, 0_usize);
        loop {
            if !begun {
                self.flush()?;
            }
            self.line.clear();
            // Without a bound a client could fill the memory with one line; this one is a test's own.
            if self.reader.read_until(b'\n', &mut self.line)? == 0 {
                return Err(Over);
            }
            if !std::mem::replace(&mut begun, true) {
                if let Some(open) = &mut self.open {
                    open.stage = Stage::Body;
                }
                self.at(Stage::Body, n, "")?;
                self.flush()?;
            }
            if self.line == b".\r\n" {
                return Ok(size > self.shared.options.size_max);
            }
            size += self.line.len();
            let Some(open) = &mut self.open else { return Err(Over) };
            inspect(open, &self.line);
            let line = self.line.strip_prefix(b".").unwrap_or(&self.line);
            let keep = match self.shared.options.keep {
                Keep::Everything => true,
                Keep::Heads => !open.data.ends_with(b"\r\n\r\n"),
                Keep::Nothing => false,
            };
            if keep && size <= self.shared.options.size_max {
                open.data.extend_from_slice(line);
            }
        }
    }

    /// The mail is here. It is recorded before anybody hears of it: what the hook counts includes this one.
    fn dot(&mut self, n: u64, too_big: bool) -> Result<(), Over> {
        let Some(mut open) = self.open.take() else { return Err(Over) };
        let act = self.shared.act(Stage::Dot, n, &open.to);
        let strict = open.violations.first().map(|violation| format!("554 5.6.0 {violation}"));
        let usual = if too_big { Some("552 5.3.4 too big".to_owned()) } else { strict };
        open.stage = Stage::Dot;
        open.accepted = usual.is_none() && !act.as_ref().is_some_and(Act::refuses);
        let usual = usual.unwrap_or_else(|| format!("250 2.0.0 kept as {n}"));
        self.record(open);
        self.shared.tell(Stage::Dot, n);
        self.perform(act, &usual)?;
        Ok(())
    }

    /// Ends a transaction that did not come to its dot.
    fn abandon(&mut self) {
        if let Some(open) = self.open.take() {
            self.record(open);
        }
    }

    fn record(&self, open: Transaction) {
        let violations = u64::try_from(open.violations.len()).unwrap_or(u64::MAX);
        let (dots, accepted) = (u64::from(open.stage == Stage::Dot), u64::from(open.accepted));
        if self.shared.options.keep != Keep::Nothing {
            self.shared.records().push(open);
        }
        self.shared.count(|counts| {
            counts.dots += dots;
            counts.accepted += accepted;
            counts.violations += violations;
        });
    }

    /// A moment of the talk: the hook hears of it, then the script or the usual answer. Says whether the client may go on.
    fn at(&mut self, stage: Stage, n: u64, usual: &str) -> Result<bool, Over> {
        let all = self.open.as_ref().map_or(&[][..], |open| open.to.as_slice());
        let newest = all.last().map_or(all, std::slice::from_ref);
        let act = self.shared.act(stage, n, if stage == Stage::Rcpt { newest } else { all });
        self.shared.tell(stage, n);
        self.perform(act, usual)
    }

    fn perform(&mut self, act: Option<Act>, usual: &str) -> Result<bool, Over> {
        let positive = |answer: &str| answer.starts_with(['2', '3']) || answer.is_empty();
        match act {
            None => {
                self.say(usual);
                return Ok(positive(usual));
            }
            Some(Act::Reply(code, text)) => {
                self.say(&format!("{code} {text}"));
                return Ok(code < 400);
            }
            Some(Act::ReplyAndDrop(code, text)) => self.say(&format!("{code} {text}")),
            Some(Act::AnswerAndDrop) => self.say(usual),
            Some(Act::Drop) => self.abrupt = true,
            Some(Act::Silence) => {
                self.flush()?;
                while self.reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
                    let bytes = self.reader.buffer().len();
                    self.reader.consume(bytes);
                }
            }
            Some(Act::Delay(time)) => {
                self.flush()?;
                self.pause(time)?;
                return self.perform(None, usual);
            }
            Some(Act::Slowly(time)) => {
                self.flush()?;
                for byte in format!("{usual}\r\n").bytes() {
                    self.pause(time)?;
                    self.reader.get_mut().write_all(&[byte])?;
                    self.reader.get_mut().flush()?;
                }
                return Ok(positive(usual));
            }
            Some(Act::Raw(bytes)) => {
                self.out.extend_from_slice(&bytes);
                return Ok(true);
            }
        }
        Err(Over)
    }

    fn pause(&mut self, time: Duration) -> Result<(), Over> {
        self.abrupt = !self.shared.pause(time);
        if self.abrupt { Err(Over) } else { Ok(()) }
    }

    /// Closes as a server does: what was answered last arrives, though the client may have sent more than was read.
    fn leave(&mut self) {
        if !self.abrupt
            && self.reader.get_ref().socket().shutdown(Shutdown::Write).is_ok()
            && self.reader.get_ref().socket().set_read_timeout(Some(LINGER)).is_ok()
        {
            while self.reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
                let bytes = self.reader.buffer().len();
                self.reader.consume(bytes);
            }
        }
        drop(self.reader.get_ref().socket().shutdown(Shutdown::Both));
    }

    fn say(&mut self, answer: &str) {
        if answer.is_empty() {
            return;
        }
        self.out.extend_from_slice(answer.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.out.is_empty() {
            self.reader.get_mut().write_all(&self.out)?;
            self.reader.get_mut().flush()?;
            self.out.clear();
        }
        Ok(())
    }

    /// The next line, answers first if the client waits for them.
    fn read_line(&mut self, max: usize) -> Result<(), Over> {
        if self.reader.buffer().is_empty() {
            self.flush()?;
        }
        self.line.clear();
        loop {
            let bytes = self.reader.fill_buf()?;
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let used = end.unwrap_or(bytes.len());
            if used == 0 || self.line.len() + used > max {
                return Err(Over);
            }
            self.line.extend(bytes.iter().take(used));
            self.reader.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// What a strict server objects to in a line of a mail.
fn inspect(open: &mut Transaction, line: &[u8]) {
    if open.violations.len() >= VIOLATIONS_MAX {
        return;
    }
    if line.len() > LINE_MAX {
        open.violations.push(format!("a line of {} bytes", line.len()));
    }
    let text = line.strip_suffix(b"\r\n").unwrap_or_else(|| {
        open.violations.push("a line that ends without CR".to_owned());
        line.strip_suffix(b"\n").unwrap_or(line)
    });
    if text.contains(&b'\r') {
        open.violations.push("a CR inside a line".to_owned());
    }
    if text.contains(&0) {
        open.violations.push("a NUL".to_owned());
    }
    if !text.is_ascii() && !open.parameters.split(' ').any(|word| word.eq_ignore_ascii_case("BODY=8BITMIME")) {
        open.violations.push("8 bits without BODY=8BITMIME".to_owned());
    }
}

/// The path of `FROM:<a@b> SIZE=1` and what follows it.
fn path<'t>(rest: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
    let (start, rest) = rest.split_at_checked(word.len())?;
    let rest = start.eq_ignore_ascii_case(word).then_some(rest)?.trim_start();
    let (path, parameters) = rest.strip_prefix('<')?.split_once('>')?;
    Some((path, parameters.trim()))
}

/// Base 64, leniently: what is not of its alphabet is skipped.
pub(super) fn decode(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::new());
    for value in text.bytes().filter_map(|byte| ALPHABET.iter().position(|letter| *letter == byte)) {
        bits = (bits << 6 | u32::try_from(value).unwrap_or(0)) & 0xff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
        }
    }
    out
}
