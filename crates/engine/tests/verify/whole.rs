//! Nothing is found where nothing is wrong.

use crate::company::{Company, on_lived, shown};

#[test]
fn a_company_that_has_lived_comes_to_the_same_from_its_log() {
    on_lived(|fresh| {
        let company = Company::again(fresh.url());
        let verdict = company.verdict();
        assert!(verdict.is_clean(), "{}", shown(&verdict.findings));
        assert_eq!((verdict.customers, verdict.erased, verdict.other_version, verdict.broken), (9, 0, 0, 0));
        assert!(verdict.events > 100 && verdict.rows > 100 && verdict.pages > 50, "{verdict:?}");
        assert!(verdict.root.is_some());
        let [brl] = verdict.money.as_slice() else { panic!("{:?}", verdict.money) };
        assert_eq!((brl.currency.as_str(), brl.billed > 0, brl.paid > 0, brl.returned > 0), ("BRL", true, true, true));
    });
}
