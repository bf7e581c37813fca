//! The operator console in a real browser: from nothing to the first book, and the first batch, each on an installation of its own
//! that the binary makes and serves; each page looked at by axe-core, and the books verified when the walk has ended.
//!
//! The walks are those of `console/walks`, which drive the binary themselves. `REGUA_BROWSER` is a Chromium; unset prints what was
//! skipped. So does a console that was not built, which is what `scripts/console` leaves where Node is too old.

#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by a variable, and the binary lives by the real clock")]

use std::path::Path;
use std::process::Command;

/// A walk of `console/walks`, on a fresh installation: what it told, or why there was none.
fn walked(name: &str) -> String {
    let Ok(browser) = std::env::var("REGUA_BROWSER") else {
        return "skipped: REGUA_BROWSER is not set, the console is not walked".to_owned();
    };
    assert!(Path::new(&browser).exists(), "{browser} is not there; run scripts/setup");
    let console = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console");
    if !console.join("dist/index.html").exists() || !console.join("node_modules/playwright-core/package.json").exists() {
        return "skipped: the console is not built, which takes Node 20.19 or newer and scripts/console".to_owned();
    }
    let mut command = Command::new("timeout");
    command.args(["--signal=INT", "--kill-after=20", "200", "node"]).arg(console.join(format!("walks/{name}.mjs")));
    command.env("REGUA_BIN", env!("CARGO_BIN_EXE_regua")).env("CHROMIUM", browser);
    command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1").env_remove("SHOTS");
    let told = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "{name}: {out}\n{err}");
    assert!(out.contains(&format!("ok {name}")) && out.contains("ok verified"), "{name}: {out}\n{err}");
    out.into_owned()
}

#[test]
fn console_walks_from_nothing_to_the_first_book() {
    println!("{}", walked("first-run"));
}

#[test]
fn console_walks_the_first_batch_and_each_hears_once() {
    println!("{}", walked("first-batch"));
}

#[test]
fn console_walks_a_company_from_its_file_to_its_first_report() {
    println!("{}", walked("story"));
}
