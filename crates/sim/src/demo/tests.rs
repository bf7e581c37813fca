use std::collections::BTreeSet;

use super::*;
use crate::facts_file;

#[test]
fn the_same_seed_gives_the_same_company() {
    assert_eq!(Demo::seeded(7), Demo::seeded(7));
    assert_ne!(Demo::seeded(7).receivables_csv, Demo::seeded(8).receivables_csv);
}

#[test]
fn the_files_read_without_a_reject_or_a_warning() {
    for seed in 0..5 {
        let demo = Demo::seeded(seed);
        let mut rejects = RejectList::new(10);
        let read = read_receivables(demo.receivables_csv.as_bytes(), "r", &Options::default(), Portfolio::default(), &mut rejects).unwrap();
        assert_eq!((rejects.rows.as_slice(), read.report.warnings.as_slice()), ([].as_slice(), [].as_slice()), "seed {seed}");
        let portfolio = demo.portfolio().unwrap();
        assert!((300..=340).contains(&portfolio.customers.len()), "{} customers", portfolio.customers.len());
        assert!(portfolio.receivables.len() > 3_000, "{} receivables", portfolio.receivables.len());
        let mut file = Vec::new();
        facts_file::write(&demo.facts, &mut file).unwrap();
        let (facts, bad) = facts_file::read(&mut file.as_slice()).unwrap();
        assert_eq!(bad, [], "seed {seed}");
        let plain: Vec<FactEvent> = facts.into_iter().map(|event| FactEvent { line: 0, ..event }).collect();
        assert_eq!(plain, demo.facts, "seed {seed}");
    }
}

#[test]
fn the_company_is_believable() {
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    let states: BTreeSet<_> = portfolio.customers.iter().filter_map(|row| row.customer.state.clone()).collect();
    let zones: BTreeSet<_> = portfolio.customers.iter().filter_map(|row| row.customer.zone).map(Zone::name).collect();
    assert!(states.len() >= 12, "{states:?}");
    for zone in ["America/Manaus", "America/Cuiaba", "America/Rio_Branco", "America/Noronha"] {
        assert!(zones.contains(zone), "{zone} not in {zones:?}");
    }
    let names: BTreeSet<_> = portfolio.customers.iter().filter_map(|row| row.customer.name.clone()).collect();
    assert_eq!(names.len(), portfolio.customers.len(), "every name once");
    assert!(
        demo.receivables_csv.lines().skip(1).all(|row| !row.contains('@') || row.contains(".example,")),
        "addresses that could be real"
    );
    assert_eq!(Demo::today().to_string(), "2026-11-30");
    assert_eq!(Demo::today().weekday(), 0);
    let cast: Vec<Scene> = demo.cast.iter().map(|cast| cast.scene).collect();
    assert_eq!(cast, Scene::ALL);
    for cast in &demo.cast {
        assert!(portfolio.receivables.iter().any(|row| *row.id == *cast.receivable), "{cast:?}");
    }
}
