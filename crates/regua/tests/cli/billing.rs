//! Prices, subscriptions and invoices, from the file to the credit note.

use insta::assert_snapshot;

use crate::{Bench, Told};

const TEAM: &str = "\
plan: 1
key: team
name: Time
currency: BRL
cycle: month
prices:
  - { key: fee, name: Mensalidade, flat: 99.90 }
  - { key: seat, name: Usuário, unit: 30.00 }
  - { key: calls, name: Chamadas, meter: calls, unit: 0.15, per: 100, minimum: 10.00 }
";

/// An installation with a published plan and one subscription, on 1 December 2026.
fn acme() -> Bench {
    let bench = Bench::new();
    bench.write("team.yaml", TEAM);
    done(&bench, "init acme --name Acme");
    let file = bench.read("acme/regua.toml");
    bench.write("acme/regua.toml", file.replace("# net = \"0d\"", "net = \"10d\"").replace("# taxes = \"\"", "taxes = \"ISS=5%:within\""));
    done(&bench, "price publish team.yaml --yes --dir acme --as-of 2026-12-01");
    done(
        &bench,
        "subscription add s1 --customer C-1 --name Ana --email ana@example.com --plan team --quantity 3 --dir acme --as-of 2026-12-01",
    );
    bench
}

fn done(bench: &Bench, line: &str) -> Told {
    let told = bench.regua(line);
    assert_eq!(told.code, 0, "{told}");
    told
}

