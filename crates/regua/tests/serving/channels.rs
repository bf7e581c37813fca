//! Channels as they are set up by hand: a server whose settings name far sides, which post to it what becomes of messages and what
//! people answer.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Clock};

use regua_fakes::callback::{self, FakeCallback};
use regua_fakes::hooks::Order;
use regua_fakes::sms::{self, Account, FakeSms};
use regua_fakes::whatsapp::{self, FakeWhatsapp, Template};
use regua_testkit::smtp::Sink;
use serde_json::{Value, json};

use crate::house::{House, Served, day, now};

const POLICY: &str = "\
regua: 1
name: Channels
currency: BRL
timezone: America/Sao_Paulo
contact: { rulebook: none, channels: [whatsapp, sms, email] }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued, at: I, do: notify, template: invoice_issued, tone: friendly }
    - { id: late, at: D+60, do: notify, template: overdue }
";
/// Taken by WhatsApp, and then told as unknown there.
const NO_WHATSAPP: &str = "+5511900131026";
const ANA: &str = "+5511987654321";
const BIA: &str = "+5511987654322";
const PATIENCE: Duration = Duration::from_secs(30);

/// Far sides whose clocks go on, and what the settings say of them.
struct Far {
    port: u16,
    sms: FakeSms,
    whatsapp: FakeWhatsapp,
    callback: FakeCallback,
    mails: Sink,
}

impl Far {
    fn start() -> Self {
        // Signatures are over the address: it must be known before the server listens.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let hook = |name: &str| format!("http://127.0.0.1:{port}/webhooks/acme/{name}");
        let account = Account { inbound: Some(hook("sms")), ..Account::new(sms::ACCOUNT, sms::TOKEN, &[sms::NUMBER], sms::SERVICE) };
        let script = sms::Script { now: now(), running: true, accounts: vec![account], latency: (0, 0), ..sms::Script::default() };
        let sms = FakeSms::start(script).unwrap();
        let templates = ["pt_BR", "en"].map(|language| Template::new("aviso", language, 2, false)).to_vec();
        let webhook = Some(hook("whatsapp"));
        let script =
            whatsapp::Script { now: now(), running: true, templates, webhook, latency: (0, 0, None), ..whatsapp::Script::default() };
        let whatsapp = FakeWhatsapp::start(script).unwrap();
        let status = Some(hook("callback"));
        let script = callback::Script { now: now(), running: true, status, latency: (0, 0), ..callback::Script::default() };
        Self { port, sms, whatsapp, callback: FakeCallback::start(script).unwrap(), mails: Sink::start().unwrap() }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let text = |text: &str| text.to_owned();
        vec![
            ("REGUA_SERVE_PUBLIC_ADDRESS", format!("http://127.0.0.1:{}", self.port)),
            ("REGUA_EMAIL_SMTP_HOST", text("127.0.0.1")),
            ("REGUA_EMAIL_SMTP_PORT", self.mails.address().port().to_string()),
            ("REGUA_EMAIL_SMTP_TLS", text("none")),
            ("REGUA_SMS_ACCOUNT", text(sms::ACCOUNT)),
            ("REGUA_SMS_AUTH_TOKEN", text(sms::TOKEN)),
            ("REGUA_SMS_FROM", text(sms::NUMBER)),
            ("REGUA_SMS_BASE", self.sms.base()),
            ("REGUA_SMS_PER_SECOND", text("0")),
            ("REGUA_WHATSAPP_NUMBER", text(whatsapp::NUMBER)),
            ("REGUA_WHATSAPP_ACCESS_TOKEN", text(whatsapp::TOKEN)),
            ("REGUA_WHATSAPP_APP_SECRET", text(whatsapp::SECRET)),
            ("REGUA_WHATSAPP_VERIFY_TOKEN", text(whatsapp::VERIFY)),
            ("REGUA_WHATSAPP_TEMPLATE", text("aviso")),
            ("REGUA_WHATSAPP_BASE", self.whatsapp.base()),
            ("REGUA_CALLBACK_URL", format!("{}/carry", self.callback.base())),
            ("REGUA_CALLBACK_SECRET", text(callback::SECRET)),
        ]
    }

