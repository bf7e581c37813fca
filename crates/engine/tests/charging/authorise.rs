//! Authorisations that a payer is asked for, at a bank of our own: by a code and by a notice, given, refused and ended, and with
//! replies that are lost on the way.
//!
//! Deliberately absent: what becomes of the debits afterwards, which is the gateway's tests'.

use std::time::Duration;

use regua_core::charging::{MethodStatus, Trigger};
use regua_core::ids::{ChargeId, PaymentMethodId};
use regua_core::party::TaxId;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::adapters::gateways::{Pix, PixSettings, Purse};
use regua_engine::adapters::http::Settings;
use regua_engine::charging::{Gateways, Wanted};
use regua_engine::secret::Secret;
use regua_engine::{Kind, Result};
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::pix::{FakePix, KEY, Script};
use regua_wire::files::portfolio::Portfolio;
use regua_wire::gateways::MethodStanding;
use regua_wire::gateways::authorise::{Authorised, Notice};
use regua_wire::gateways::pix::rec::Every;
use regua_wire::gateways::pix::{Account, AccountKind};
use regua_wire::pix::BrCode;

use crate::common::{act, customer, on_both, receivable};
use crate::house::{House, POLICY, cus, hour, rcv};

/// A company whose customer C1 owes R$ 100.00 in seven days, and its bank.
struct Bank {
    house: House,
    fake: FakePix,
}

fn now() -> Instant {
    hour("2026-03-05", 9)
}

/// What is asked for by a code.
fn by_code() -> Wanted {
    Wanted {
        gateway: "pix".to_owned(),
        what: "Plano Pro".to_owned(),
        from: None,
        every: Every::Month,
        fixed: None,
        retries: true,
        notice: None,
    }
}

/// The same by a notice at an account of the payer's.
fn by_notice(account: &str) -> Wanted {
    let (bank, branch) = ("99999004".to_owned(), Some("0001".to_owned()));
    Wanted { notice: Some(Notice { bank, branch, account: account.to_owned(), until: now().plus_hours(72) }), ..by_code() }
}

impl Bank {
    fn new(url: &str, document: Option<&str>) -> Self {
        let fake = FakePix::start(Script { now: now().micros() / 1_000_000, secure: false, ..Script::default() }).unwrap();
        let mut house = House::new(url, POLICY);
        house.engine().add_gateway(house.tenant(), "pix", "pix", "owner", &act(), hour("2026-01-01", 0)).unwrap();
        let mut row = customer("C1");
        row.customer.tax_id = document.map(|text| TaxId::parse(text, "BR").unwrap());
        let bill = receivable("R1", 0, "2026-03-01", "2026-03-12", 10_000);
        let portfolio = Portfolio { customers: vec![row], receivables: vec![bill], payments: Vec::new() };
        assert!(house.company.import(&portfolio, hour("2026-03-01", 9)).refused.is_empty());
        Self { house, fake }
    }

    /// The way to the bank, and to the far side that asks for no authorisations.
    fn gateways(&self) -> Gateways {
        let clock = self.fake.clock().clone();
        let account = Account { agencia: Some("0001".to_owned()), conta: "123456".to_owned(), tipo_conta: AccountKind::Current };
        let settings = PixSettings {
            api: Settings { whole: Duration::from_millis(1_500), ..Settings::new(&self.fake.base()) },
            tokens_base: None,
            tokens_path: "/oauth/token".to_owned(),
            client_id: "fake-client".to_owned(),
            client_secret: Secret::new("fake-secret"),
            key: KEY.to_owned(),
            account: Some(account),
        };
        let gateway = Pix::new(&settings, &Purse::default(), move || Instant::from_secs(clock.now())).unwrap();
        let mut gateways = self.house.gateways();
        gateways.add(self.house.tenant(), "pix", Box::new(gateway));
        gateways
    }

    fn ask(&self, wanted: &Wanted) -> Result<(PaymentMethodId, Authorised)> {
        self.house.engine().authorise(self.house.tenant(), &cus("C1"), wanted, &mut self.gateways(), &act(), now())
    }

    fn look(&self, method: PaymentMethodId) -> Result<Authorised> {
        self.house.engine().authorisation(self.house.tenant(), method, &mut self.gateways(), now().plus_hours(1))
    }

