use super::*;

/// A customer of 2026: owes 150.01 BRL, five days late, tier gold, score 7.5, vip.
struct Gold;

impl Vars for Gold {
    fn get(&self, var: &Var) -> Value<'_> {
        let millionths = |whole: i64| Value::Number(whole * 1_000_000);
        let brl = |minor| Value::Money { minor, currency: Currency::BRL };
        match var {
            Var::Attribute(key) => match key.as_ref() {
                "tier" => Value::Text("gold"),
                "Plan name" => Value::Text("Equipe Pró"),
                "score" => Value::Number(7_500_000),
                "vip" => Value::Bool(true),
                _ => Value::Absent,
            },
            Var::Language => Value::Text("pt-BR"),
            Var::State => Value::Text("SP"),
            Var::Collection => Value::Text("automatic"),
            Var::RenewalOn => Value::Day(Day::parse("2026-12-31").unwrap()),
            Var::Amount => brl(10_000),
            Var::AmountDue => brl(15_001),
            Var::OpenAmount => Value::Money { minor: 15_001, currency: Currency::USD },
            Var::Method => Value::Text("boleto"),
            Var::CurrencyCode => Value::Text("BRL"),
            Var::Sequence => millionths(3),
            Var::DaysLate => millionths(5),
            Var::PaidCount => millionths(2),
            Var::LateRate12m => Value::Number(500_000),
            Var::RiskLate => Value::Number(333_333),
            Var::Plan
            | Var::PreferredChannel
            | Var::OpenCount
            | Var::Balance
            | Var::LateCount
            | Var::AverageDaysLate
            | Var::BrokenPromises
            | Var::FailureNeedsPayer
            | Var::FailureReason
            | Var::FailureCount
            | Var::RiskSelfCure => Value::Absent,
        }
    }
}

#[test]
fn conditions_hold_or_not() {
    use Verdict::{AcrossCurrencies, False, True};
    for (source, expected) in [
        ("true", True),
        ("receivable.amount_due > money('150.00')", True),
        ("receivable.amount_due > money('150.01')", False),
        ("receivable.amount_due >= money('150.01')", True),
        ("money('150') < receivable.amount_due", True),
        ("receivable.amount_due == money('150.01','BRL')", True),
        ("receivable.amount_due > money('150.00', 'USD')", AcrossCurrencies),
        ("!(receivable.amount_due > money('150.00', 'USD'))", AcrossCurrencies),
        // Like CEL's errors: a part that decides alone hides one that cannot be answered, in any order.
        ("receivable.amount_due > money('1', 'USD') && false", False),
        ("receivable.amount_due > money('1', 'USD') || true", True),
        ("receivable.amount_due > money('1', 'USD') || false", AcrossCurrencies),
        ("receivable.amount_due + customer.open_amount > money('1')", AcrossCurrencies),
        ("receivable.amount_due - receivable.amount == money('50.01')", True),
        ("receivable.amount * 1.5 == money('150.00')", True),
        ("0.333 * receivable.amount == money('33.30')", True),
        ("-receivable.amount == money('100') * -1", True),
        ("receivable.days_late == 5 && receivable.sequence > 2", True),
        ("receivable.days_late - 2 * 2 == 1", True),
        ("receivable.days_late > 4.999999", True),
        ("receivable.days_late > -5", True),
        ("history.late_rate_12m >= 0.5", True),
        ("history.late_rate_12m > 0.5", False),
        ("risk.late == 0.333333", True),
        ("subscription.collection == 'automatic'", True),
        ("receivable.method in ['pix', 'boleto']", True),
        ("receivable.method in ['pix']", False),
        ("!(receivable.method in ['pix'])", True),
        ("receivable.days_late in [1, 5, 9]", True),
        ("customer.attributes.tier == 'gold'", True),
        ("customer.attributes['Plan name'].startsWith('Equipe')", True),
        ("customer.attributes[\"Plan name\"].endsWith('ó')", True),
        ("customer.attributes.tier.contains('ol')", True),
        ("customer.attributes.score.contains('7')", False),
        ("customer.attributes.score > 7", True),
        ("customer.attributes.score + 0.5 == 8", True),
        ("customer.attributes.vip", True),
        ("!customer.attributes.vip", False),
        ("customer.attributes.vip == true", True),
        ("has(customer.attributes.tier)", True),
        ("has(customer.attributes.absent)", False),
        ("has(last_failure.reason)", False),
        ("customer.attributes.tier == customer.attributes.tier", True),
        // Another type than the literal's: false, whichever way it is asked.
        ("customer.attributes.tier == 7", False),
        ("customer.attributes.tier != 7", False),
        ("customer.attributes.score == 'gold'", False),
        ("customer.attributes.vip == 'true'", False),
        // Absent: false, whichever way it is asked.
        ("customer.attributes.absent == 'gold'", False),
        ("customer.attributes.absent != 'gold'", False),
        ("!(customer.attributes.absent == 'gold')", True),
        ("receivable.balance <= money('0')", False),
        ("receivable.balance + receivable.amount > money('0')", False),
        ("last_failure.needs_payer", False),
        ("last_failure.count < 3", False),
        ("risk.self_cure > 0.1", False),
        ("subscription.renewal_on == date('2026-12-31')", True),
        ("subscription.renewal_on - date('2026-12-01') == 30", True),
        ("subscription.renewal_on + 1 == date('2027-01-01')", True),
        ("subscription.renewal_on - 31 < date('2026-12-01')", True),
        ("customer.state == 'SP' ? receivable.days_late > 3 : false", True),
        ("receivable.amount_due > (customer.state == 'SP' ? money('10') : money('1000'))", True),
        ("(receivable.days_late > 3) == (receivable.sequence > 2)", True),
        ("!!(receivable.days_late > 3)", True),
        ("receivable.days_late > 3 // five is", True),
        ("receivable.days_late >\n  3", True),
        // What does not fit into its integer is absent.
        ("receivable.amount_due * 900000000 * 9000000 > money('0') || receivable.days_late * 9000000000000 > 0", False),
    ] {
        match Condition::compile(source, Currency::BRL) {
            Ok(condition) => assert_eq!(condition.eval(&Gold), expected, "{source}"),
            Err(problems) => panic!("{source}: {problems:?}"),
        }
    }
}

