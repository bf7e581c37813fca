//! The client library of Standard Webhooks as a witness, and a server of flesh and blood.

#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use regua_engine::adapters::deliver::{HttpsDeliverer, Settings};
use regua_engine::endpoints::{DeliveryState, NewEndpoint, Reach};
use regua_engine::events::Type;
use regua_wire::webhooks_out::{SigningKey, Told, body, headers};

use crate::House;
use crate::common::{act, on_both};

const PROGRAM: &str = "
import sys, json
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from datetime import datetime, timezone
asked = json.load(sys.stdin)
hook = Webhook(asked['secret'])
heard = hook.verify(asked['body'].encode(), asked['headers'])
try:
    hook.verify((asked['body'] + ' ').encode(), asked['headers'])
    sys.exit('a body that was altered passes')
except WebhookVerificationError:
    pass
signed = hook.sign(asked['headers']['webhook-id'], datetime.fromtimestamp(int(asked['headers']['webhook-timestamp']), tz=timezone.utc), asked['body'])
print(json.dumps({'heard': heard, 'signed': signed}))
";

#[test]
fn the_library_of_standard_webhooks_takes_our_webhooks_and_signs_as_we_do() {
    let Ok(python) = std::env::var("REGUA_PYTHON") else {
        println!("skipped: REGUA_PYTHON is not set, the library of Standard Webhooks is not asked");
        return;
    };
    // The library compares with its own clock.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (key, other) = (SigningKey::new(&[7; 32]).unwrap(), SigningKey::new(&[9; 64]).unwrap());
    let at = regua_core::time::Instant::from_secs(1_800_000_000);
    let told = Told { id: "evt_01", kind: "receivable.paid", at, data: r#"{"customer":"cus_1","name":"Açaí \u0000"}"# };
    let body = body(&told);
    let secs = i64::try_from(now).unwrap();
    // Also while one secret takes the place of another.
    for keys in [vec![key.clone()], vec![other, key.clone()]] {
        let headers: serde_json::Map<String, serde_json::Value> =
            headers(told.id, secs, &body, &keys).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let asked = serde_json::json!({ "secret": key.text(), "body": std::str::from_utf8(&body).unwrap(), "headers": headers });
        let mut child = Command::new(&python)
            .args(["-I", "-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(answer["heard"], serde_json::from_slice::<serde_json::Value>(&body).unwrap());
        assert_eq!(answer["signed"], key.sign(told.id, secs, &body));
    }
}

/// What came: path and whole request.
type Got = std::sync::Arc<std::sync::Mutex<Vec<(String, String)>>>;

/// A server that answers by the path, and what it got.
fn server() -> (std::net::SocketAddr, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let got = Got::default();
    let seen = std::sync::Arc::clone(&got);
    std::thread::spawn(move || {
        for stream in listener.incoming().take(50) {
            let Ok(mut stream) = stream else { return };
            stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
            let mut text = String::new();
            let mut buffer = [0; 4096];
            // A body ends in `}}`: that of the event's data, and its own.
            while !text.ends_with("}}") {
                let Ok(read @ 1..) = stream.read(&mut buffer) else { break };
                text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
            let status = match path.as_str() {
                "/gone" => "410 Gone",
                "/broken" => "500 Oh",
                "/elsewhere" => "307 There\r\nlocation: /fine",
                _ => "200 OK",
            };
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
            seen.lock().unwrap().push((path, text));
        }
    });
    (address, got)
}

#[test]
fn over_a_real_line_each_answer_is_what_it_is() {
    on_both(|url| {
        let (address, got) = server();
        let mut house = House::new(url);
        let (tenant, now) = (house.tenant(), house.now);
        let mut ends = Vec::new();
        for path in ["fine", "gone", "broken", "elsewhere"] {
            let url = format!("http://{address}/{path}");
            let new = NewEndpoint { url: &url, types: &[Type::ReceivableChanged], description: path };
            let refused = house.company.engine.add_endpoint(tenant, &new, Reach::Public, &act(), now, &mut house.company.rng);
            assert_eq!(refused.unwrap_err().code, "bad_endpoint_url");
            ends.push(house.company.engine.add_endpoint(tenant, &new, Reach::Private, &act(), now, &mut house.company.rng).unwrap());
        }
        house.happen();
        house.feed();
        let mut deliverer = HttpsDeliverer::new(&Settings { reach: Reach::Private, ..Settings::default() }).unwrap();
        let done = house.engine().deliver_due(&|| now, &mut deliverer, 100).unwrap();
        assert_eq!((done.tried, done.delivered, done.failed, done.later, done.disabled), (4, 1, 1, 2, 1));
        let stood = |at: usize| {
            let delivery = house.deliveries(ends[at].0.id).remove(0);
            (delivery.state, delivery.code)
        };
        assert_eq!(stood(0), (DeliveryState::Delivered, Some(200)));
        assert_eq!(stood(1), (DeliveryState::Failed, Some(410)));
        assert_eq!(stood(2), (DeliveryState::Waiting, Some(500)));
        assert_eq!(stood(3), (DeliveryState::Waiting, Some(307)));
        let got = got.lock().unwrap();
        assert_eq!(got.iter().filter(|(path, _)| path == "/fine").count(), 1, "nobody follows a redirect");
        // What came over the line is signed with the secret that was shown.
        let (_, text) = got.iter().find(|(path, _)| path == "/fine").unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().to_owned();
        let key = SigningKey::parse(ends[0].1.expose()).unwrap();
        let secs = header("webhook-timestamp").parse().unwrap();
        assert!(key.verify(&header("webhook-id"), secs, body.as_bytes(), &header("webhook-signature")));
    });
}
