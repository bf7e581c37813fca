//! The sink against a client that says exactly what the test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

struct Client {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Client {
    fn connect(sink: &Sink) -> Self {
        let writer = TcpStream::connect(sink.address()).unwrap();
        writer.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { reader: BufReader::new(writer.try_clone().unwrap()), writer }
    }

    fn send(&mut self, bytes: &str) {
        self.writer.write_all(bytes.as_bytes()).unwrap();
    }

    /// The codes of the next `n` answers; 0 where the server closed.
    fn codes(&mut self, n: usize) -> Vec<u16> {
        let mut codes = Vec::new();
        while codes.len() < n {
            let mut line = String::new();
            match self.reader.read_line(&mut line) {
                Ok(0) | Err(_) => codes.push(0),
                Ok(_) if line.as_bytes().get(3) == Some(&b'-') => {}
                Ok(_) => codes.push(line[..3].parse().unwrap()),
            }
        }
        codes
    }
}

fn greeted(sink: &Sink) -> Client {
    let mut client = Client::connect(sink);
    client.send("EHLO client.example\r\n");
    assert_eq!(client.codes(2), [220, 250]);
    client
}

const MAIL: &str = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";

#[test]
fn a_mail_is_kept_as_it_was_sent_without_its_stuffed_dots() {
    let sink = Sink::start().unwrap();
    let mut client = greeted(&sink);
    client.send(MAIL);
    client.send("Subject: x\r\n\r\n..one\r\n.\r\nQUIT\r\n");
    assert_eq!(client.codes(6), [250, 250, 354, 250, 221, 0]);
    let all = sink.transactions();
    let [one] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((one.n, one.connection, one.from.as_str(), one.to.as_slice()), (0, 0, "a@x.example", &["b@y.example".to_owned()][..]));
    assert_eq!(String::from_utf8_lossy(&one.data), "Subject: x\r\n\r\n.one\r\n");
    assert!(one.accepted && one.stage == Stage::Dot && one.violations.is_empty());
    assert_eq!(sink.counts().accepted, 1);
}

#[test]
fn what_a_strict_server_refuses_is_refused_and_named() {
    let long = format!("{}\r\n", "x".repeat(999));
    for (body, expected) in [
        ("a\nb\r\n", "a line that ends without CR"),
        ("a\rb\r\n", "a CR inside a line"),
        (long.as_str(), "a line of 1001 bytes"),
        ("é\r\n", "8 bits without BODY=8BITMIME"),
    ] {
        let sink = Sink::start().unwrap();
        let mut client = greeted(&sink);
        client.send(&format!("{MAIL}{body}.\r\n"));
        assert_eq!(client.codes(4), [250, 250, 354, 554], "{body:?}");
        let all = sink.transactions();
        assert!(!all[0].accepted && all[0].violations == [expected], "{all:?}");
    }
}

#[test]
fn commands_out_of_order_are_refused() {
    for (commands, codes) in [
        ("MAIL FROM:<a@x.example>\r\n", &[220, 503][..]),
        ("EHLO\r\n", &[220, 501]),
        ("EHLO c\r\nRCPT TO:<b@y.example>\r\nDATA\r\nHELP\r\n", &[220, 250, 503, 503, 500]),
        ("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\nRSET\r\nDATA\r\nNOOP\r\n", &[220, 250, 250, 501, 250, 503, 250]),
        ("EHLO c\r\nMAIL FROM:<a@x.example> SIZE=99999999\r\nQUIT\r\n", &[220, 250, 552, 221]),
    ] {
        let sink = Sink::start().unwrap();
        let mut client = Client::connect(&sink);
        client.send(commands);
        assert_eq!(client.codes(codes.len()), codes, "{commands:?}");
    }
}

#[test]
fn a_login_is_asked_for_when_there_is_one() {
    let login = Some(("ana".to_owned(), "segredo".to_owned()));
    let sink = Sink::with(Options { login, ..Options::default() }).unwrap();
    for (commands, codes) in [
        ("MAIL FROM:<a@x.example>\r\n", &[530][..]),
        ("AUTH PLAIN AGFuYQBzZWdyZWRv\r\nMAIL FROM:<a@x.example>\r\n", &[235, 250]),
        ("AUTH PLAIN AGFuYQB3cm9uZw==\r\n", &[535]),
        ("AUTH LOGIN\r\nYW5h\r\nc2VncmVkbw==\r\n", &[334, 334, 235]),
    ] {
        let mut client = greeted(&sink);
        client.send(commands);
        assert_eq!(client.codes(codes.len()), codes, "{commands:?}");
    }
}

#[test]
fn every_act_can_happen_at_every_stage() {
    let script = format!("NOOP\r\n{MAIL}x\r\n.\r\nRSET\r\nQUIT\r\n");
    let steps = [Stage::Connect, Stage::Hello, Stage::Noop, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Body, Stage::Dot];
    for (index, stage) in steps.into_iter().enumerate() {
        // The mail has no answer of its own before its dot.
        let before = if stage == Stage::Dot { index - 1 } else { index };
        for (act, code) in [
            (Act::Reply(451, "4.3.0 no"), 451),
            (Act::ReplyAndDrop(421, "4.3.0 no"), 421),
            (Act::Drop, 0),
            (Act::Raw(b"777 what\r\n".to_vec()), 777),
        ] {
            let sink = Sink::start().unwrap();
            sink.script([Fault::at(stage, act.clone())]);
            let mut client = Client::connect(&sink);
            // A refused EHLO or DATA makes what follows nonsense; only the answer at the stage counts.
            drop(client.writer.write_all(format!("EHLO c\r\n{script}").as_bytes()));
            let codes = client.codes(before + 1);
            assert_eq!(codes.last(), Some(&code), "{act:?} at {stage:?}: {codes:?}");
            let dropped_at_dot = stage == Stage::Dot && code != 451 && code != 421;
            drop(client);
            assert!(sink.wait(PATIENCE, |counts| counts.open == 0));
            if stage == Stage::Dot {
                assert_eq!((sink.counts().dots, sink.counts().accepted), (1, u64::from(dropped_at_dot)), "{act:?}");
            }
        }
    }
}

#[test]
fn a_fault_keeps_to_its_conditions() {
    let fault = |fault: Fault| {
        let sink = Sink::start().unwrap();
        sink.script([fault]);
        let mut client = greeted(&sink);
        for n in 0..6 {
            client.send(&format!("MAIL FROM:<a@x.example>\r\nRCPT TO:<{}@y.example>\r\nRSET\r\n", n % 2));
        }
        let codes = client.codes(18);
        codes.chunks(3).map(|codes| codes[1] == 550).collect::<Vec<bool>>()
    };
    let at = || Fault::at(Stage::Rcpt, Act::Reply(550, "5.1.1 no"));
    assert_eq!(fault(at()), [true; 6]);
    assert_eq!(fault(at().nth(2)), [false, false, true, false, false, false]);
    assert_eq!(fault(at().every(3)), [true, false, false, true, false, false]);
    assert_eq!(fault(at().to("1@y.example")), [false, true, false, true, false, true]);
    assert_eq!(fault(at().to("1@y.example").times(2)), [false, true, false, true, false, false]);
}

#[test]
fn a_delay_and_a_slow_answer_take_their_time_and_a_stop_does_not_wait_for_them() {
    let sink = Sink::start().unwrap();
    let start = Instant::now();
    sink.script([
        Fault::at(Stage::Noop, Act::Delay(Duration::from_millis(50))),
        Fault::at(Stage::Reset, Act::Slowly(Duration::from_millis(2))),
    ]);
    let mut client = greeted(&sink);
    client.send("NOOP\r\nRSET\r\n");
    assert_eq!(client.codes(2), [250, 250]);
    assert!(start.elapsed() >= Duration::from_millis(80));
    sink.script([Fault::at(Stage::Noop, Act::Delay(Duration::from_secs(3_600)))]);
    client.send("NOOP\r\n");
    drop(sink);
    assert_eq!(client.codes(1), [0]);
}

#[test]
fn silence_lasts_until_the_client_leaves() {
    let sink = Sink::start().unwrap();
    sink.script([Fault::at(Stage::Dot, Act::Silence)]);
    let mut client = greeted(&sink);
    client.send(&format!("{MAIL}x\r\n.\r\n"));
    assert_eq!(client.codes(3), [250, 250, 354]);
    assert!(sink.wait(PATIENCE, |counts| counts.dots == 1));
    client.writer.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.reader.read(&mut [0]).unwrap(), 0);
    assert_eq!(sink.counts().accepted, 1);
}

