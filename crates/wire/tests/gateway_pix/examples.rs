//! Every example of the central bank's description, read by the reader of its kind. The description is read where `REGUA_DATA`
//! says it is: set and missing fails, unset prints what was skipped.

use std::io::Read as _;
use std::path::PathBuf;

use regua_wire::gateways::Trouble;
use regua_wire::gateways::pix::cob::Cob;
use regua_wire::gateways::pix::cobr::Cobr;
use regua_wire::gateways::pix::rec::{self, Rec};
use regua_wire::gateways::pix::solicrec::Solicrec;
use regua_wire::gateways::pix::{Address, Hook, errors, payments};
use regua_wire::pix::BrCode;
use serde_json::{Value, json};

use super::reply;

/// The description, as text.
pub(super) fn description() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA");
    if path.is_err() {
        println!("skipped: REGUA_DATA is not set, the description of the Pix API is not read");
    }
    let path = PathBuf::from(path.ok()?).join("openapi/bacen-pix-api-2.9.0.yaml.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

/// How an example is read, by how its name begins: the answer in one word.
fn read(name: &str, value: &Value) -> Option<Result<String, String>> {
    let body = value.to_string().into_bytes();
    let list = |key: &str| json!({ key: [value] }).to_string().into_bytes();
    let hook = |hook: Hook, body: &[u8]| hook.read(body).map(|heard| format!("heard {}", heard.len())).map_err(|error| error.to_string());
    Some(match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "cobResponse" => Cob::read(&body).map(|cob| format!("{:?}", cob.standing())),
        "cobRResponse" => Cobr::read(&body).map(|cobr| format!("heard {}", cobr.heard().len())),
        "recResponse" => Rec::read(&body).map(|rec| format!("{:?}", rec.method().standing)),
        "solicRecResponse" => Solicrec::read(&body).map(|asked| format!("{:?}", asked.standing())),
        "payloadLocationRecResponse" => rec::read_place(&body).map(|place| format!("place {place}")),
        "pixResponse" | "pixWebhook" => hook(Hook::Pix, &list("pix")),
        "recWebhookNotification" => hook(Hook::Rec, &body),
        "cobRWebhookNotification" => hook(Hook::Cobr, &body),
        "devolucaoResponse" => payments::read_return("E1", &body).map(|refund| format!("{:?}", refund.standing)),
        "webhookResponse" | "recWebhookResponse" | "cobRWebhookResponse" => Address::read(&body).map(|_| "address".to_owned()),
        _ => return None,
    })
}

#[test]
fn every_example_of_the_description_is_read_but_two_that_break_it() {
    let Some(text) = description() else { return };
    let document: Value = serde_saphyr::from_str(&text).unwrap();
    let examples = document["components"]["examples"].as_object().unwrap();
    let (mut read_ones, mut refused, mut codes) = (Vec::new(), Vec::new(), 0);
    for (name, example) in examples {
        if let Some(answer) = read(name, &example["value"]) {
            match answer {
                Ok(word) => read_ones.push(format!("{name}: {word}")),
                Err(_) => refused.push(name.as_str()),
            }
        }
        let code = ["/dadosQR/pixCopiaECola", "/pixCopiaECola"].iter().find_map(|at| example["value"].pointer(at)?.as_str());
        if let Some(code) = code {
            BrCode::decode(code).unwrap_or_else(|error| panic!("{name}: {error}"));
            codes += 1;
        }
        if name.contains("Example") && example["value"]["title"].is_string() {
            let status = u16::try_from(example["value"]["status"].as_u64().unwrap()).unwrap();
            let trouble = errors::trouble(&reply(status, &example["value"].to_string()), true);
            let fits = match status {
                404 => matches!(trouble, Trouble::NotFound),
                503 => matches!(trouble, Trouble::Outage { .. }),
                _ => matches!(&trouble, Trouble::Refused { code, .. } if !code.is_empty()),
            };
            assert!(fits, "{name}: {trouble:?}");
            read_ones.push(format!("{name}: {status}"));
        }
    }
    // Its returns are one object where the description itself demands a list; and a first try settles on `2024-20-08`.
    assert_eq!(refused, ["pixWebhook1", "cobRWebhookNotification1"]);
    assert!(read_ones.len() >= 45, "{}: {read_ones:#?}", read_ones.len());
    assert!(codes >= 3, "{codes}");
    println!("{} examples of the description are read, {codes} codes among them", read_ones.len());
}
