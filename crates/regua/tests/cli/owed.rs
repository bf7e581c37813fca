//! What a customer may use, and what settles a debt.
//!
//! Everything here is due long after any clock that runs this, so that nothing depends on it.

use insta::assert_snapshot;

use crate::Bench;

const RECEIVABLES: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,name,email
R-1,C-1,2150-01-05,2150-01-10,100.00,BRL,Ana Souza,ana@example.com
R-2,C-1,2150-01-20,2150-02-12,250.00,BRL,Ana Souza,ana@example.com
R-3,C-2,2150-01-20,2150-02-14,80.00,USD,Bruno Lima,bruno@example.com
";

const PAYMENTS: &str = "receivable_id,paid_on,amount\nR-2,2150-01-25,40.00\nR-3,2150-01-25,80.00\n";

fn acme() -> Bench {
    let bench = Bench::new();
    bench.write("receivables.csv", RECEIVABLES);
    bench.write("payments.csv", PAYMENTS);
    crate::live::ready(&bench);
    for line in ["mode live --yes --dir acme", "import receivables.csv --payments payments.csv --dir acme --as-of 2150-01-26"] {
        let told = bench.regua(line);
        assert_eq!(told.code, 0, "{told}");
    }
    bench
}

#[test]
fn access_is_told_with_its_next_change() {
    let bench = acme();
    assert_snapshot!("access", bench.regua("access C-1 --dir acme"));
    let told = bench.regua("access R-1 --dir acme --format json");
    let next = &told.json()[0];
    assert_eq!(
        (next["state"].as_str(), next["next"].as_str(), next["next_announced"].as_str()),
        (Some("active"), Some("suspended"), Some("no"))
    );
    let told = bench.regua("access C-1 --dir acme --timeline");
    assert_eq!((told.code, told.stdout.as_str()), (0, "The access of C-1 was never restricted.\n"), "{told}");
    let told = bench.regua("access C-9 --dir acme");
    assert_eq!((told.code, told.stderr.as_str()), (2, "regua: no receivable or customer `C-9`; ids are as in the imported file\n"));
}

#[test]
fn a_second_copy_tells_every_part_and_until_when_it_holds() {
    let bench = acme();
    assert_snapshot!("second-copy", bench.regua("second-copy C-1 --on 2150-02-20 --dir acme"));
    assert_snapshot!("second-copy-early", bench.regua("second-copy R-2 --on 2150-02-01 --dir acme"));
    let told = bench.regua("second-copy R-3 --dir acme");
    assert!(told.stdout.contains("It is paid."), "{told}");
    let told = bench.regua("second-copy C-2 --dir acme");
    assert_eq!(told.stdout, "C-2 owes nothing.\n", "{told}");
    let told = bench.regua("second-copy R-2 --on 2150-02-20 --dir acme --format csv");
    assert_snapshot!("second-copy-csv", told);
    let told = bench.regua("second-copy R-2 --on 2020-02-20 --dir acme");
    assert_eq!(told.code, 2, "{told}");
    assert!(told.stderr.contains("2020-02-20 is past; `regua statement` tells what was owed then"), "{told}");
}
