//! Signatures checked both ways with Stripe's own Python library, run as a program of its own: what we sign it takes, what it
//! signs we take, and neither takes what was altered.

mod real {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use regua_core::time::Instant;
    use regua_wire::gateways::HookRefused;
    use regua_wire::gateways::stripe::webhook::{sign, verify};
    use serde_json::{Value, json};

    /// Reads cases, answers with what the library says of each: of our header, of our header over an altered body, and a
    /// header of its own.
    const PROGRAM: &str = "
import json, sys, stripe
def takes(body, header, secret):
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret))
    except stripe.SignatureVerificationError:
        return False
out = []
for case in json.load(sys.stdin):
    body, header, secret = case['body'], case['header'], case['secret']
    out.append({
        'takes': takes(body, header, secret),
        'altered': takes(body + ' ', header, secret),
        'other': takes(body, header, secret + 'x'),
        'header': stripe.WebhookSignature.generate_signature_header(body, secret, case['secs']),
    })
json.dump({'version': stripe.VERSION, 'cases': out}, sys.stdout)
";

    fn asked(cases: &[Value]) -> Option<Value> {
        #[expect(clippy::disallowed_methods, reason = "tests take the place of the interpreter from the environment")]
        let Ok(python) = std::env::var("REGUA_PYTHON") else {
            println!("skipped: REGUA_PYTHON is not set, signatures are not checked with Stripe's own library");
            return None;
        };
        let mut child = Command::new(&python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("REGUA_PYTHON does not lead to an interpreter: {error}"));
        child.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the interpreter of REGUA_PYTHON lacks the package `stripe`; scripts/setup installs it");
        Some(serde_json::from_slice(&output.stdout).unwrap())
    }

    #[test]
    fn stripes_own_library_takes_our_signatures_and_we_take_its() {
        let bodies = [
            r#"{"id":"evt_1","object":"event"}"#.to_owned(),
            String::from_utf8(super::super::vector!("event_intent_failed").to_vec()).unwrap(),
            "ação, €, \u{1f600}\n\r\n{}".to_owned(),
            "x".repeat(100_000),
            String::new(),
        ];
        let long = "k".repeat(200);
        let secrets = ["whsec_test_secret", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "ç", long.as_str()];
        let mut cases = Vec::new();
        for (place, body) in bodies.iter().enumerate() {
            for secret in secrets {
                let secs = 1_700_000_000 + i64::try_from(place).unwrap();
                cases.push(json!({ "body": body, "secret": secret, "secs": secs, "header": sign(secret, secs, body.as_bytes()) }));
            }
        }
        let Some(answer) = asked(&cases) else { return };
        let answers = answer["cases"].as_array().unwrap();
        assert_eq!(answers.len(), cases.len());
        for (case, answer) in cases.iter().zip(answers) {
            let (body, secret) = (case["body"].as_str().unwrap().as_bytes(), case["secret"].as_str().unwrap());
            let now = Instant::from_secs(case["secs"].as_i64().unwrap());
            assert_eq!((&answer["takes"], &answer["altered"], &answer["other"]), (&json!(true), &json!(false), &json!(false)));
            assert_eq!(answer["header"], case["header"]);
            let theirs = answer["header"].as_str();
            assert_eq!(verify(theirs, body, secret, now), Ok(()));
            assert_eq!(verify(theirs, &[body, b" "].concat(), secret, now), Err(HookRefused::Forged));
            assert_eq!(verify(theirs, body, &format!("{secret}x"), now), Err(HookRefused::Forged));
        }
        println!("{} signatures checked both ways with stripe {}", cases.len(), answer["version"].as_str().unwrap());
    }
}