    fn end(&self, method: PaymentMethodId) -> Result<Authorised> {
        self.house.engine().end_authorisation(self.house.tenant(), method, &mut self.gateways(), &act(), now().plus_hours(2))
    }

    fn charge(&self) -> Result<ChargeId> {
        self.house.engine().charge_now(self.house.tenant(), &rcv("R1"), None, Trigger::Operator, &act(), now().plus_hours(1))
    }

    /// What the bank lists is taken in; how much of it was about what is known.
    fn list(&self) -> u64 {
        let (engine, tenant) = (self.house.engine(), self.house.tenant());
        engine.list_gateway(tenant, "pix", &mut self.gateways(), self.house.how, now().plus_hours(1)).unwrap().known
    }

    /// Requests that the bank saw.
    fn seen(&self, verb: &str, path: &str) -> usize {
        self.fake.inspect().log.seen.iter().filter(|seen| seen.verb == verb && seen.path.starts_with(path)).count()
    }

    fn statuses(&self) -> Vec<MethodStatus> {
        self.house.statuses("C1")
    }
}

#[test]
fn a_code_asks_and_the_customer_is_charged_once_the_payer_has_said_yes() {
    on_both(|url| {
        let bank = Bank::new(url, Some("52998224725"));
        let (method, asked) = bank.ask(&by_code()).unwrap();
        assert_eq!((asked.method.standing, asked.method.allows_retry), (MethodStanding::Pending, true));
        assert!(BrCode::decode(asked.brcode.as_deref().unwrap()).is_ok());
        assert_eq!(bank.statuses(), [MethodStatus::Pending]);
        let refused = bank.charge().unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Refused, "no_charge"), "what waits is never charged: {refused}");
        let waits = bank.look(method).unwrap();
        assert_eq!((waits.method.standing, waits.brcode), (MethodStanding::Pending, asked.brcode), "the code is shown again");
        bank.fake.approve(&asked.method.method_token);
        let given = bank.look(method).unwrap();
        assert_eq!((given.method.standing, given.brcode), (MethodStanding::Active, None));
        assert_eq!(bank.statuses(), [MethodStatus::Active]);
        bank.charge().unwrap();
        bank.house.engine().charge_due(&|| now().plus_hours(1), &mut bank.gateways(), bank.house.how).unwrap();
        assert_eq!(bank.fake.inspect().cycles, 1, "{:?}", bank.house.attempts("C1"));
        for _ in 0..2 {
            let ended = bank.end(method).unwrap();
            assert_eq!((ended.method.standing, ended.why.as_deref()), (MethodStanding::Gone, Some("SLCR")), "ended twice is ended");
            assert_eq!(bank.statuses(), [MethodStatus::Removed]);
        }
        bank.house.clean();
    });
}

#[test]
fn a_notice_asks_and_what_the_payer_says_comes_with_the_list() {
    on_both(|url| {
        let bank = Bank::new(url, Some("52998224725"));
        let (first, asked) = bank.ask(&by_notice("123456")).unwrap();
        assert_eq!((asked.brcode, bank.seen("POST", "/solicrec"), bank.seen("POST", "/locrec")), (None, 1, 0));
        assert_eq!(bank.statuses(), [MethodStatus::Pending]);
        bank.fake.approve(&asked.method.method_token);
        assert!(bank.list() >= 1);
        assert_eq!(bank.statuses(), [MethodStatus::Active]);
        bank.fake.revoke(&asked.method.method_token);
        assert_eq!(bank.look(first).unwrap().why.as_deref(), Some("SLDB"));
        assert_eq!(bank.statuses(), [MethodStatus::Removed]);
        let (second, asked) = bank.ask(&by_notice("123456")).unwrap();
        bank.fake.reject(&asked.method.method_token, "AP13");
        let said = bank.look(second).unwrap();
        assert_eq!((said.method.standing, said.why.as_deref()), (MethodStanding::Gone, Some("AP13")));
        assert_eq!(bank.statuses(), [MethodStatus::Removed, MethodStatus::Removed]);
        bank.house.clean();
    });
}

