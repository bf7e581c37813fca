use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regua_wire::gateways::pix::{Account, AccountKind};

use super::values::{Environment, MANUAL, Values, own_file, variable};
use super::{Config, FILE, KeyFile, Log, Mailbox, Tls, show};

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// The settings of a folder with this file.
fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join(FILE), text).expect("a file");
    let told = Config::load(dir.path(), &environment(variables));
    told.map_err(|bad| bad.to_string().replace(&format!("{}/", dir.path().display()), ""))
}

#[test]
fn the_manual_is_read_whole_and_says_something_of_every_key() {
    let table: toml::Table = MANUAL.parse().expect("the manual is TOML");
    fn leaves(table: &toml::Table) -> usize {
        table.values().map(|value| value.as_table().map_or(1, leaves)).sum()
    }
    let values = Values::defaults();
    assert_eq!(values.entries.len(), leaves(&table), "a value of the manual is neither a text nor a whole number");
    let mut before = "";
    for line in MANUAL.lines() {
        if !line.starts_with('#') && line.contains(" = ") {
            assert!(before.starts_with("# "), "`{line}` has no comment before it");
        }
        before = line;
    }
    let variables: BTreeSet<String> = values.entries.iter().map(|entry| variable(&entry.key)).collect();
    assert_eq!(variables.len(), values.entries.len(), "two keys have one variable");
}

#[test]
fn the_manual_as_a_file_means_exactly_the_defaults() {
    // Where the folder is differs from load to load.
    let described = |text: &str| {
        let Config { database, tenant, company, brand, email, .. } = load(text, &[]).expect("settings");
        format!(
            "{:?} {tenant:?} {company:?} {brand:?} {email:?}",
            (database.connections, database.batch, database.statement_timeout, database.lock_timeout)
        )
    };
    let defaults = described("");
    assert_eq!(described(MANUAL), defaults);
    assert_eq!(described(&own_file(&BTreeMap::new())), defaults);
}

#[test]
fn every_key_is_read_by_somebody() {
    // Any text will do for these, or they are looked at only beside others.
    let free = ["company.name", "company.address", "company.tax_id", "company.contact", "company.tenant", "keys.file", "email.capture"];
    let beside = ["email.smtp.host", "email.smtp.hello", "email.bounces.mailbox", "email.bounces.password", "sign_in.oidc_client_secret"];
    // What gateways are called and authenticated by, they alone can judge.
    let gateways = [
        "gateway.sandbox.secret",
        "gateway.stripe.key",
        "gateway.stripe.webhook_secret",
        "gateway.stripe.base",
        "gateway.stripe.return_url",
        "gateway.asaas.key",
        "gateway.asaas.webhook_token",
        "gateway.asaas.base",
        "gateway.pix.base",
        "gateway.pix.token_path",
        "gateway.pix.client_id",
        "gateway.pix.client_secret",
        "gateway.pix.key",
        "gateway.pix.account",
        "gateway.pix.branch",
    ];
    // Looked at only beside the channel that they belong to.
    let channels = ["sms.auth_token", "whatsapp.access_token", "whatsapp.app_secret", "whatsapp.verify_token", "callback.secret"];
    for entry in &Values::defaults().entries {
        if free.iter().chain(&beside).chain(&gateways).chain(&channels).any(|key| *key == entry.key) {
            continue;
        }
        let bad = if matches!(entry.value, super::values::Scalar::Number(_)) { "-7" } else { "§" };
        let told = load("", &[(&variable(&entry.key), bad)]).expect_err(&entry.key);
        assert!(told.contains(&entry.key) || entry.is_secret(), "{}: {told}", entry.key);
        assert!(!entry.is_secret() || !told.contains(bad), "a secret is shown: {told}");
    }
    let own = own_file(&BTreeMap::from([("company.name", "Café \"Zé\""), ("email.smtp.host", "mail.example")]));
    let config = load(&own, &[]).expect("settings");
    assert_eq!(config.email.smtp.map(|smtp| smtp.host).as_deref(), Some("mail.example"));
    assert!(own.contains("\nname = ") && own.contains("\n# address = \"\""), "only what differs is not commented out");
}

