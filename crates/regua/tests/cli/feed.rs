//! Events, endpoints and brands from the shell.

use crate::Bench;
use crate::live::acme;

/// Runs a line that must end well, and reads what it printed.
fn json(bench: &Bench, line: &str) -> serde_json::Value {
    let told = bench.regua(&format!("{line} --dir acme --format json"));
    assert_eq!(told.code, 0, "{told}");
    told.json()
}

fn done(bench: &Bench, line: &str) {
    let told = bench.regua(&format!("{line} --dir acme"));
    assert_eq!(told.code, 0, "{told}");
}

fn refused(bench: &Bench, line: &str, mend: &str) {
    let told = bench.regua(&format!("{line} --dir acme"));
    assert_eq!(told.code, 2, "{told}");
    assert!(told.stderr.contains(mend), "{told}");
}

#[test]
fn what_happened_is_listed_and_delivered_where_somebody_wants_it() {
    let bench = acme();
    let events = json(&bench, "events");
    let events = events.as_array().expect("a list");
    assert!(events.len() > 3, "{events:?}");
    let first = events[0]["id"].as_str().unwrap_or_default().to_owned();
    assert!(first.starts_with("evt_"), "{first}");
    let places: Vec<_> = events.iter().map(|event| event["position"].as_i64()).collect();
    assert!(places.windows(2).all(|two| two[0] < two[1]), "{places:?}");
    let rest = json(&bench, &format!("events --after {first}"));
    assert_eq!(rest.as_array().map(Vec::len), Some(events.len() - 1));
    let kind = events[0]["type"].as_str().unwrap_or_default().to_owned();
    let same = json(&bench, &format!("events --types {kind} --limit 1"));
    assert_eq!((same.as_array().map(Vec::len), same[0]["type"].as_str()), (Some(1), Some(kind.as_str())));
    refused(&bench, "events --types nothing.happens", "--types: `nothing.happens` is none of");
    refused(&bench, "events --after evt_nothing", "is no event of this company");

    refused(&bench, "endpoint add http://127.0.0.1:9/x", "https://");
    let added = json(&bench, "endpoint add https://erp.acme.example/regua --types receivable.paid --description ERP");
    let endpoint = added["endpoint"].as_str().unwrap_or_default().to_owned();
    assert!(added["secret"].as_str().unwrap_or_default().starts_with("whsec_"), "{added}");
    let listed = json(&bench, "endpoint list");
    assert_eq!((listed[0]["state"].as_str(), listed[0]["description"].as_str()), (Some("active"), Some("ERP")), "{listed}");
    assert!(!listed.to_string().contains("whsec_"), "no secret is listed");
    done(&bench, &format!("endpoint pause {endpoint}"));
    assert_eq!(json(&bench, "endpoint list")[0]["state"], "paused");
    refused(&bench, &format!("endpoint test {endpoint}"), "resume it first");
    done(&bench, &format!("endpoint resume {endpoint}"));
    done(&bench, &format!("endpoint test {endpoint}"));
    let again = json(&bench, &format!("endpoint rotate {endpoint} --overlap-hours 2"));
    assert_ne!(again["secret"], added["secret"]);
    done(&bench, &format!("endpoint replay {endpoint} {first}"));
    let deliveries = json(&bench, &format!("endpoint deliveries {endpoint} --state waiting"));
    assert!(deliveries.as_array().is_some_and(|all| all.iter().any(|one| one["event"] == first.as_str())), "{deliveries}");
    done(&bench, &format!("endpoint remove {endpoint}"));
    assert_eq!(json(&bench, "endpoint list").as_array().map(Vec::len), Some(0));
    refused(&bench, &format!("endpoint resume {endpoint}"), "endpoint");
    refused(&bench, "endpoint remove nothing", "regua endpoint list");
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}

#[test]
fn a_company_writes_under_several_names() {
    let bench = acme();
    bench.write(
        "loja.toml",
        "name = \"Loja Acme\"\naddress = \"Rua das Flores 100\"\ntax_id = \"CNPJ 12.345.678/0001-95\"\ncontact = \"ajuda@loja.example\"\n\
         link = \"https://loja.example/conta\"\nsender = \"contas@loja.example\"\n",
    );
    done(&bench, "brand put loja loja.toml");
    done(&bench, "brand put loja loja.toml");
    let listed = json(&bench, "brand list");
    assert_eq!((listed[0]["key"].as_str(), listed[0]["default"].as_str()), (Some("loja"), Some("no")), "{listed}");
    done(&bench, "brand default loja");
    assert_eq!(json(&bench, "brand list")[0]["default"], "yes");
    refused(&bench, "brand remove loja", "default");
    done(&bench, "brand default --none");
    done(&bench, "brand remove loja");
    assert_eq!(json(&bench, "brand list").as_array().map(Vec::len), Some(0));
    refused(&bench, "brand default loja", "regua brand list");
    bench.write("bad.toml", "name = \"X\"\nnmae = 1\n");
    refused(&bench, "brand put bad bad.toml", "bad.toml: no key `nmae`; did you mean `name`?");
    bench.write("broken.toml", "name = \n");
    refused(&bench, "brand put bad broken.toml", "broken.toml:1: ");
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}
