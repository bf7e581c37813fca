//! The mailbox against a server with letters in it.

use regua_testkit::pop3::{Act, Letter as Stored, Mailbox as Server};
use regua_testkit::smtp::{AUTHORITY, Tls};

use super::*;

fn stored(uid: &str) -> Stored {
    Stored { uid: uid.to_owned(), bytes: format!("Subject: {uid}\r\n\r\n.dot\r\n").into_bytes() }
}

fn server(uids: &[&str]) -> Server {
    Server::start(Tls::No, uids.iter().map(|uid| stored(uid))).unwrap()
}

fn settings(server: &Server) -> Settings {
    let (port, security) = (server.address().port(), Security::Plain);
    let roots = Roots::Pem(AUTHORITY.as_bytes().to_vec());
    Settings { port, security, roots, ..Settings::new("127.0.0.1", Server::USER, Secret::new(Server::PASSWORD)) }
}

fn pop3(server: &Server) -> Pop3 {
    Pop3::new(settings(server)).unwrap()
}

fn uids(mailbox: &mut Pop3, max: usize) -> Vec<String> {
    mailbox.fetch(max).unwrap().into_iter().map(|letter| letter.uid).collect()
}

fn left(server: &Server) -> Vec<String> {
    server.letters().into_iter().map(|letter| letter.uid).collect()
}

#[test]
fn letters_come_until_they_are_done_and_are_then_deleted() {
    let server = server(&["a", "b", "c"]);
    let mut mailbox = pop3(&server);
    let letters = mailbox.fetch(2).unwrap();
    assert_eq!(letters, [stored("a"), stored("b")].map(|stored| Letter { uid: stored.uid, bytes: stored.bytes }));
    mailbox.done("a").unwrap();
    assert_eq!(left(&server), ["a", "b", "c"], "nothing is deleted before the session ends");
    mailbox.done("b").unwrap();
    assert_eq!(left(&server), ["c"]);
    server.put(stored("d"));
    assert_eq!(uids(&mut mailbox, 9), ["c", "d"]);
    mailbox.done("d").unwrap();
    drop(mailbox);
    assert_eq!(left(&server), ["c"]);
    assert_eq!(uids(&mut pop3(&server), 9), ["c"]);
}

#[test]
fn a_session_that_breaks_off_loses_no_letter_and_deletes_at_the_next_try() {
    for (command, act) in [("DELE", Act::Drop), ("QUIT", Act::Drop), ("DELE", Act::Raw(b"-ERR locked\r\n".to_vec()))] {
        let server = server(&["a", "b"]);
        let mut mailbox = pop3(&server);
        assert_eq!(uids(&mut mailbox, 1), ["a"]);
        server.fail(command, act.clone());
        assert!(mailbox.done("a").is_err(), "{command} {act:?}");
        assert_eq!(left(&server), ["a", "b"]);
        assert_eq!(uids(&mut mailbox, 9), ["b"], "what is done does not come again in this process");
        mailbox.done("b").unwrap();
        assert_eq!(left(&server), Vec::<String>::new());
    }
}

#[test]
fn a_fetch_that_fails_says_where_and_the_next_one_works() {
    for (command, act, what) in [
        ("USER", Act::Drop, "the server closed the connection"),
        ("PASS", Act::Raw(b"-ERR [IN-USE] locked\r\n".to_vec()), "answers the password with `-ERR [IN-USE] locked`"),
        ("UIDL", Act::Raw(b"-ERR no\r\n".to_vec()), "answers UIDL with `-ERR no`"),
        ("UIDL", Act::Raw(b"hello\r\n".to_vec()), "answers UIDL with `hello`"),
        ("LIST", Act::Drop, "the server closed the connection"),
        ("RETR 2", Act::Drop, "the server closed the connection"),
        ("RETR 1", Act::Raw(b"+OK\r\nhalf of it".to_vec()), "in time"),
        ("RETR 1", Act::Raw([b"+OK ".as_slice(), &[b'x'; 10_000]].concat()), "a line without end"),
    ] {
        let server = server(&["a", "b"]);
        server.fail(command, act);
        let patience = if what == "in time" { Duration::from_millis(200) } else { Duration::from_secs(30) };
        let mut mailbox = Pop3::new(Settings { patience, ..settings(&server) }).unwrap();
        let error = mailbox.fetch(9).unwrap_err().to_string();
        assert!(error.contains(what) && error.starts_with("mailbox of bounces at 127.0.0.1:"), "{command}: {error}");
        assert!(!error.contains(Server::PASSWORD));
        drop(mailbox);
        assert_eq!(uids(&mut pop3(&server), 9), ["a", "b"]);
    }
}

