//! The verbs on an installation.

use insta::assert_snapshot;

use crate::{Bench, Told};

/// Ids that differ from run to run, and moments of the real clock.
fn settled(told: &Told) -> String {
    let text = told.to_string();
    let mut out = String::new();
    for line in text.lines() {
        let words = line.split(' ').map(|word| {
            let id = ["ten_", "hld_", "msg_", "rcv_", "cus_"].iter().find(|prefix| word.starts_with(*prefix) && word.len() > 20);
            id.map_or_else(|| word.to_owned(), |prefix| format!("{prefix}…"))
        });
        out.push_str(&words.collect::<Vec<_>>().join(" "));
        out.push('\n');
    }
    out
}

/// An installation that has all it needs to be live; messages go into a folder.
pub(crate) fn ready(bench: &Bench) {
    assert_eq!(bench.regua("init acme --name Acme --tax-id CNPJ-1 --contact us@acme.example --from us@acme.example").code, 0);
    let file = bench.read("acme/regua.toml");
    let own = [("# capture = \"off\"", "capture = \"captured\""), ("# address = \"\"", "address = \"Street 1\"")];
    let link = ("# link = \"\"", "link = \"https://acme.example/pay\"");
    let file = own.iter().chain([&link]).fold(file, |file, (from, to)| file.replace(from, to));
    bench.write("acme/regua.toml", file);
}

const RECEIVABLES: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,tier
R-1,C-1,2026-11-02,2026-11-10,100.00,BRL,Ana Souza,ana@example.com,gold
R-2,C-1,2026-11-20,2026-12-12,250.00,BRL,Ana Souza,ana@example.com,gold
R-3,C-2,2026-11-20,2026-12-14,80.00,BRL,Bruno Lima,bruno@example.com,
";

const PAYMENTS: &str = "receivable_id,paid_on,amount\nR-1,2026-11-12,40.00\n";

/// An installation with two customers, imported on 1 December 2026.
pub(crate) fn acme() -> Bench {
    let bench = Bench::new();
    bench.write("receivables.csv", RECEIVABLES);
    bench.write("payments.csv", PAYMENTS);
    let told = bench.regua("init acme --name Acme");
    assert_eq!(told.code, 0, "{told}");
    let told = bench.regua("import receivables.csv --payments payments.csv --dir acme --as-of 2026-12-01");
    assert_eq!(told.code, 0, "{told}");
    bench
}

#[test]
fn an_installation_is_made_whole_or_not_at_all() {
    let bench = Bench::new();
    assert_snapshot!("init", bench.regua("init acme --name Acme"));
    for file in ["regua.toml", "policy.yaml", "regua.key", "regua.db"] {
        assert!(bench.path().join("acme").join(file).is_file(), "{file}");
    }
    let again = bench.regua("init acme");
    assert_eq!((again.code, again.stderr.as_str()), (2, "regua: acme: there is an installation already; name another folder\n"));
    bench.write("bad.yaml", "regua: 1\n");
    for line in
        ["init other --policy bad.yaml", "init other --from nobody", "init other --database mysql://x", "init other --policy nothing"]
    {
        let told = bench.regua(line);
        assert_eq!(told.code, 2, "{told}");
        assert!(!bench.path().join("other").exists(), "{line} leaves nothing behind");
    }
    // No server answers there: found out after the key was made.
    let told = bench.regua("init other --database postgres://nobody@127.0.0.1:1/none");
    assert_eq!(told.code, 1, "{told}");
    assert!(!bench.path().join("other").exists(), "a failure leaves nothing behind: {told}");
}