#[test]
fn a_mistake_is_told_with_its_place_and_the_mend() {
    let rows = [
        ("[email.smtp]\nhots = \"x\"", "regua.toml:2: no key `email.smtp.hots`; did you mean `email.smtp.host`?"),
        ("[smtp]\nhost = \"x\"", "regua.toml:2: no key `smtp.host`; did you mean `email.smtp.host`?"),
        ("[zebra]\nstripes = 1", "regua.toml:2: no key `zebra.stripes`; `regua config --manual` lists all keys"),
        ("\n\n[email.smtp]\nport = \"587\"", "regua.toml:4: `email.smtp.port` is a whole number without quotes"),
        ("[email.smtp]\nhost = 1", "regua.toml:2: `email.smtp.host` is a text; write it between quotes"),
        ("[email.smtp]\nport = 70000", "regua.toml:2: email.smtp.port: 70000 is not between 1 and 65535"),
        ("[email.smtp]\ntls = \"ssl\"", "regua.toml:2: email.smtp.tls: `ssl` is not one of none, starttls and tls"),
        (
            "[database]\nurl = \"mysql://root:secret@host\"",
            "regua.toml:2: database.url: is neither `sqlite:FILE` nor `postgres://USER@HOST/NAME`",
        ),
        (
            "[database]\nlock_timeout = \"soon\"",
            "regua.toml:2: database.lock_timeout: `soon` is not a time; write a number with a unit, such as 500ms, 30s or 5m",
        ),
        (
            "[email]\nfrom = \"Acme\"",
            "regua.toml:2: email.from: `Acme` is not an e-mail address; write one such as `Acme <billing@acme.example>`",
        ),
        (
            "[email.bounces]\nmailbox = \"pop3s://me:secret@host\"",
            "regua.toml:2: email.bounces.mailbox: holds a password; put it into REGUA_EMAIL_BOUNCES_PASSWORD or email.bounces.password_file",
        ),
        ("[company]\ncolour = \"blue\"", "regua.toml:2: company.colour: `blue` is not a colour; write one such as #1f4e79"),
    ];
    for (text, told) in rows {
        assert_eq!(load(text, &[]).err().as_deref(), Some(told), "{text}");
    }
    assert!(load("[email", &[]).is_err_and(|told| told.starts_with("regua.toml:1: ")), "what is no TOML has a place too");
    let told = load("[email.smtp]\nport = 0\ntls = \"ssl\"", &[]).expect_err("two mistakes");
    assert_eq!(told.lines().count(), 2, "all mistakes are told at once: {told}");
}

#[test]
fn the_environment_overrides_the_file_and_is_named_when_it_is_wrong() {
    let file = "[email.smtp]\nhost = \"file\"\nuser = \"me\"\nport = 25\n";
    let variables = [("REGUA_EMAIL_SMTP_HOST", "there"), ("REGUA_EMAIL_SMTP_PASSWORD", "hunter2"), ("REGUA_EMAIL_SMTP_TLS", "tls")];
    let config = load(file, &variables).expect("settings");
    let smtp = config.email.smtp.as_ref().expect("a server");
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("there", 25, Tls::Tls));
    assert_eq!(smtp.login.as_ref().map(|(user, word)| (user.as_str(), word.expose())), Some(("me", "hunter2")));
    assert!(!format!("{config:?}").contains("hunter2"), "no secret is shown");
    let told = load("", &[("REGUA_EMAIL_SMTP_PORT", "none")]).expect_err("no number");
    assert_eq!(told, "REGUA_EMAIL_SMTP_PORT: `none` is not a whole number");
    let told = load("", &[("REGUA_EMAIL_SMTP_PORT", "0")]).expect_err("no port");
    assert_eq!(told, "REGUA_EMAIL_SMTP_PORT: email.smtp.port: 0 is not between 1 and 65535");
    let strange = Values::defaults().strangers(&environment(&[("REGUA_EMIAL_FROM", "x"), ("REGUA_DATA", "y"), ("REGUA_DIR", "z")]));
    assert_eq!(strange, ["REGUA_EMIAL_FROM is no key; did you mean REGUA_EMAIL_FROM?"]);
}

