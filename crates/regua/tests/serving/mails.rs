//! E-mails out of a server over a mail server, and back: a picture, a link, one press that stops, and a report of failed delivery.
//! Nothing of whoever does any of it is in the log.

use std::process::Command;
use std::time::{Duration, Instant as Clock};

use regua_testkit::smtp::Sink;
use serde_json::{Value, json};

use crate::house::{House, Served, day};

const POLICY: &str = "\
regua: 1
name: Mails
currency: BRL
timezone: America/Sao_Paulo
contact: { rulebook: none, channels: [email] }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued, at: I, do: notify, template: invoice_issued, tone: friendly }
    - { id: late, at: D+60, do: notify, template: overdue }
";
const PORTAL: &str = "https://regua.acme.example";
const ANA: &str = "ana.lima@customer.example";
const BIA: &str = "bia.reis@customer.example";
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail as the far side has it: to whom, from which return path, and its bytes without soft line breaks.
struct Mail {
    to: String,
    from: String,
    text: String,
}

impl Mail {
    fn token(&self, path: &str) -> String {
        // What stands in the headers is for mail programs.
        let body = self.text.split_once("\r\n\r\n").unwrap().1;
        let rest = body.split(&format!("{PORTAL}/{path}/")).nth(1).unwrap_or_else(|| panic!("no {path} in {body}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    fn header(&self, name: &str) -> String {
        let unfolded = self.text.replace("\r\n ", " ");
        let found = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {name} in {unfolded}"))
    }
}

fn until<T>(what: &str, mut asked: impl FnMut() -> Option<T>) -> T {
    let begun = Clock::now();
    loop {
        if let Some(found) = asked() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

fn command(house: &House, sink: &Sink, args: &[&str]) -> Command {
    let mut command = house.command(args);
    command
        .env_remove("REGUA_EMAIL_CAPTURE")
        .env("REGUA_SERVE_PUBLIC_ADDRESS", PORTAL)
        .env("REGUA_EMAIL_OPENS", "on")
        .env("REGUA_EMAIL_SMTP_HOST", "127.0.0.1")
        .env("REGUA_EMAIL_SMTP_PORT", sink.address().port().to_string())
        .env("REGUA_EMAIL_SMTP_TLS", "none")
        .env("REGUA_EMAIL_BOUNCES_DOMAIN", "bounces.acme.example")
        .env("REGUA_EMAIL_BOUNCES_MAILBOX", house.path("returned"));
    command
}

fn mails(sink: &Sink) -> Vec<Mail> {
    let plain = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("=\r\n", "");
    let read = |mut one: regua_testkit::smtp::Transaction| Mail { to: one.to.remove(0), from: one.from, text: plain(one.data) };
    sink.transactions().into_iter().map(read).collect()
}

fn person(served: &Served, key: &str, customer: &str) -> Value {
    served.get(&format!("/v1/customers/{customer}"), key)["profile"]["contacts"][0].clone()
}

#[test]
fn a_mail_is_seen_stopped_and_returned_and_the_log_names_nobody() {
    let (house, sink) = (House::under(POLICY), Sink::start().unwrap());
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(house.path("returned").join(part)).unwrap();
    }
    let rows = format!(
        "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n\
         R-1,C-1,{issued},{due},100.00,BRL,Ana Lima,{ANA}\nR-2,C-2,{issued},{due},200.00,BRL,Bia Reis,{BIA}\n",
        issued = day(-1),
        due = day(20)
    );
    std::fs::write(house.path("owed.csv"), rows).unwrap();
    let key = house.key();
    let log = std::fs::File::create(house.path("mails.log")).unwrap();
    let served = Served::begin(command(&house, &sink, &["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]).stderr(log));
    assert_eq!(served.ready(), 200);
    let done = command(&house, &sink, &["import", "owed.csv", "--dir", "acme"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    served.post("/v1/run", &key, &json!({}));
    let all = until("both mails are sent", || Some(mails(&sink)).filter(|all| all.len() == 2));
    let of = |to: &str| all.iter().find(|mail| mail.to == to).unwrap();
    let (ana, bia) = (of(ANA), of(BIA));
    let (picture, link, message) = (ana.token("o"), ana.token("p"), ana.header("X-Regua-Message"));

    // Her mail program fetches the picture at once, whatever it calls itself.
    let dot = served.ask("GET", &format!("/o/{picture}"), "", None);
    assert_eq!((dot.status, dot.body.starts_with(b"GIF89a")), (200, true));
    assert_eq!(served.ask("GET", &format!("/o/{link}"), "", None).body, dot.body, "what is no picture looks the same");
    let told =
        until("the message is sent", || Some(served.get(&format!("/v1/messages/{message}"), &key)).filter(|one| one["status"] == "sent"));
    assert!(told["prefetched_at"].is_string() && told["opened_at"].is_null(), "{told}");
    assert_eq!(served.ask("GET", &format!("/p/{link}"), "", None).status, 200);

    // One press in it stops the address, and a look at its link does not.
    assert_eq!(ana.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let header = ana.header("List-Unsubscribe");
    let stop = header.split(&format!("<{PORTAL}")).nth(1).and_then(|rest| rest.split('>').next()).unwrap().to_owned();
    assert!(served.ask("GET", &stop, "", None).status < 400);
    assert_eq!(person(&served, &key, "C-1")["consent"], "contract");
    let pressed = served.send("POST", &stop, "", "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click");
    assert_eq!(pressed.status, 200);
    assert_eq!(person(&served, &key, "C-1")["consent"], "opted_out");

    // Hers comes back.
    let report = format!(
        "From: MAILER-DAEMON@mx.customer.example\r\nTo: {}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"frontier\"\r\n\r\n--frontier\r\n\
         Content-Type: text/plain\r\n\r\nNo such user.\r\n\r\n--frontier\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.customer.example\r\n\r\nFinal-Recipient: rfc822; {BIA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <{BIA}> no such user\r\n\r\n--frontier--\r\n",
        bia.from
    );
    std::fs::write(house.path("returned").join("new").join("1.letter"), report).unwrap();
    // A server reads its mailbox twice a minute at most, a run at once.
    served.ended();
    let run = |args: &[&str]| {
        let done = command(&house, &sink, &[args, &["--dir", "acme"]].concat()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    run(&["run"]);
    let listed = run(&["channel", "suppressed", "--format", "csv"]);
    assert!(listed.contains("email") && listed.contains("bounced") && !listed.contains(BIA), "{listed}");
    let log = std::fs::read_to_string(house.path("mails.log")).unwrap();
    let stop = stop.trim_start_matches("/p/");
    for secret in [ANA, BIA, "ana.lima", "Ana Lima", "Bia Reis", &picture, &link, stop, &bia.token("p"), "no such user", "52998224725"] {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
    house.verified();
}