#[test]
fn every_setting_says_where_it_comes_from_and_no_secret_is_shown() {
    let bench = Bench::new();
    assert_eq!(bench.regua("init acme --name Acme").code, 0);
    let file = bench.read("acme/regua.toml");
    bench.write("acme/regua.toml", file.replace("# password = \"\"", "password = \"hunter2\"").replace("# user = \"\"", "user = \"acme\""));
    let told = bench.regua("config --dir acme --format csv");
    assert!(!told.stdout.contains("hunter2") && told.stdout.contains("email.smtp.password,***,acme/regua.toml:"), "{told}");
    assert!(told.stdout.contains("company.name,Acme,acme/regua.toml:"), "{told}");
    assert!(told.stdout.contains("database.url,sqlite:regua.db,default,REGUA_DATABASE_URL"), "{told}");
    bench.write("acme/regua.toml", "[email]\nfrmo = \"x\"\n");
    let told = bench.regua("run --dir acme");
    assert_eq!((told.code, told.stderr.as_str()), (2, "regua: acme/regua.toml:2: no key `email.frmo`; did you mean `email.from`?\n"));
    let told = bench.regua("config");
    assert_eq!(told.code, 2, "{told}");
    assert!(told.stderr.contains("regua init DIR"), "{told}");
}

#[test]
fn a_file_that_is_imported_again_changes_nothing_and_what_it_tells_otherwise_is_shown() {
    let bench = acme();
    assert_snapshot!("import-again", bench.regua("import receivables.csv --payments payments.csv --dir acme --as-of 2026-12-02"));
    bench.write(
        "receivables.csv",
        RECEIVABLES.replace("2026-12-12,250.00", "2026-12-15,270.00").replace("R-3,C-2,2026-11-20", "R-3,C-2,2026-31-20"),
    );
    assert_snapshot!("import-dry", bench.regua("import receivables.csv --dir acme --dry-run"));
    assert!(!bench.path().join("acme/rejects.csv").exists(), "a dry run writes nothing");
    let told = bench.regua("import receivables.csv --dir acme --format json --as-of 2026-12-02");
    assert_eq!(told.code, 3, "{told}");
    let json = told.json();
    assert_eq!((json["receivables"]["changed"].as_u64(), json["rejected"].as_u64()), (Some(1), Some(1)), "{told}");
    assert!(bench.read("acme/rejects.csv").contains("2026-31-20"));
    let again = bench.regua("import receivables.csv --dir acme --format csv --as-of 2026-12-02");
    assert!(again.stdout.contains("receivables,0,0,2"), "{again}");
}

#[test]
fn payments_come_without_their_receivables_and_count_once() {
    let bench = acme();
    bench.write("more.csv", "receivable_id,paid_on,amount\nR-1,2026-12-01,60.00\nR-9,2026-12-01,1.00\n");
    for (new, same) in [(1, 0), (0, 1)] {
        let told = bench.regua("import --payments more.csv --dir acme --format json --as-of 2026-12-02");
        let json = told.json();
        assert_eq!((json["payments"]["new"].as_u64(), json["payments"]["same"].as_u64()), (Some(new), Some(same)), "{told}");
        assert_eq!(
            (told.code, json["customers"]["changed"].as_u64(), json["receivables"]["same"].as_u64()),
            (3, Some(0), Some(0)),
            "{told}"
        );
    }
    assert!(bench.read("acme/rejects.csv").contains("`R-9` is not a receivable of the portfolio"));
}

#[test]
fn what_is_open_is_told_for_any_day() {
    let bench = acme();
    assert_snapshot!("aging", bench.regua("report aging --dir acme --on 2026-12-01"));
    // The import came later: on that day nothing was known, and looking back it was open.
    let told = bench.regua("report aging --dir acme --on 2026-11-11 --format csv");
    assert_eq!(told.stdout, "currency,days_late,receivables,balance\n", "{told}");
    let told = bench.regua("report aging --dir acme --on 2026-11-11 --hindsight --format csv");
    assert_eq!(told.stdout, "currency,days_late,receivables,balance\nBRL,1–30,1,BRL 100.00\n", "{told}");
}

