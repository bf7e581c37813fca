//! Reports of what came in, against the lists and the aging of the same company.

use regua_core::ids::MessageId;
use regua_store::channels::{self, CarriageRow};
use regua_store::db::Scope;
use serde_json::{Value, json};

use super::common::{hour, on_both};
use super::company::seed;

/// Minor units of an amount with two decimals.
fn minor(money: &Value) -> i64 {
    money["amount"].as_str().unwrap().replace('.', "").parse().unwrap()
}

fn of<'v>(list: &'v Value, name: &str, is: &str) -> &'v Value {
    list.as_array().unwrap().iter().find(|one| one[name] == is).unwrap_or_else(|| panic!("no {name} {is} in {list}"))
}

#[test]
fn reports_of_what_came_in_agree_with_the_aging_and_the_lists() {
    on_both(|site| {
        seed(site);
        let key = site.master();
        let aging = site.ok(&key, "/v1/reports/aging?on=2026-02-05");
        let open = of(&aging["currencies"], "currency", "BRL");
        let late: i64 = open["bands"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|band| band["days_late"] != "not_due")
            .map(|band| minor(&band["balance"]))
            .sum();

        let trend = site.ok(&key, "/v1/reports/overdue?from=2026-01-01&until=2026-02-05&every=5");
        let today = trend["points"].as_array().unwrap().iter().rfind(|point| point["currency"] == "BRL").unwrap();
        assert_eq!((today["on"].as_str(), minor(&today["balance"])), (Some("2026-02-05"), late), "{trend}");
        assert!(late > 0 && trend["points"].as_array().unwrap().len() > 1, "{trend}");

        let ratios = site.ok(&key, "/v1/reports/ratios?from=2026-01-01&until=2026-02-05");
        let months = ratios["months"].as_array().unwrap();
        let february = months.iter().find(|one| one["month"] == "2026-02" && one["currency"] == "BRL").unwrap();
        assert_eq!(minor(&february["open_after"]), minor(&open["balance"]), "{ratios}\n{aging}");
        assert_eq!(minor(&february["open_after"]) - minor(&february["current_after"]), late, "{ratios}");
        assert!(february["dso_tenths"].as_i64() > Some(0), "{ratios}");

        let collection = site.ok(&key, "/v1/reports/collection?from=2026-01-01&until=2026-02-05");
        assert_eq!(collection["until"], "2026-02-04", "what is due today can be paid today");
        let funnel = of(&collection["currencies"], "currency", "BRL");
        let listed = site.ok(&key, "/v1/receivables?due_from=2026-01-01&due_until=2026-02-04&currency=BRL&limit=100");
        let listed = listed["items"].as_array().unwrap();
        assert_eq!(funnel["due"]["receivables"].as_u64(), u64::try_from(listed.len()).ok(), "{funnel}");
        assert_eq!(minor(&funnel["due"]["amount"]), listed.iter().map(|one| minor(&one["amount"])).sum::<i64>(), "{funnel}");
        assert_eq!(minor(&funnel["on_time"]["amount"]) + minor(&funnel["late"]["amount"]), minor(&funnel["due"]["amount"]), "{funnel}");
        let counted = |name: &str| funnel[name]["receivables"].as_i64().unwrap();
        assert_eq!(counted("recovered") + counted("open") + counted("given_up"), counted("late"), "{funnel}");
        assert!(counted("contacted") >= 1 && minor(&funnel["recovered"]["amount"]) >= 1_000, "{funnel}");
        let january = of(&collection["cohorts"], "month", "2026-01");
        let shares: Vec<Option<i64>> = january["paid"].as_array().unwrap().iter().map(|one| one["share_bp"].as_i64()).collect();
        assert!(shares[0] > Some(0) && shares.last() == Some(&None), "{january}");

        let days = site.ok(&key, "/v1/reports/days?from=2026-01-01&until=2026-02-05");
        assert_eq!(days["days"].as_array().map(Vec::len), Some(36));
        let paid = |day: &str| of(&days["days"], "day", day)["paid"][0].clone();
        assert_eq!((minor(&paid("2026-01-14")["on_time"]), minor(&paid("2026-01-14")["late"])), (7_500, 0), "{days}");
        assert_eq!((minor(&paid("2026-01-20")["on_time"]), minor(&paid("2026-01-20")["late"])), (0, 1_000), "{days}");

        let results = site.ok(&key, "/v1/reports/messages?from=2026-01-01&until=2026-02-05");
        let rows = results["rows"].as_array().unwrap();
        let messages: i64 = rows.iter().map(|row| row["messages"].as_i64().unwrap()).sum();
        let by_day: i64 = days["days"].as_array().unwrap().iter().map(|day| day["messages"].as_i64().unwrap()).sum();
        assert!(messages > 0 && messages == by_day, "{results}\n{days}");

        for bad in ["from=2026-02-01&until=2026-01-01", "from=2020-01-01&until=2026-01-01"] {
            let answer = site.get(&key, &format!("/v1/reports/days?{bad}"));
            assert_eq!((answer.status, answer.json()["fields"][0]["at"].as_str()), (422, Some("query/from")), "{}", answer.text());
        }
        // As long as it goes: no span overflows.
        for path in ["collection", "ratios", "overdue", "days", "messages"] {
            for bad in ["from=0001-01-01", "until=9999-12-31", "from=1900-01-01&until=2199-12-31"] {
                let answer = site.get(&key, &format!("/v1/reports/{path}?{bad}"));
                assert!(matches!(answer.status, 200 | 422), "{path} {bad}: {}", answer.text());
            }
        }
    });
}