    /// Posts what is due, in any order and twice, and looks that everything was taken.
    fn post(&self) {
        let all = [self.sms.deliver(Order::Storm(7)), self.whatsapp.deliver(Order::Storm(8)), self.callback.deliver(Order::Storm(9))];
        for sent in all.into_iter().flat_map(Result::unwrap) {
            assert!(sent.taken(), "{sent:?}");
        }
    }
}

/// Asks again and again until something is so.
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

/// A command of the installation with the settings of its channels.
fn command(house: &House, far: &Far, args: &[&str]) -> Command {
    let mut command = house.command(args);
    // A folder for mails would take the other channels too.
    command.env_remove("REGUA_EMAIL_CAPTURE").envs(far.settings());
    command
}

fn run(house: &House, far: &Far, args: &[&str]) -> (i32, String) {
    let told = command(house, far, args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (told.status.code().unwrap(), text(&told.stdout) + &text(&told.stderr))
}

fn listed(served: &Served, key: &str, path: &str) -> Vec<Value> {
    served.get(path, key)["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn messages_fall_back_are_told_of_and_people_are_heeded_over_real_webhooks() {
    let (house, far) = (House::under(POLICY), Far::start());
    let rows = format!(
        "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,phone,whatsapp,consent\n\
         R-1,C-1,{issued},{due},100.00,BRL,Ana Lima,ana@customer.example,{ANA},{NO_WHATSAPP},whatsapp sms\n\
         R-2,C-2,{issued},{due},200.00,BRL,Bia Reis,bia@customer.example,{BIA},,sms\n",
        issued = day(-1),
        due = day(20)
    );
    std::fs::write(house.path("owed.csv"), rows).unwrap();
    let key = house.key();
    let (code, told) = run(&house, &far, &["channel", "list", "--dir", "acme"]);
    assert_eq!(code, 0, "{told}");
    for word in ["the account answers", "the number answers", &format!("127.0.0.1:{}/webhooks/ten_", far.port)] {
        assert!(told.contains(word), "`{word}` is not in: {told}");
    }
    let log = std::fs::File::create(house.path("channels.log")).unwrap();
    let listen = format!("127.0.0.1:{}", far.port);
    let served = Served::begin(command(&house, &far, &["serve", "--dir", "acme", "--listen", &listen]).stderr(log));
    assert_eq!(served.ready(), 200);
    assert!(far.whatsapp.handshake(&format!("http://{listen}/webhooks/acme/whatsapp"), whatsapp::VERIFY).unwrap());
    assert!(!far.whatsapp.handshake(&format!("http://{listen}/webhooks/acme/whatsapp"), "another").unwrap_or(false));
    // What nobody signed is refused, whatever it says.
    for (name, kind, body) in [
        ("sms", "application/x-www-form-urlencoded", "MessageSid=SM1&From=%2B5511987654321&Body=sair"),
        ("whatsapp", "application/json", r#"{"object":"whatsapp_business_account","entry":[]}"#),
        ("callback", "application/json", r#"{"id":"e","type":"message.reply","data":{"from":"+5511987654321","text":"sair"}}"#),
    ] {
        let refused = served.send("POST", &format!("/webhooks/acme/{name}"), "", kind, body.as_bytes());
        assert!((400..500).contains(&refused.status), "{name}: {refused:?}");
    }
    let (code, told) = run(&house, &far, &["import", "owed.csv", "--dir", "acme"]);
    assert_eq!(code, 0, "{told}");
    served.post("/v1/run", &key, &json!({}));
    until("Bia has her SMS", || far.sms.messages().iter().any(|message| message.to == BIA).then_some(()));
    until("WhatsApp was tried", || (!far.whatsapp.messages().is_empty()).then_some(()));
    until("Ana's message goes on to her telephone", || {
        far.post();
        far.sms.messages().iter().any(|message| message.to == ANA).then_some(())
    });
    let stands = |customer: &str| {
        let message = listed(&served, &key, &format!("/v1/customers/{customer}/messages")).into_iter().next()?;
        let all = listed(&served, &key, &format!("/v1/messages/{}/deliveries", message["id"].as_str()?));
        Some(all.iter().map(|one| format!("{} {}", one["channel"].as_str().unwrap(), one["standing"].as_str().unwrap())).collect())
    };
    let ana: Vec<String> = until("both ways are told of", || {
        far.post();
        stands("C-1").filter(|all: &Vec<String>| all.iter().any(|one| one == "sms delivered"))
    });
    assert_eq!(ana, ["whatsapp failed", "sms delivered"]);
    // Bia wants no more of them.
    far.sms.write(BIA, sms::NUMBER, "Parar mensagens, por favor").unwrap();
    far.sms.write(ANA, sms::NUMBER, "Já paguei ontem").unwrap();
    far.post();
    let replies = until("both answers stand", || Some(listed(&served, &key, "/v1/replies")).filter(|all| all.len() == 2));
    let of = |text: &str| replies.iter().find(|one| one["text"] == text).unwrap_or_else(|| panic!("{replies:?}"));
    assert_eq!((&of("Já paguei ontem")["customer_external_id"], &of("Já paguei ontem")["status"]), (&json!("C-1"), &json!("open")));
    assert_eq!((&of("Parar mensagens, por favor")["wish"], &of("Parar mensagens, por favor")["status"]), (&json!("stop"), &json!("done")));
    let reasons: Vec<String> = listed(&served, &key, "/v1/suppressions")
        .iter()
        .map(|one| format!("{} {}", one["channel"].as_str().unwrap(), one["why"].as_str().unwrap()))
        .collect();
    assert_eq!(reasons, ["sms opted_out", "whatsapp bounced"], "the newest first");
    by_hand(&house, &far);
    served.ended();
    let log = std::fs::read_to_string(house.path("channels.log")).unwrap();
    for secret in [ANA, "87654321", "paguei", sms::TOKEN, whatsapp::TOKEN, whatsapp::SECRET] {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
    house.verified();
}

/// The verbs of `regua channel`, one after the other.
fn by_hand(house: &House, far: &Far) {
    let done = |args: &[&str]| {
        let (code, told) = run(house, far, &[args, &["--dir", "acme"]].concat());
        assert_eq!(code, 0, "regua {}: {told}", args.join(" "));
        told
    };
    let replies = done(&["channel", "replies"]);
    assert!(replies.contains("Já paguei ontem") && replies.contains("C-1") && !replies.contains("Parar"), "{replies}");
    assert!(done(&["channel", "replies", "--all"]).contains("Parar mensagens"));
    let rows: Value = serde_json::from_str(&done(&["channel", "replies", "--format", "json"])).unwrap();
    let reply = rows[0]["reply"].as_str().unwrap().to_owned();
    done(&["channel", "done", &reply]);
    assert!(!done(&["channel", "replies"]).contains("Já paguei"));
    done(&["channel", "suppress", "sms", "(11) 98765-0000", "--reason", "asked by phone"]);
    assert!(done(&["channel", "suppressed"]).contains("person"));
    done(&["channel", "lift", "sms", "+5511987650000", "--reason", "she called"]);
    assert!(!done(&["channel", "suppressed"]).contains("person"));
    assert!(done(&["channel", "mended", "sms"]).contains("Nothing had stopped it"));
    let before = far.sms.messages().len();
    done(&["channel", "test", "sms", "--to", "+5511987650001"]);
    done(&["channel", "test", "whatsapp", "--to", "+5511987650001"]);
    done(&["channel", "test", "letter", "--to", "Rua A, 1"]);
    assert_eq!((far.sms.messages().len(), far.callback.messages().len()), (before + 1, 1));
    let (code, told) = run(house, far, &["channel", "test", "push", "--to", "x", "--dir", "acme"]);
    assert_eq!(code, 2, "nothing carries it: {told}");
}