#[test]
fn a_payment_that_became_known_later_was_still_open_on_its_day() {
    let bench = acme();
    bench.write("more.csv", "receivable_id,paid_on,amount\nR-1,2026-12-01,60.00\n");
    assert_eq!(bench.regua("import --payments more.csv --dir acme --as-of 2026-12-05").code, 0);
    let open = |on: &str| bench.regua(&format!("report aging --dir acme --on {on} --format csv")).stdout;
    assert_ne!(open("2026-12-02 --hindsight"), open("2026-12-02"));
    assert_eq!(open("2026-12-05 --hindsight"), open("2026-12-05"));
    assert_eq!(open("2026-12-02"), open("2026-12-01"), "as it was told then");
}

#[test]
fn acts_say_what_they_did_and_unknown_ids_are_refused() {
    let bench = acme();
    let lines = [
        "hold R-1 --reason credit-note --dir acme",
        "release R-1 --dir acme",
        "hold C-1 --cause lawyer --dir acme",
        "release C-1 --cause lawyer --dir acme",
        "promise R-1 --on 2027-01-15 --dir acme",
        "dispute R-2 --dir acme",
        "dispute R-2 --settled --dir acme",
        "pause R-3 --dir acme",
        "resume R-3 --dir acme",
        "pause --filter customer.name=='x' --dir acme --yes",
        "pause --filter receivable.amount_due>money('90.00') --dir acme",
        "pause --filter receivable.amount_due>money('90.00') --dir acme --yes",
        "pause --tenant --dir acme --yes",
        "resume --tenant --dir acme --yes",
        "resume --tenant --dir acme --yes",
        "reject R-1 --step nothing --dir acme",
        "approve --dir acme",
        "hold R-7 --dir acme",
    ];
    let told: Vec<String> = lines.iter().map(|line| settled(&bench.regua(line))).collect();
    assert_snapshot!("acts", told.join("\n"));
}

#[test]
fn a_policy_is_published_once_and_moves_nothing_by_itself() {
    let bench = acme();
    let policy = bench.read("acme/policy.yaml");
    bench.write("mine.yaml", policy.replace("name: SaaS Brasil", "name: Mine"));
    let told = bench.regua("policy publish mine.yaml --dir acme");
    assert_eq!(told.code, 0, "{told}");
    let again = bench.regua("policy publish mine.yaml --dir acme");
    assert!(again.stdout.ends_with("nothing changed\n"), "{again}");
    let listed = bench.regua("policy list --published --dir acme --format json").json();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    let hash = listed[1]["hash"].as_str().expect("a hash").to_owned();
    let told = bench.regua(&format!("policy migrate --to {} --dir acme", &hash[..8]));
    assert_eq!(told.code, 2, "asked for, not done: {told}");
    let told = bench.regua(&format!("policy migrate --to {} --dir acme --yes", &hash[..8]));
    assert!(told.stdout.ends_with("3 receivables moved.\n"), "{told}");
    let told = bench.regua(&format!("policy migrate --to {} --dir acme --preview --format csv", &hash[..8]));
    assert!(told.stdout.contains("receivables that move,0") && told.stdout.contains("receivables that walk it already,3"), "{told}");
    assert_eq!(bench.regua("policy migrate --to 0000 --dir acme --yes").code, 2);
}

#[test]
fn nothing_leaves_the_shadow_before_messages_can_be_written_and_sent() {
    let bench = acme();
    let told = bench.regua("mode live --dir acme");
    assert_eq!(told.code, 2, "{told}");
    assert!(told.stderr.contains("address") && told.stderr.contains("email.from") && told.stderr.contains("email.smtp.host"), "{told}");
    assert!(bench.regua("mode --dir acme").stdout.starts_with("Acme: shadow"));
}

/// An installation that is live with every message captured, and one bill of the far future in it.
fn captured() -> Bench {
    let bench = Bench::new();
    bench.write(
        "bills.csv",
        "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n\
         R-1,C-1,2090-03-01,2090-03-10,100.00,BRL,Ana Souza,ana@example.com\n",
    );
    ready(&bench);
    let told = bench.regua("mode live --yes --dir acme");
    assert_eq!(told.code, 0, "{told}");
    let told = bench.regua("import bills.csv --dir acme --as-of 2090-03-01T12:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    bench
}

fn letters(bench: &Bench) -> usize {
    let folder = std::fs::read_dir(bench.path().join("acme/captured"));
    folder.map_or(0, |entries| entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(".eml")).count())
}