#[test]
fn payments_say_whose_they_are_and_come_by_when_they_became_known() {
    on_both(|site| {
        seed(site);
        let key = site.master();
        let listed = |query: &str| site.ok(&key, &format!("/v1/payments?{query}"))["items"].as_array().unwrap().clone();
        let all = listed("limit=100");
        let first = all.iter().find(|one| one["receivable_external_id"] == "R3").unwrap();
        assert_eq!((first["customer_external_id"].as_str(), minor(&first["billed"])), (Some("C2"), 7_500), "{first}");
        // 12:00 UTC of a day is that day in São Paulo.
        let known = |query: &str| listed(query).iter().map(|one| one["known_at"].as_str().unwrap()[..10].to_owned()).collect::<Vec<_>>();
        assert!(known("known_until=2026-01-14").iter().all(|day| day == "2026-01-14") && !known("known_until=2026-01-14").is_empty());
        let later = known("known_from=2026-01-15");
        assert!(!later.is_empty() && later.iter().all(|day| day.as_str() > "2026-01-14"), "{later:?}");
        assert_eq!(listed("known_from=2026-01-15").len() + listed("known_until=2026-01-14").len(), all.len());
        let mut by_one = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = site.ok(&key, &format!("/v1/payments?known_from=2026-01-02&limit=1{cursor}"));
            by_one.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(by_one, all, "page by page");
    });
}

#[test]
fn a_message_that_was_carried_twice_counts_once_as_far_as_it_came() {
    on_both(|site| {
        let seeded = seed(site);
        let key = site.master();
        let rows = || site.ok(&key, "/v1/reports/messages?from=2026-01-01&until=2026-02-05")["rows"].as_array().unwrap().clone();
        let sum = |rows: &[Value], what: &str| rows.iter().map(|row| row[what].as_i64().unwrap()).sum::<i64>();
        let before = rows();
        let message: MessageId = seeded.message.parse().unwrap();
        let told = site.ok(&key, &format!("/v1/messages/{}", seeded.message));
        assert_eq!((&told["status"], told["channel"].is_string()), (&json!("sent"), true), "{told}");
        let carried = |reference: &str, standing: &str, clicked: bool| CarriageRow {
            channel: told["channel"].as_str().unwrap().to_owned(),
            reference: reference.to_owned(),
            message,
            customer: seeded.customer.parse().unwrap(),
            mark: [7; 16],
            standing: standing.to_owned(),
            code: None,
            sent_at: hour("2026-02-05", 9),
            changed_at: hour("2026-02-05", 10),
            clicked_at: clicked.then(|| hour("2026-02-05", 11)),
        };
        let tenant = site.tenant();
        let kept = site.engine().db().write(Scope::Tenant(tenant), |tx| {
            channels::keep(tx, tenant, &carried("first", "failed", false))?;
            channels::keep(tx, tenant, &carried("second", "delivered", true))
        });
        assert!(kept.unwrap());
        let after = rows();
        let gained = |what: &str| sum(&after, what) - sum(&before, what);
        assert_eq!(["messages", "sent", "delivered", "read", "clicked", "failed"].map(gained), [0, 0, 1, 0, 1, 0], "{after:?}");
    });
}