/// Several commands, one after the other.
fn told(bench: &Bench, lines: &[&str]) -> String {
    lines.iter().map(|line| bench.regua(line).to_string()).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_price_is_shown_as_invoices_before_it_is_published() {
    let bench = Bench::new();
    bench.write("team.yaml", TEAM);
    assert_snapshot!("price-check", bench.regua("price check team.yaml --quantity 3 --usage calls=25000 --from 2027-01-31"));
    done(&bench, "init acme --name Acme");
    let asked = bench.regua("price publish team.yaml --dir acme --as-of 2026-12-01");
    assert_eq!((asked.code, asked.stderr.as_str()), (2, "regua: nothing changed; add --yes to do it\n"), "{asked}");
    assert!(asked.stdout.contains("Fatura 3"), "{asked}");
    assert!(done(&bench, "price list --dir acme").stdout.starts_with("No plan is published"));
    done(&bench, "price publish team.yaml --yes --dir acme --as-of 2026-12-01");
    let again = done(&bench, "price publish team.yaml --yes --dir acme --as-of 2026-12-01");
    assert_eq!(again.stdout, "team is published so already, as version 1; nothing changed.\n");
    bench.write("team.yaml", TEAM.replace("99.90", "109.90"));
    done(&bench, "price publish team.yaml --yes --dir acme --as-of 2027-01-01");
    assert_snapshot!(
        "price-list",
        told(&bench, &["price list --dir acme", "price list --all --format csv --dir acme", "price show team --dir acme"])
    );
}

#[test]
fn a_plan_that_cannot_be_is_told_with_its_place_and_mend() {
    let bench = Bench::new();
    for (name, text) in [
        ("amount", TEAM.replace("99.90", "99,90")),
        ("two", TEAM.replace("key: seat", "key: fee")),
        ("slip", TEAM.replace("minimum", "minimun")),
        ("meter", TEAM.replace("meter: calls, ", "")),
    ] {
        bench.write(&format!("{name}.yaml"), text);
    }
    let lines =
        ["price check amount.yaml", "price check two.yaml", "price check slip.yaml", "price check meter.yaml", "price check none.yaml"];
    assert_snapshot!("price-errors", told(&bench, &lines));
}

#[test]
fn a_subscription_is_billed_changed_credited_and_ended() {
    let bench = acme();
    let lines = [
        "subscription show s1 --dir acme --as-of 2026-12-01",
        "run --dir acme --as-of 2026-12-01T10:00:00-03:00 --format csv",
        "subscription change s1 --quantity 5 --dir acme --as-of 2026-12-11 --preview",
        "subscription change s1 --quantity 5 --dir acme --as-of 2026-12-11",
        "subscription change s1 --quantity 5 --dir acme --as-of 2026-12-11 --yes",
        "subscription usage s1 calls 25000 --dir acme --as-of 2026-12-12",
        "subscription usage s1 calls 25000 --dir acme --as-of 2026-12-12",
        "subscription change s1 --net 30d --purchase-order PO-7 --dir acme --as-of 2026-12-12 --yes",
        "subscription cancel s1 --dir acme --as-of 2026-12-20 --yes",
        "subscription cancel s1 --undo --dir acme --as-of 2026-12-20 --yes",
    ];
    assert_snapshot!("subscription-life", told(&bench, &lines));
    done(&bench, "run --dir acme --as-of 2026-12-12T10:00:00-03:00");
    let lines = [
        "invoice list --dir acme",
        "invoice credit s1/0/period --amount 25.00 --reason two-days-down --dir acme --as-of 2026-12-20 --yes",
        "invoice credit s1/0/period --line 2 --reason not-ordered --dir acme --as-of 2026-12-20 --preview",
        "invoice show s1/0/period --dir acme",
        "invoice void s1/0/change-0 --reason twice --dir acme --as-of 2026-12-20 --yes",
        "invoice list --status void --format json --dir acme",
    ];
    assert_snapshot!("invoice-life", told(&bench, &lines));
    let verdict = done(&bench, "verify --dir acme --format json").json();
    assert_eq!(verdict["clean"], true);
}

#[test]
fn what_cannot_be_done_says_why_and_changes_nothing() {
    let bench = acme();
    done(&bench, "run --dir acme --as-of 2026-12-01T10:00:00-03:00");
    let lines = [
        "subscription add s2 --customer C-9 --plan team --dir acme --as-of 2026-12-01",
        "subscription add s1 --customer C-1 --plan team --dir acme --as-of 2026-12-01",
        "subscription add s2 --customer C-1 --plan tean --dir acme --as-of 2026-12-01",
        "subscription add s2 --customer C-1 --plan team --from 2026-01-31 --dir acme --as-of 2026-12-01",
        "subscription add s2 --customer C-1 --plan team --coupon HALF=50% --dir acme",
        "subscription change s1 --dir acme",
        "subscription change s1 --quantity 2 --net 10d --dir acme",
        "subscription change s1 --quantity 2 --on 2026-11-30 --yes --dir acme --as-of 2026-12-02",
        "subscription resume s1 --yes --dir acme --as-of 2026-12-02",
        "subscription usage s1 cals 5 --dir acme --as-of 2026-12-02",
        "subscription show s9 --dir acme",
        "subscription list --customer C-9 --dir acme",
        "invoice show s1/7/period --dir acme",
        "invoice list --status draft --dir acme",
        "invoice credit s1/0/period --amount 25 --dir acme --yes",
        "invoice credit s1/0/period --amount 999.00 --reason much --dir acme --yes",
        "invoice credit s1/0/period --line 9 --reason gone --dir acme --yes",
    ];
    assert_snapshot!("billing-errors", told(&bench, &lines));
    let list = done(&bench, "subscription list --dir acme --format csv --as-of 2026-12-02");
    assert_eq!(list.csv().len(), 2, "{list}");
}

const SUBSCRIPTIONS: &str = "\
subscription_id,customer_id,plan,quantity,started_on,billed_from,net,coupons,name,email,attribute.tier
s1,C-1,team,3,2026-12-01,,,,,,
a1,C-2,team,2,2023-05-31,2026-12-31,30d,HALF=50%:once,Bruno,bruno@example.com,gold
a2,C-3,team,,2026-11-20,,,,Carla,carla@example.com,
a3,C-4,team,1,2023-05-31,,,,Duda,duda@example.com,
a4,C-9,team,1,2026-12-01,,,,,,
a5,C-3,tean,1,2026-12-01,,,,,,
a6,C-3,team,x,2026-12-01,,,,,,
a1,C-2,team,2,2026-12-01,,,,,,
";

#[test]
fn many_subscriptions_come_from_a_file_and_again_change_nothing() {
    let bench = acme();
    bench.write("subs.csv", SUBSCRIPTIONS);
    let line = "subscription import subs.csv --dir acme --as-of 2026-12-01";
    let dry = bench.regua(&format!("{line} --dry-run --format json"));
    assert_eq!((dry.code, dry.json()["subscriptions"]["new"].as_u64()), (3, Some(2)), "{dry}");
    assert_snapshot!("subscription-import", bench.regua(line));
    assert_snapshot!("subscription-rejects", bench.read("acme/rejects.csv"));
    let again = bench.regua(&format!("{line} --format json")).json();
    let counts = (again["subscriptions"]["new"].as_u64(), again["subscriptions"]["same"].as_u64(), again["rejected"].as_u64());
    assert_eq!(counts, (Some(0), Some(3), Some(5)), "{again}");
    // What began elsewhere is billed from its day on, in periods that begin as they did.
    let shown = done(&bench, "subscription show a1 --format json --dir acme --as-of 2026-12-01").json();
    assert_eq!((&shown["state"], &shown["next"]["period"]["from"]), (&"trialing".into(), &"2026-12-31".into()), "{shown}");
    assert_eq!(shown["next"]["period"]["to"], "2027-01-31");
    done(&bench, "run --dir acme --as-of 2027-01-01T10:00:00-03:00");
    assert_eq!(done(&bench, "invoice list --dir acme --format csv").csv().len(), 6, "s1 and a2 twice, a1 once, and the header");
    assert_eq!(done(&bench, "verify --dir acme --format json").json()["clean"], true);
}