#[test]
fn a_run_sends_once_and_what_was_sent_can_be_looked_at() {
    let bench = captured();
    let told = bench.regua("run --dir acme --as-of 2090-03-01T12:00:00-03:00 --format csv");
    assert!(told.stdout.contains("messages sent,1\n"), "{told}");
    let again = bench.regua("run --dir acme --as-of 2090-03-01T12:00:00-03:00 --format csv");
    assert!(again.stdout.contains("messages sent,0\n") && again.stdout.contains("decisions,0\n"), "{again}");
    assert_eq!(letters(&bench), 1);
    let listed = bench.regua("messages --customer C-1 --dir acme --format json").json();
    let (id, status) = (listed[0]["message"].as_str().expect("an id"), listed[0]["status"].as_str());
    assert_eq!(status, Some("sent"));
    let shown = bench.regua(&format!("messages show {id} --dir acme")).stdout;
    assert!(shown.contains("about R-1: issued") && shown.contains("Ana Souza") && shown.contains("https://acme.example/pay"), "{shown}");
    let refused = bench.regua(&format!("messages settle {id} --as again --dir acme"));
    assert_eq!(refused.code, 2, "{refused}");
    assert!(bench.regua("messages --dir acme").stdout.starts_with("No message waits"));
}

#[test]
fn a_pause_holds_a_message_that_is_queued_already() {
    let bench = captured();
    let told = bench.regua("run --dir acme --as-of 2090-03-01T12:00:00-03:00 --no-send --format csv");
    assert!(told.stdout.contains("messages ordered,1\n") && told.stdout.contains("messages sent,0\n"), "{told}");
    assert_eq!(bench.regua("pause --tenant --yes --dir acme").code, 0);
    let told = bench.regua("run --dir acme --as-of 2090-03-01T12:30:00-03:00 --format csv");
    assert!(told.stdout.contains("messages sent,0\n"), "{told}");
    assert_eq!(letters(&bench), 0, "a pause holds at once, for what is queued too");
}

#[test]
fn a_person_is_exported_whole_and_erased_for_good() {
    let bench = captured();
    assert_eq!(bench.regua("run --dir acme --as-of 2090-03-01T12:00:00-03:00").code, 0);
    let export = bench.regua("customer export C-1 --dir acme");
    let json = export.json();
    assert_eq!(json["profile"]["name"], "Ana Souza", "{export}");
    assert_eq!(json["receivables"][0]["receivable"], "R-1");
    assert!(json["messages"][0]["sent"]["text"].as_str().is_some_and(|text| text.contains("Ana Souza")), "{export}");
    assert!(json["log"].as_array().is_some_and(|log| !log.is_empty()));
    let id = json["id"].as_str().expect("an id").to_owned();
    assert_eq!(bench.regua("customer erase C-1 --dir acme").code, 2, "asked for, not done");
    let told = bench.regua("customer erase C-1 --yes --reason request --dir acme");
    assert_eq!(told.code, 0, "{told}");
    assert_eq!(bench.regua("customer export C-1 --dir acme").code, 2, "nobody is called so any more");
    let after = bench.regua(&format!("customer export {id} --dir acme"));
    for gone in ["Ana", "ana@example.com", "C-1\""] {
        assert!(!after.stdout.contains(gone), "{gone} in {after}");
    }
    assert_eq!((after.json()["erased"].as_bool(), after.json()["receivables"][0]["billed"].as_str()), (Some(true), Some("BRL 100.00")));
    assert_eq!(bench.regua(&format!("customer erase {id} --yes --dir acme")).code, 2, "once is enough");
    let told = bench.regua("run --dir acme --as-of 2090-03-12T12:00:00-03:00 --format csv");
    assert_eq!(told.code, 0, "the books go on: {told}");
    assert_eq!(letters(&bench), 1, "nobody is left to write to");
}