#[test]
fn letters_that_are_to_be_kept_are_not_deleted_and_do_not_come_again() {
    let server = server(&["a", "b"]);
    let mut mailbox = Pop3::new(Settings { keep: true, ..settings(&server) }).unwrap();
    assert_eq!(uids(&mut mailbox, 9), ["a", "b"]);
    mailbox.done("a").unwrap();
    mailbox.done("b").unwrap();
    server.put(stored("c"));
    assert_eq!(uids(&mut mailbox, 9), ["c"]);
    assert_eq!(left(&server), ["a", "b", "c"]);
    assert!(!server.commands().iter().any(|command| command.starts_with("DELE")));
}

#[test]
fn of_a_letter_that_is_too_big_the_beginning_comes_or_nothing_but_its_name() {
    let big = Stored { uid: "big".to_owned(), bytes: [b"Subject: big\r\n\r\n".to_vec(), b"line\r\n".repeat(300_000)].concat() };
    for act in [None, Some(Act::Raw(b"-ERR unknown command\r\n".to_vec()))] {
        let server = Server::start(Tls::No, [big.clone(), stored("a")]).unwrap();
        if let Some(act) = &act {
            server.fail("TOP", act.clone());
        }
        let letters = pop3(&server).fetch(9).unwrap();
        let sizes: Vec<(&str, usize)> = letters.iter().map(|letter| (letter.uid.as_str(), letter.bytes.len())).collect();
        let beginning = if act.is_some() { 0 } else { 16 + 6 * TOP_LINES };
        assert_eq!(sizes, [("big", beginning), ("a", stored("a").bytes.len())]);
    }
}

#[test]
fn the_password_goes_over_tls_or_not_at_all() {
    for (tls, security) in [(Tls::Offered, Security::StartTls), (Tls::FromStart, Security::Tls)] {
        let server = Server::start(tls, [stored("a")]).unwrap();
        for host in ["localhost", "127.0.0.1"] {
            let mut mailbox = Pop3::new(Settings { security, host: host.to_owned(), ..settings(&server) }).unwrap();
            assert_eq!(uids(&mut mailbox, 9), ["a"]);
        }
        let sent = server.commands().len();
        let mut mailbox = Pop3::new(Settings { security, roots: Roots::Public, ..settings(&server) }).unwrap();
        assert!(mailbox.fetch(9).is_err());
        assert!(!server.commands()[sent..].iter().any(|command| command.starts_with("USER") || command.starts_with("PASS")));
    }
    let server = server(&[]);
    let mut mailbox = Pop3::new(Settings { security: Security::StartTls, ..settings(&server) }).unwrap();
    assert!(mailbox.fetch(9).unwrap_err().to_string().contains("answers STLS with `-ERR"));
    assert!(!server.commands().iter().any(|command| command.starts_with("USER")));
}

#[test]
fn settings_that_cannot_work_or_are_unsafe_are_refused_with_the_mend() {
    let good = || Settings::new("pop.example.com", "bounces", Secret::new("x"));
    assert!(Pop3::new(good()).is_ok());
    for (settings, expected) in [
        (Settings { host: "pop example".to_owned(), ..good() }, "is not the name of a mail server"),
        (Settings { security: Security::Plain, ..good() }, "use `tls` (port 995)"),
        (Settings { user: "a b".to_owned(), ..good() }, "the user no space"),
        (Settings { password: Secret::new("a\r\nDELE 1"), ..good() }, "must not be empty or hold control characters"),
        (Settings { patience: Duration::ZERO, ..good() }, "longer than zero"),
        (Settings { roots: Roots::Pem(Vec::new()), ..good() }, "holds no certificate"),
    ] {
        let error = Pop3::new(settings).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{error}");
    }
}
