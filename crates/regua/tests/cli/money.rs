//! Money entered by hand, and the statement that tells it.

use insta::assert_snapshot;

use crate::Bench;
use crate::live::acme;

/// A customer who paid too much, had some of it used and some given back, and of whom one bill is void.
fn lived() -> Bench {
    let bench = acme();
    for line in [
        "payment R-2 300.00 --on 2026-12-10 --as-of 2026-12-11T09:00:00-03:00 --id E2E-1 --by ana",
        "apply-credit R-1 20.00 --as-of 2026-12-11T10:00:00-03:00",
        "credit R-1 10.00 --as-of 2026-12-11T11:00:00-03:00 --reason goodwill",
        "refund C-1 5.00 --as-of 2026-12-12T09:00:00-03:00",
        "chargeback R-2 100.00 --as-of 2026-12-15T09:00:00-03:00",
        "write-off R-1 --as-of 2026-12-16T09:00:00-03:00 --reason gone",
        "void R-2 --as-of 2026-12-17T09:00:00-03:00",
    ] {
        let told = bench.regua(&format!("{line} --dir acme"));
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told}");
    }
    bench
}

#[test]
fn each_act_says_what_it_did() {
    let bench = acme();
    assert_snapshot!(
        "money-payment",
        bench.regua("payment R-2 300.00 --on 2026-12-10 --as-of 2026-12-11T09:00:00-03:00 --id E2E-1 --dir acme")
    );
    assert_snapshot!(
        "money-again",
        bench.regua("payment R-2 300.00 --on 2026-12-10 --as-of 2026-12-11T09:00:00-03:00 --id E2E-1 --dir acme")
    );
    assert_snapshot!("money-otherwise", bench.regua("payment R-2 301.00 --as-of 2026-12-11T09:00:00-03:00 --id E2E-1 --dir acme"));
    assert_snapshot!("money-oldest", bench.regua("payment C-1 30.00 --as-of 2026-12-11T09:00:00-03:00 --dir acme"));
    assert_snapshot!("money-applied", bench.regua("apply-credit C-1 --as-of 2026-12-11T09:00:00-03:00 --dir acme"));
    assert_snapshot!("money-back", bench.regua("refund R-1 10.00 --as-of 2026-12-11T09:00:00-03:00 --dir acme"));
    assert_snapshot!("money-void", bench.regua("void R-3 --as-of 2026-12-11T09:00:00-03:00 --dir acme"));
    for (line, says) in [
        ("payment R-2 1,00 --dir acme", "not an amount"),
        ("payment R-9 1.00 --dir acme", "no receivable or customer `R-9`"),
        ("refund C-2 --dir acme", "no credit in BRL"),
        ("void C-2 --dir acme", "entered on a receivable"),
        ("write-off R-3 --dir acme", "nothing is due"),
        ("payment R-1 1.00 --currency USD --dir acme", "R-1 is in BRL"),
    ] {
        let told = bench.regua(line);
        assert_eq!(told.code, 2, "{told}");
        assert!(told.stderr.contains(says), "{told}");
    }
}

#[test]
fn a_statement_has_every_entry_and_what_settles_everything() {
    let bench = lived();
    assert_snapshot!("statement", bench.regua("statement C-1 --as-of 2026-12-31 --dir acme"));
    assert_snapshot!("statement-past", bench.regua("statement C-1 --from 2026-12-01 --as-of 2026-12-12 --dir acme"));
    assert_snapshot!("statement-csv", bench.regua("statement C-1 --as-of 2026-12-31 --dir acme --format csv"));
    let json = bench.regua("statement C-1 --as-of 2026-12-12 --dir acme --format json").json();
    let account = &json["accounts"][0];
    assert_eq!((account["currency"].as_str(), account["credit"].as_str()), (Some("BRL"), Some("BRL 25.00")), "{json}");
    let nothing = bench.regua("statement C-1 --as-of 2026-10-01 --dir acme");
    assert!(nothing.stdout.contains("Nothing was billed"), "{nothing}");
    // The aging report has what the statement has, and verify finds nothing.
    let aging = bench.regua("report aging --on 2026-12-15 --format csv --dir acme");
    let open = bench.regua("statement C-1 --as-of 2026-12-15 --format json --dir acme").json();
    assert!(aging.stdout.contains("BRL"), "{aging}\n{open}");
    let verified = bench.regua("verify --dir acme");
    assert_eq!(verified.code, 0, "{verified}");
}