#[test]
fn conditions_that_cannot_be_right_are_refused_with_their_place_and_mend() {
    let mut wrong = String::new();
    for (source, expected) in [
        ("receivable.amount_due > 150", "24: an amount is compared with a bare number; write `money('150.00')`"),
        ("150.5 < receivable.amount_due", "0: an amount is compared with a bare number; write `money('150.50')`"),
        ("receivable.amount_due + 10 > money('1')", "24: a bare number is added to an amount; write `money('10.00')`"),
        (
            "receivable.amout_due > money('1')",
            "0: unknown name `receivable.amout_due` in a condition; did you mean `receivable.amount_due`?",
        ),
        ("risk.cure > 0.5", "0: unknown name `risk.cure` in a condition; risk has late, self_cure"),
        (
            "customer.attributes == 'x'",
            "0: unknown name `customer.attributes` in a condition; name one attribute, as in `customer.attributes.tier` or `customer.attributes['Any key']`",
        ),
        ("receivable.days_late", "0: a number neither holds nor fails; compare it, as in `receivable.days_late > 3`"),
        ("receivable.days_late == 'x'", "0: a number is never a text; compare values of one type"),
        ("receivable.method == 'boletto'", "21: `boletto` is not a payment rail, so this never holds; did you mean `boleto`?"),
        (
            "receivable.method in ['pix', 'cartao']",
            "29: `cartao` is not a payment rail, so this never holds; one of pix, pix_automatico, boleto, card, ach, sepa, bacs, direct_debit, transfer, cash, check, other",
        ),
        ("subscription.collection == 'auto'", "27: `auto` is not a way of collecting, so this never holds; one of automatic, invoice"),
        (
            "receivable.amount_due > money('10.005')",
            "24: `10.005` is not an amount in BRL; digits, a point and at most 2 decimals, as in `10.00`",
        ),
        ("receivable.amount_due > money(10)", "24: `money` takes texts; as in `money('10.00')` or `money('10.00','USD')`"),
        (
            "receivable.amount_due > money('10','REAL')",
            "24: `REAL` is not an ISO 4217 currency; three capital letters, as in `money('10.00','USD')`",
        ),
        ("subscription.renewal_on < '2026-01-31'", "26: a date is compared with a text; write `date('2026-01-31')`"),
        (
            "subscription.renewal_on < date('2026-13-31')",
            "26: `2026-13-31` is not a date such as 2026-12-31; year, month and day, as in `date('2026-01-31')`",
        ),
        ("customer.state > 'A'", "0: a text is not less or more than another; use `==`, `!=` or `in`"),
        (
            "customer.attributes.tier > 'a'",
            "0: an attribute is less or more than a number only; use `==`, `!=` or `in`, or compare with a number",
        ),
        ("customer.attributes.limit > money('10')", "0: an attribute is never an amount; compare values of one type"),
        (
            "receivable.amount * receivable.amount > money('1')",
            "0: `*` does not work on an amount and an amount; amounts and amounts, amounts times numbers, numbers, dates and days",
        ),
        ("receivable.days_late / 2 > 1", "0: the operator `/` is not part of conditions; multiply instead, as in `x * 0.5`"),
        ("receivable.days_late > 1.0000001", "23: `1.0000001` is not a number; digits, a point and at most six decimals, as in `0.25`"),
        ("receivable.days_late > 1e3", "23: `1e3` is not a number; digits, a point and at most six decimals, as in `0.25`"),
        ("receivable.method in 'pix'", "21: `in` takes a list; as in `receivable.method in ['pix', 'boleto']`"),
        ("receivable.method in []", "23: an empty list holds nothing; name at least one value"),
        ("size(customer.state) > 1", "0: unknown function `size`; one of money, date, has"),
        ("customer.state.startWith('S')", "0: unknown function `startWith`; did you mean `startsWith`?"),
        ("receivable.days_late.contains('1')", "0: `contains` asks a text, not a number; compare with an operator instead"),
        (
            "[1, 2].exists(x, x > 1)",
            "1: maps and loops over lists are not part of conditions; conditions are CEL: names, literals, `&& || ! == != < <= > >= in + - *` and parentheses",
        ),
        (
            "receivable.days_late > 3 &&",
            "27: mismatched input 'the end' expecting expression; conditions are CEL: names, literals, `&& || ! == != < <= > >= in + - *` and parentheses",
        ),
        ("receivable.days_late > ú", "23: unexpected character; quote texts with '…'; names are plain letters, digits and `_`"),
        ("customer.state == 'SP", "18: unterminated string literal; quote texts with '…'; names are plain letters, digits and `_`"),
        (
            "customer.state = 'SP'",
            "15: mismatched input '=' expecting the end; conditions are CEL: names, literals, `&& || ! == != < <= > >= in + - *` and parentheses",
        ),
        (" ", "0: the condition is empty; write one, as in `receivable.days_late > 3`, or leave the key out"),
        // All at once.
        (
            "receivable.amount_due > 1 && customer.stat == 'SP'",
            "24: an amount is compared with a bare number; write `money('1.00')`\n29: unknown name `customer.stat` in a condition; did you mean `customer.state`?",
        ),
    ] {
        let problems = Condition::compile(source, Currency::BRL).expect_err(source);
        let shown: Vec<String> = problems.iter().map(|problem| format!("{}: {}; {}", problem.at, problem.message, problem.mend)).collect();
        if shown.join("\n") != expected {
            wrong.push_str(&format!("{source}\n  is     {}\n  not as {expected}\n", shown.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn decimals_are_exact_where_floats_are_not() {
    // 0.1 + 0.2 is not 0.3 in binary floating point, and 9007199254740993 is not representable there.
    for source in ["0.1 + 0.2 == 0.3", "9007199254740.993 == 9007199254740.993000", "0.000001 * 3 == 0.000003"] {
        assert_eq!(Condition::compile(source, Currency::BRL).unwrap().eval(&Gold), Verdict::True, "{source}");
    }
    let close = "9007199254740.993 == 9007199254740.992";
    assert_eq!(Condition::compile(close, Currency::BRL).unwrap().eval(&Gold), Verdict::False);
}

#[test]
fn nesting_and_length_are_bounded() {
    for source in [
        format!("{}true{}", "(".repeat(400), ")".repeat(400)),
        "!-".repeat(450) + "1 == 1",
        "true ? ".repeat(120) + "true" + &" : true".repeat(20),
        format!("receivable.days_late{} > 1", " + 1".repeat(200)),
        "[".repeat(900),
        "x".repeat(SOURCE_LIMIT + 1),
    ] {
        let _ = Condition::compile(&source, Currency::BRL);
    }
    assert!(Condition::compile(&format!("receivable.days_late{} > 1", " + 1".repeat(200)), Currency::BRL).is_err());
    assert!(Condition::compile("(true) && ".repeat(50).trim_end_matches(" && "), Currency::BRL).is_ok());
}

const SOURCE_LIMIT: usize = 1000;

#[test]
fn every_row_of_the_vocabulary_compiles_and_is_unique() {
    let mut names: Vec<&str> = vocabulary().iter().map(|row| row.name).collect();
    for name in &names {
        assert!(Condition::compile(&format!("has({name})"), Currency::BRL).is_ok(), "{name}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), vocabulary().len());
}

#[test]
fn every_name_names_its_variable() {
    let names: Vec<String> = vocabulary().iter().map(|row| row.var.name()).collect();
    assert_eq!(names, vocabulary().iter().map(|row| row.name.to_owned()).collect::<Vec<_>>());
}