#[test]
fn a_mailbox_is_a_folder_or_a_server() {
    let mailbox = |text: &str| {
        let file = format!("[email.bounces]\nmailbox = \"{text}\"\npassword = \"w\"");
        load(&file, &[]).expect("settings").email.bounces.expect("a mailbox")
    };
    assert!(matches!(mailbox("Maildir"), Mailbox::Maildir(path) if path.ends_with("Maildir")));
    let Mailbox::Pop3 { host, port, tls, user, .. } = mailbox("pop3s://b%40acme.example@mail.example") else { panic!("a server") };
    assert_eq!((host.as_str(), port, tls, user.as_str()), ("mail.example", 995, true, "b@acme.example"));
    assert!(matches!(mailbox("pop3://b@127.0.0.1:1110"), Mailbox::Pop3 { port: 1110, tls: false, .. }));
}

#[test]
fn the_account_that_debits_go_to_is_read_and_without_one_there_is_no_pix_automatico() {
    let account = |more: &str| {
        let bank = "[gateway.pix]\nbase = \"https://bank.example\"\nclient_id = \"c\"\nclient_secret = \"s\"\nkey = \"k@acme.example\"\n";
        load(&format!("{bank}{more}"), &[]).map(|config| config.gateway.pix.expect("a bank").account)
    };
    assert_eq!(account(""), Ok(None));
    assert_eq!(account("branch = \"0001\""), Ok(None), "a branch is no account");
    let with = |branch: Option<&str>, kind| Account { agencia: branch.map(str::to_owned), conta: "123456".to_owned(), tipo_conta: kind };
    assert_eq!(account("account = \"123456\"\nbranch = \"0001\""), Ok(Some(with(Some("0001"), AccountKind::Current))));
    assert_eq!(account("account = \"123456\"\naccount_kind = \"payment\""), Ok(Some(with(None, AccountKind::Payment))));
    assert_eq!(account("account = \"123456\"\naccount_kind = \"savings\""), Ok(Some(with(None, AccountKind::Savings))));
    let told = account("account_kind = \"checking\"").expect_err("no such sort");
    assert_eq!(told, "regua.toml:6: gateway.pix.account_kind: `checking` is not one of current, savings and payment");
}

#[test]
fn the_address_of_a_database_shows_no_password() {
    for (url, shown) in [
        ("postgres://regua@db/regua", "postgres://regua@db/regua"),
        ("postgres://regua:s3@cr/et@db:5432/regua", "postgres://regua:***@db:5432/regua"),
        ("postgres://db/regua?user=x&password=secret&sslmode=require", "postgres://db/regua?user=x&password=***&sslmode=require"),
        ("sqlite:regua.db", "sqlite:regua.db"),
    ] {
        assert_eq!(show::without_password(url), shown);
    }
}

#[test]
fn a_key_is_read_back_by_its_owner_only() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("regua.key");
    let made = KeyFile::make(&path).expect("a key");
    assert_eq!(KeyFile::read(&path).expect("the key").0, made.0);
    assert_ne!(made.0, [0; 32]);
    assert!(KeyFile::make(&path).is_err(), "a key is never overwritten");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
        let told = KeyFile::read(&path).map(|_| ()).expect_err("others may read it").to_string();
        assert!(told.ends_with(&format!("run: chmod 600 {}", path.display())), "{told}");
    }
    let bad = |text: &str| {
        std::fs::remove_file(&path).expect("no file");
        std::fs::write(&path, text).expect("a file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        }
        KeyFile::read(Path::new(&path)).is_err()
    };
    assert!(bad("") && bad("00") && bad(&"zz".repeat(32)) && bad(&"é".repeat(32)) && !bad(&"0f".repeat(32)));
}

#[test]
fn who_serves_says_where_it_is_reached_and_how_it_writes_its_log() {
    let serve = |text: &str| load(&format!("[serve]\n{text}"), &[]).map(|config| config.serve);
    let plain = serve("").expect("settings");
    assert_eq!((plain.public_address, plain.log, plain.metrics), (None, Log::Text, false));
    assert_eq!((plain.rate_per_address, plain.rate_per_key), (100, 50));
    let own =
        serve("public_address = \"https://regua.acme.example/\"\nlog = \"json\"\nmetrics = \"on\"\nrate_per_key = 0").expect("settings");
    assert_eq!((own.public_address.as_deref(), own.log, own.metrics), (Some("https://regua.acme.example"), Log::Json, true));
    assert_eq!(own.rate_per_key, 0);
    for bad in ["ftp://x", "https://", "https:///x", "https://a b", "regua.acme.example", "https://me:word@x", "https://x?y"] {
        let told = serve(&format!("public_address = \"{bad}\"")).expect_err(bad);
        assert!(told.contains("serve.public_address") && told.contains("is no address"), "{told}");
    }
}