#[test]
fn the_hook_sees_each_stage_before_the_client_does() {
    let sink = Arc::new(Sink::start().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (stages, counted) = (Arc::clone(&seen), Arc::downgrade(&sink));
    sink.on_stage(move |stage, n| {
        let dots = counted.upgrade().map_or(0, |sink| sink.counts().dots);
        stages.lock().unwrap().push((stage, n, dots));
    });
    let mut client = greeted(&sink);
    client.send(&format!("{MAIL}x\r\n.\r\nQUIT\r\n"));
    assert_eq!(client.codes(6), [250, 250, 354, 250, 221, 0]);
    let expected = [
        (Stage::Connect, 0, 0),
        (Stage::Hello, 0, 0),
        (Stage::Mail, 0, 0),
        (Stage::Rcpt, 0, 0),
        (Stage::Data, 0, 0),
        (Stage::Body, 0, 0),
        (Stage::Dot, 0, 1),
        (Stage::Quit, 0, 1),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn a_broken_off_mail_is_in_the_record_but_not_accepted() {
    let sink = Sink::start().unwrap();
    let mut client = greeted(&sink);
    client.send(&format!("{MAIL}half of"));
    assert_eq!(client.codes(3), [250, 250, 354]);
    drop(client);
    assert!(sink.wait(PATIENCE, |counts| counts.open == 0));
    let all = sink.take();
    assert!(all.len() == 1 && !all[0].accepted && all[0].stage < Stage::Dot, "{all:?}");
    assert!(sink.transactions().is_empty() && sink.counts().begun == 1);
}
