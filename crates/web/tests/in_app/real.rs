//! The script in pages of jsdom and of a browser, as `tests/in_app_js` says.

use std::path::{Path, PathBuf};
use std::process::Command;

use regua_engine::secret::Secret;
use regua_web::Host as _;
use serde_json::{Value, json};

use super::common::{POLICY, START, Site, act, at, hour, on_one};
use super::{charge_in_vain, owing, secret, seen_at, shown};

/// The file of this crate at a path.
fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder with `node_modules` that a package's own file lies in.
fn folder(package: &str) -> PathBuf {
    assert!(Path::new(package).is_file(), "{package} is not there; run scripts/setup");
    Path::new(package).ancestors().nth(3).expect("a folder with node_modules").to_path_buf()
}

/// What it says; fails when it does.
fn run(mut command: Command) -> String {
    let told = command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1").output().expect("node runs");
    let out = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{out}\n{}", String::from_utf8_lossy(&told.stderr));
    out.into_owned()
}

#[test]
fn the_script_does_in_a_page_what_it_says() {
    let Ok(package) = std::env::var("REGUA_JSDOM") else {
        println!("skipped: REGUA_JSDOM is not set, the script for apps is not run");
        return;
    };
    let mut command = Command::new("node");
    command.arg(own("tests/in_app_js/run.mjs")).arg(folder(&package)).arg(own("src/in_app/in-app.js"));
    println!("{}", run(command));
}

/// What a program of the documentation prints as the token of C1, at the moment of the site's clock.
fn printed(site: &Site, secret: &Secret, language: &str, program: &str) -> String {
    let documentation = std::fs::read_to_string(own("../../docs/in-app.md")).unwrap();
    let (_, code) = documentation.split_once(&format!("```{language}\n")).expect("a program");
    let (code, _) = code.split_once("```").expect("its end");
    let secs = site.program.now().secs();
    let (name, code) = match language {
        "js" => ("token.mjs", format!("{code}\nDate.now = () => {secs}000;\nconsole.log(token('C1'));\n")),
        _ => ("token.py", format!("{code}\ntime.time = lambda: {secs}\nprint(token('C1'))\n")),
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), code).unwrap();
    let mut command = Command::new(program);
    command.arg(folder.path().join(name)).env("REGUA_IN_APP_SECRET", secret.expose());
    run(command).trim().to_owned()
}

#[test]
fn what_the_documentation_signs_is_believed() {
    let (jsdom, python) = (std::env::var("REGUA_JSDOM"), std::env::var("REGUA_PYTHON"));
    let node = jsdom.map(|_| "node".to_owned());
    on_one(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        for (language, program) in [("js", &node), ("python", &python)] {
            let Ok(program) = program else {
                println!("skipped: the variable that names it is not set, the program in {language} is not run");
                continue;
            };
            let token = printed(site, &secret, language, program);
            assert_eq!(shown(site, &token)["state"], "banner", "{language}: {token}");
        }
    });
}

/// What the server tells in each state, with a link as an installation with a portal has it.
fn feeds(site: &Site, secret: &Secret) -> Value {
    let policy = POLICY.replace(", approval: true", "");
    site.engine().publish(site.tenant(), "own.yaml", &policy, 10_000, &act(), at(START)).unwrap();
    owing(site, "2026-01-04");
    let mut feeds = json!({"none": seen_at(site, secret, hour("2026-01-05", 10))});
    charge_in_vain(site);
    feeds["notice"] = seen_at(site, secret, hour("2026-01-05", 12));
    for (name, from, until) in
        [("banner", "2026-01-06", "2026-01-23"), ("read_only", "2026-01-24", "2026-02-02"), ("wall", "2026-02-03", "2026-02-12")]
    {
        site.pass_days(from, until);
        feeds[name] = seen_at(site, secret, hour(until, 18));
        assert_eq!(feeds[name]["state"], name, "{}", feeds[name]);
    }
    for name in ["notice", "banner", "read_only", "wall"] {
        feeds[name]["action"] = json!({"label": "Ver e pagar", "href": "https://conta.nuvem.example/p/abc"});
    }
    feeds
}

/// `REGUA_PICTURES` is where the pictures go that are to be kept.
#[test]
fn the_script_is_seen_and_used_in_a_browser() {
    let (Ok(browser), Ok(package)) = (std::env::var("REGUA_BROWSER"), std::env::var("REGUA_BROWSER_DRIVER")) else {
        println!("skipped: REGUA_BROWSER and REGUA_BROWSER_DRIVER are not both set, the script for apps is not looked at in a browser");
        return;
    };
    on_one(|site| {
        let plan = json!({
            "browser": browser,
            "script": own("src/in_app/in-app.js"),
            "pictures": std::env::var("REGUA_PICTURES").map_or_else(|_unset| own_tmp().join("in-app"), PathBuf::from),
            "feeds": feeds(site, &secret(site)),
        });
        let folder_of_plan = tempfile::tempdir().unwrap();
        let file = folder_of_plan.path().join("plan.json");
        std::fs::write(&file, plan.to_string()).unwrap();
        let mut command = Command::new("node");
        command.arg(own("tests/in_app_js/browser.mjs")).arg(folder(&package)).arg(&file);
        println!("{}", run(command));
    });
}

/// Where tests of this build may leave files.
fn own_tmp() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