#[test]
fn pages_that_may_ask_are_listed_by_their_origins() {
    let origins = |text: &str| load(&format!("[in_app]\norigins = \"{text}\""), &[]).map(|config| config.in_app_origins);
    assert!(origins("").expect("settings").is_empty());
    let two = origins("https://app.acme.example  http://localhost:5173").expect("settings");
    assert_eq!(two, ["https://app.acme.example", "http://localhost:5173"]);
    for bad in ["*", "app.acme.example", "http://app.acme.example", "https://app.acme.example/app", "https://App.acme.example", "null"] {
        let told = origins(bad).expect_err(bad);
        assert!(told.contains("in_app.origins") && told.contains("is no origin"), "{told}");
    }
}

#[test]
fn whether_mails_were_opened_is_asked_only_where_somebody_says_so_and_where_the_picture_has_an_address() {
    let opens = |text: &str| load(text, &[]).map(|config| config.email.asks_opens);
    assert_eq!(opens(""), Ok(false));
    assert_eq!(opens("[email]\nopens = \"on\"\n[serve]\npublic_address = \"https://regua.acme.example\""), Ok(true));
    let told = opens("[email]\nopens = \"on\"").expect_err("nowhere to fetch it from");
    assert!(told.contains("email.opens") && told.contains("serve.public_address"), "{told}");
    assert!(opens("[email]\nopens = \"yes\"").is_err());
}

#[test]
fn no_setting_of_a_channel_shows_what_lets_somebody_in() {
    let text = "[sms]\naccount = \"AC1\"\nauth_token = \"hunter2\"\nfrom = \"+15005550006\"\n\
                [callback]\nurl = \"https://letters.acme.example/regua/hunter2\"\n\
                secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\nchannels = \"letter\"\n";
    let config = load(text, &[]).expect("settings");
    assert!(config.channels.callback.is_some() && config.channels.sms.is_some());
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("MfKQ9r8"), "{shown}");
    let told = load(&text.replace("/regua/hunter2", "/regua?key=hunter2"), &[]).expect_err("it has a query");
    assert!(told.contains("callback.url") && !told.contains("hunter2"), "{told}");
}

#[test]
fn a_provider_of_identities_needs_a_client_and_its_secret() {
    let oidc = |text: &str, secret: &str| {
        let variables = [("REGUA_SIGN_IN_OIDC_CLIENT_SECRET", secret)];
        load(&format!("[sign_in]\n{text}"), if secret.is_empty() { &[] } else { &variables })
    };
    let whole = "oidc_issuer = \"https://login.example/realms/acme\"\noidc_client_id = \"regua\"";
    let config = oidc(whole, "hunter2").expect("settings");
    assert!(!format!("{config:?}").contains("hunter2"), "no secret is shown");
    let provider = config.oidc.expect("a provider");
    assert_eq!((provider.issuer.as_str(), provider.client_id.as_str()), ("https://login.example/realms/acme", "regua"));
    assert_eq!(provider.client_secret.expose(), "hunter2");
    assert!(oidc("", "").expect("settings").oidc.is_none());
    assert!(oidc("oidc_issuer = \"http://127.0.0.1:9000\"\noidc_client_id = \"regua\"", "x").is_ok(), "one on this machine");
    for (text, secret, told) in [
        (whole, "", "has no secret"),
        ("oidc_issuer = \"https://login.example\"", "x", "sign_in.oidc_client_id: is empty"),
        ("oidc_client_id = \"regua\"", "x", "no sign_in.oidc_issuer"),
        ("oidc_issuer = \"http://login.example\"\noidc_client_id = \"regua\"", "x", "begins with https://"),
    ] {
        let found = oidc(text, secret).expect_err(told);
        assert!(found.contains(told), "{found}");
    }
    let config = load("[endpoints]\nallow_private = \"on\"", &[]).expect("settings");
    assert!(config.private_endpoints && !load("", &[]).expect("settings").private_endpoints);
}
