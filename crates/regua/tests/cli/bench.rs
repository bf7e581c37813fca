//! `regua bench`: figures beside their floors.

use crate::Bench;

#[test]
fn every_figure_stands_beside_its_floor() {
    let bench = Bench::new();
    let told = bench.regua("bench --receivables 2000 --decided 400 --format csv");
    assert_eq!(told.code, 0, "{told}");
    let rows = told.csv();
    let figure = |what: &str| rows.iter().find(|row| row[0].starts_with(what)).unwrap_or_else(|| panic!("{what} in\n{told}"));
    let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap_or_else(|error| panic!("{text}: {error}"));
    let decisions = figure("decisions a second");
    assert!(number(&decisions[1]) > 0 && number(&decisions[2]) > 0);
    assert!(number(&decisions[4]) >= number(&decisions[5]), "best and worst in {decisions:?}");
    for what in ["backtest of 2,000 receivables", "  reading", "  walking", "  writing"] {
        assert!(figure(what)[1].ends_with(" s"), "{what}");
    }
    if cfg!(target_os = "linux") {
        assert!(figure("peak memory")[1].ends_with(" MB"));
    }
    assert_eq!(std::fs::read_dir(bench.path()).expect("the folder").count(), 0, "nothing is left behind");
}
