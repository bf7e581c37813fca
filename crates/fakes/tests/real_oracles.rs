//! Other people's programs, where the gate says they are. Set and missing fails; unset prints what was skipped.
#![expect(clippy::print_stdout, reason = "a test says what it skips")]
#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use regua_fakes::client::Client;
use regua_fakes::oracles::{Localstripe, Prism};
use regua_fakes::stripe::signature;

const PATIENCE: Duration = Duration::from_secs(20);

/// A program that a variable names.
fn witness(name: &str, what: &str) -> Option<PathBuf> {
    let Ok(path) = std::env::var(name) else {
        println!("skipped: {name} is not set, {what}");
        return None;
    };
    let path = PathBuf::from(path);
    assert!(path.exists(), "{name} names {}, which is not there; run scripts/setup, or unset it", path.display());
    Some(path)
}

#[test]
fn localstripe_starts_on_loopback_twice_at_once_and_takes_a_payment() {
    let Some(python) = witness("REGUA_PYTHON", "localstripe is not asked") else { return };
    let (one, other) = (Localstripe::start(&python).unwrap(), Localstripe::start(&python).unwrap());
    let client = Client::plain(PATIENCE).unwrap();
    let headers = [("authorization", "Bearer sk_test_1"), ("content-type", "application/x-www-form-urlencoded")];
    let post = |base: &str, path: &str, body: &str| client.send("POST", &format!("{base}{path}"), &headers, body.as_bytes()).unwrap();
    let customer = post(&one.base(), "/v1/customers", "email=ann%40example.com").json()["id"].as_str().unwrap().to_owned();
    let attached = post(&one.base(), "/v1/payment_methods/pm_card_visa/attach", &format!("customer={customer}"));
    assert_eq!(attached.status, 200, "{}", attached.json());
    let method = attached.json()["id"].as_str().unwrap().to_owned();
    let form = format!("amount=1000&currency=usd&customer={customer}&payment_method={method}&confirm=true");
    assert_eq!(post(&one.base(), "/v1/payment_intents", &form).json()["status"], "succeeded");
    // What one holds the other does not.
    let asked = client.send("GET", &format!("{}/v1/customers/{customer}", other.base()), &headers, b"").unwrap();
    assert_eq!(asked.status, 404);
}

#[test]
fn stripes_own_library_accepts_our_signature_and_signs_as_we_do() {
    let Some(python) = witness("REGUA_PYTHON", "Stripe's library is not asked") else { return };
    let body = r#"{"id":"evt_1","object":"event","data":{"object":{"name":"Açaí"}}}"#;
    let header = signature("whsec_other", 1_796_040_000, body.as_bytes());
    let program = "import sys, stripe\n\
        body = sys.stdin.buffer.read().decode()\n\
        stripe.WebhookSignature.verify_header(body, sys.argv[1], 'whsec_other', None)\n\
        try:\n stripe.WebhookSignature.verify_header(body + ' ', sys.argv[1], 'whsec_other', None)\n\
        except stripe.SignatureVerificationError: print('fits')\n";
    let mut child = Command::new(python)
        .args(["-I", "-c", program, &header])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), "fits", "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_mock_of_the_central_banks_description_refuses_what_our_fake_refuses() {
    let Some(prism) = witness("REGUA_PRISM", "the mock of the Pix API is not asked") else { return };
    let Ok(data) = std::env::var("REGUA_DATA") else {
        println!("skipped: REGUA_DATA is not set, there is no description to mock");
        return;
    };
    let packed = PathBuf::from(data).join("openapi/bacen-pix-api-2.9.0.yaml.gz");
    assert!(packed.is_file(), "{} is missing; correct REGUA_DATA", packed.display());
    let unpacked = Command::new("gzip").args(["--decompress", "--stdout"]).arg(&packed).output().unwrap();
    let file = std::env::temp_dir().join(format!("regua-pix-{}.yaml", std::process::id()));
    std::fs::write(&file, unpacked.stdout).unwrap();
    let mock = Prism::start(&prism, &file).unwrap();
    let client = Client::plain(PATIENCE).unwrap();
    let headers = [("authorization", "Bearer t"), ("content-type", "application/json")];
    let good = br#"{"calendario":{"expiracao":3600},"valor":{"original":"37.00"},"chave":"7d9f0335-8dcc-4054-9bf9-0dbd61d36906"}"#;
    let bad = br#"{"calendario":{"expiracao":3600},"valor":{"original":"x"},"chave":"7d9f0335-8dcc-4054-9bf9-0dbd61d36906"}"#;
    let url = format!("{}/cob/regua000000000000000000000001", mock.base());
    let asked = |body: &[u8]| client.send("PUT", &url, &headers, body).unwrap();
    let (taken, refused) = (asked(good), asked(bad));
    std::fs::remove_file(&file).unwrap();
    assert_eq!((taken.status, Prism::violations(&taken)), (201, Vec::new()));
    assert_eq!(refused.status, 400);
    assert!(Prism::violations(&refused)[0].contains("valor.original"), "{:?}", Prism::violations(&refused));
}