#[test]
fn an_authorisation_whose_reply_was_lost_is_found_among_others_and_made_once() {
    on_both(|url| {
        let bank = Bank::new(url, Some("52998224725"));
        let mut made = 0;
        for fault in [Fault::CutAfter, Fault::ErrorAfter(500)] {
            for wanted in [by_code(), by_notice("123456")] {
                // One of other terms waits already: it is not the one that is looked for.
                let (_, yearly) = bank.ask(&Wanted { every: Every::Year, ..wanted.clone() }).unwrap();
                bank.fake.fault(Rule::always(fault).on("POST", "/rec").times(1));
                let (method, asked) = bank.ask(&wanted).unwrap();
                made += 2;
                assert_ne!(asked.method.method_token, yearly.method.method_token, "{fault:?}");
                assert_eq!(asked.brcode.is_some(), wanted.notice.is_none(), "{fault:?}");
                assert_eq!((bank.seen("POST", "/rec"), bank.statuses().len()), (made, made), "{fault:?}");
                bank.fake.approve(&asked.method.method_token);
                assert_eq!(bank.look(method).unwrap().method.standing, MethodStanding::Active, "{fault:?}");
            }
        }
        bank.house.clean();
    });
}

#[test]
fn what_surely_was_not_asked_leaves_nothing_and_what_is_not_known_comes_with_the_list() {
    on_both(|url| {
        let bank = Bank::new(url, Some("52998224725"));
        bank.fake.fault(Rule::always(Fault::CutBefore).on("POST", "/rec").times(1));
        let lost = bank.ask(&by_code()).unwrap_err();
        assert_eq!(lost.kind, Kind::Busy, "{lost}");
        assert!(lost.to_string().contains("regua gateway read pix"), "{lost}");
        assert_eq!((bank.list(), bank.statuses()), (0, Vec::new()));
        // The bank takes no account of 21 characters: nobody will see that notice, and it is taken back.
        let refused = bank.ask(&by_notice("123456789012345678901")).unwrap_err();
        assert_eq!(refused.kind, Kind::Refused, "{refused}");
        assert_eq!((bank.seen("POST", "/solicrec"), bank.seen("PATCH", "/rec/"), bank.statuses()), (1, 1, Vec::new()));
        // The reply to the notice is lost: it may be on the payer's screen, so it stays, and the list brings it.
        bank.fake.fault(Rule::always(Fault::CutAfter).on("POST", "/solicrec").times(1));
        assert_eq!(bank.ask(&by_notice("123456")).unwrap_err().kind, Kind::Busy);
        assert_eq!(bank.seen("PATCH", "/rec/"), 1);
        bank.list();
        assert_eq!(bank.statuses().iter().filter(|status| **status == MethodStatus::Pending).count(), 1);
        bank.house.clean();
    });
}

#[test]
fn what_cannot_be_asked_is_refused_with_the_mend_before_the_bank_hears_of_it() {
    on_both(|url| {
        let bank = Bank::new(url, None);
        let refusals = [
            (by_code(), Kind::Refused, "CPF or CNPJ"),
            (Wanted { gateway: "far".to_owned(), ..by_code() }, Kind::Refused, "asks for no authorisations"),
            (Wanted { gateway: "stripe".to_owned(), ..by_code() }, Kind::NotFound, "no gateway `stripe`"),
        ];
        for (wanted, kind, mend) in refusals {
            let refused = bank.ask(&wanted).unwrap_err();
            assert_eq!(refused.kind, kind, "{refused}");
            assert!(refused.to_string().contains(mend), "{refused}");
        }
        for (mode, to) in [(Mode::Shadow, None), (Mode::Redirect, Some("ops@x.example"))] {
            bank.house.engine().set_mode(bank.house.tenant(), mode, to, &act(), now()).unwrap();
            let refused = bank.ask(&by_notice("123456")).unwrap_err();
            assert_eq!((refused.kind, refused.code), (Kind::Refused, "mode"), "{refused}");
        }
        let nobody: PaymentMethodId = "mth_01jf2z8s9ceq4tqv7e3k5m6n7p".parse().unwrap();
        assert_eq!(bank.look(nobody).unwrap_err().kind, Kind::NotFound);
        assert_eq!((bank.fake.inspect().log.seen.len(), bank.statuses()), (0, Vec::new()));
    });
}
