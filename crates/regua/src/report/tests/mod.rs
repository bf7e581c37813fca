//! The page as a whole: it is well formed, escapes what it is told, and has something to say about nothing.

mod sample;
mod well_formed;

use super::*;
use well_formed::check;

#[test]
fn the_sample_page_is_well_formed_and_complete_in_itself() {
    for lang in [Lang::PtBr, Lang::En] {
        let page = html(&sample::data(lang));
        check(&page);
        let path = format!("{}/../../target/report-{}.html", env!("CARGO_MANIFEST_DIR"), lang.language());
        std::fs::write(path, &page).expect("the target folder is there");
    }
}
