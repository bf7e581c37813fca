//! Prints made-up documents: `samples OUT_DIR` writes them as files, `samples --measure` counts how many a core prints.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "an example that speaks to whoever runs it")]

mod data;
mod logo;

use std::path::Path;
use std::time::{Duration, Instant};

use regua_core::words::Language;
use regua_paper::{Brand, PaperError, Press, Printed};

const LANGUAGES: [Language; 4] = [Language::PtBr, Language::En, Language::Es, Language::It];
/// How long each kind of document is measured.
const MEASURED: Duration = Duration::from_secs(3);

fn main() {
    let press = Press::new().expect("the fonts that are compiled in");
    match std::env::args().nth(1).as_deref() {
        Some("--measure") => measure(&press),
        Some(folder) => write(&press, Path::new(folder)),
        None => println!("samples OUT_DIR | samples --measure"),
    }
}

type Job = (&'static str, Box<dyn Fn(&Press) -> Result<Printed, PaperError>>);

/// An invoice with its slip.
fn hybrid(language: Language, brand: &Brand) -> impl Fn(&Press) -> Result<Printed, PaperError> + use<> {
    let invoice = data::invoice(language);
    let cents = u32::try_from(invoice.total.minor()).expect("a sum above zero");
    let slip = data::slip(language, brand, data::customer(), cents);
    let brand = brand.clone();
    move |press| press.invoice(&brand, &invoice, Some(&slip))
}

fn jobs() -> Vec<Job> {
    let (aurora, horta, atelie) = (data::aurora(), data::horta(), data::atelie());
    let slip = data::slip(Language::PtBr, &atelie, data::person(), 22_990);
    let (long, receipt, statement) = (data::long_invoice(), data::receipt(Language::PtBr), data::statement(Language::PtBr, 24));
    let school = atelie.clone();
    let school_too = atelie.clone();
    vec![
        ("invoice-with-slip", Box::new(hybrid(Language::PtBr, &aurora))),
        ("invoice-of-60-lines", Box::new(move |press: &Press| press.invoice(&horta, &long, None))),
        ("slip", Box::new(move |press: &Press| press.slip(&atelie, &slip))),
        ("receipt", Box::new(move |press: &Press| press.receipt(&school, &receipt))),
        ("statement", Box::new(move |press: &Press| press.statement(&school_too, &statement))),
    ]
}

fn write(press: &Press, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder that can be written");
    let save = |name: String, printed: Result<Printed, PaperError>| {
        let printed = printed.expect("a sample that can be printed");
        let path = folder.join(format!("{name}.pdf"));
        std::fs::write(&path, &printed.bytes).expect("a file that can be written");
        let Printed { bytes, pages, missing, shortened } = printed;
        println!("{name}.pdf: {} bytes, pages {pages}, missing glyphs {missing}, shortened {shortened}", bytes.len());
    };
    for (name, job) in jobs() {
        save(name.to_owned(), job(press));
    }
    for language in LANGUAGES.into_iter().skip(1) {
        save(format!("invoice-with-slip-{language}"), hybrid(language, &data::horta())(press));
        save(format!("receipt-{language}"), press.receipt(&data::atelie(), &data::receipt(language)));
        save(format!("statement-{language}"), press.statement(&data::aurora(), &data::statement(language, 12)));
    }
}

fn measure(press: &Press) {
    for (name, job) in jobs() {
        let (begun, mut count, mut bytes) = (Instant::now(), 0_u128, 0);
        while begun.elapsed() < MEASURED {
            let printed = job(press).expect("a sample that can be printed");
            bytes = printed.bytes.len();
            count += 1;
        }
        let each = begun.elapsed().as_micros() / count.max(1);
        println!("{name}: {} documents/s on one core, {each} µs and {bytes} bytes each", 1_000_000 / each.max(1));
    }
}