#[test]
fn a_backup_is_restored_into_an_empty_database_only() {
    let bench = captured();
    let told = bench.regua("backup copy --dir acme");
    assert_eq!(told.code, 0, "{told}");
    assert_eq!(bench.regua("backup copy --dir acme").code, 2, "a copy is never overwritten");
    assert_eq!(bench.regua("restore copy --dir acme").code, 2, "nor is a database");
    std::fs::create_dir(bench.path().join("other")).expect("a folder");
    for file in ["regua.toml", "regua.key"] {
        std::fs::copy(bench.path().join("acme").join(file), bench.path().join("other").join(file)).expect("a copy");
    }
    assert_eq!(bench.regua("report aging --dir other").code, 2, "no database is made by looking");
    let told = bench.regua("restore copy --dir other");
    assert_eq!(told.code, 0, "{told}");
    let aging = |dir: &str| bench.regua(&format!("report aging --on 2090-03-20 --format csv --dir {dir}")).stdout;
    assert_eq!(aging("other"), aging("acme"));
    assert!(aging("other").contains("BRL,1–30,1,"), "{}", aging("other"));
    assert_eq!(bench.regua("restore bills.csv --dir other").code, 2);
}

#[test]
fn the_doctor_says_what_is_wrong_and_the_mend() {
    let bench = captured();
    let told = bench.regua("doctor --dir acme --format json");
    assert_eq!(told.code, 0, "{told}");
    let state = |told: &Told, what: &str| {
        let json = told.json();
        let found = json.as_array().into_iter().flatten().find(|row| row["what"] == what).cloned().unwrap_or_default();
        (found["state"].as_str().unwrap_or_default().to_owned(), found["mend"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(state(&told, "mail").0, "works");
    bench.write("acme/regua.key", "00\n");
    let told = bench.regua("doctor --dir acme --format json");
    assert_eq!((told.code, state(&told, "key").0.as_str()), (1, "wrong"), "{told}");
    let other = Bench::new();
    assert_eq!(other.regua("init x --name X").code, 0);
    bench.write("acme/regua.key", other.read("x/regua.key"));
    let told = bench.regua("doctor --dir acme");
    assert!(told.code == 1 && told.stdout.contains("is this the key file of this database?"), "{told}");
}

/// One statement of somebody else's in the database of an installation.
fn tamper(bench: &Bench, table: &str, set: &str) {
    let url = format!("sqlite:{}", bench.path().join("acme/regua.db").display());
    let db = regua_store::db::Db::open(&url, &regua_store::db::Options::default()).expect("it opens");
    let words = ["UPDATE", table, "SET", set].join(" ");
    let done = db.write(regua_store::db::Scope::Owner, |tx| tx.batch(&words));
    done.expect("it is changed");
}

#[test]
fn a_database_that_was_changed_past_regua_is_found_out() {
    let bench = acme();
    let told = bench.regua("run --dir acme --as-of 2026-12-01T10:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    assert_snapshot!("verify", bench.regua("verify --dir acme"));
    let clean = bench.regua("verify --dir acme --format json").json();
    assert_eq!(
        (clean["clean"].as_bool(), clean["customers"].as_u64(), clean["money"][0]["paid_minor"].as_i64()),
        (Some(true), Some(2), Some(4_000))
    );
    tamper(&bench, "receivables", "balance = balance + 1 WHERE external_id = 'R-3'");
    let told = bench.regua("verify --dir acme");
    assert_eq!(told.code, 1, "{told}");
    assert!(told.stdout.starts_with("Acme: 2 things are wrong.\n\naltered row"), "{told}");
    assert!(told.stdout.contains("`balance` is 8001, the log says 8000\nwrong sum"), "{told}");
    let told = bench.regua("verify --dir acme --format json");
    assert_eq!((told.code, told.json()["findings"][0]["sort"].as_str()), (1, Some("altered row")), "{told}");
    let told = bench.regua("verify --dir acme --format csv");
    assert!(told.code == 1 && told.csv().iter().any(|row| row[0] == "wrong sum"), "{told}");
}

/// The lines of a story that begin with a word, without their first.
fn of<'t>(told: &'t Told, word: &str) -> Vec<&'t str> {
    told.stdout.lines().filter_map(|line| line.strip_prefix(word)).map(str::trim).collect()
}

#[test]
fn a_receivable_of_an_installation_explains_itself() {
    let bench = captured();
    assert_eq!(bench.regua("run --dir acme --as-of 2090-03-01T12:00:00-03:00").code, 0);
    assert_eq!(bench.regua("pause --tenant --yes --reason audit --dir acme").code, 0);
    assert_eq!(bench.regua("hold R-1 --reason credit-note --by Bia --dir acme").code, 0);
    let told = bench.regua("explain R-1 --dir acme");
    let text = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.starts_with("R-1 of Ana Souza (C-1): BRL 100.00, due Fri 2090-03-10, open; segment default"), "{told}");
    assert!(text.contains("issued sent by email: friendly invoice_issued"), "{told}");
    assert!(text.contains("stands still: hold (by Bia: credit-note)"), "{told}");
    assert!(of(&told, "stands still").iter().any(|line| line.starts_with("hold, since")), "{told}");
    assert!(of(&told, "stands still").iter().any(|line| line.starts_with("paused by the company")), "{told}");
    assert!(of(&told, "comes")[0].starts_with("upcoming "), "{told}");
    assert!(of(&told, "ledger")[0].starts_with("2090-03-01 charge BRL 100.00; BRL 100.00 open"), "{told}");
    assert!(of(&told, "message")[0].contains("for issued by email, sent"), "{told}");
    assert!(text.ends_with("Decided again now from the log, with the same result."), "{told}");
    // By the message, and by our own id of the customer.
    let id = bench.regua("messages --customer C-1 --dir acme --format json").json()[0]["message"].as_str().expect("an id").to_owned();
    let of_message = bench.regua(&format!("explain {id} --dir acme"));
    assert!(
        of_message.stdout.contains("friendly invoice_issued") && of_message.stdout.contains(&format!("{id} is sent by")),
        "{of_message}"
    );
    assert!(!of_message.stdout.contains("becomes known"), "{of_message}");
    let customer = bench.regua("customer export C-1 --dir acme").json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(bench.regua(&format!("explain {customer} --dir acme")).stdout, bench.regua("explain cus:C-1 --dir acme").stdout);
    let rows = bench.regua("explain R-1 --step issued --dir acme --format json").json();
    let outcomes: Vec<&str> = rows.as_array().into_iter().flatten().filter_map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["done", "message"], "{rows}");
    assert_eq!(bench.regua("explain R-1 --step nothing --dir acme").code, 2);
    assert_eq!(bench.regua("explain R-9 --dir acme").stderr, "regua: no receivable or customer `R-9`; ids are as in the imported file\n");
    // Who was erased is told as stored.
    assert_eq!(bench.regua("customer erase C-1 --yes --dir acme").code, 0);
    let after = bench.regua("explain R-1 --dir acme");
    let text = after.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!text.contains("Ana") && text.contains("`issued` went out by email"), "{after}");
    assert!(text.contains("The person was erased"), "{after}");
}

#[test]
fn what_was_decided_in_shadow_says_that_nobody_got_it() {
    let bench = acme();
    assert_eq!(bench.regua("import receivables.csv --dir acme --as-of 2026-12-09T08:00:00-03:00").code, 0);
    assert_eq!(bench.regua("run --dir acme --as-of 2026-12-09T10:00:00-03:00").code, 0);
    let told = bench.regua("explain R-3 --dir acme --step upcoming --format csv");
    let row = &told.csv()[1];
    assert_eq!((row[3].as_str(), row[5].as_str()), ("upcoming", "done"), "{told}");
    assert!(row[10].starts_with("shadow, nobody gets it: by email: friendly upcoming"), "{told}");
}
