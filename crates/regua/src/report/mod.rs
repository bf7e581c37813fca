//! The HTML report of a backtest or a demo: one file, no script, nothing fetched, light and dark, screen and paper.
//!
//! [`html`] turns [`ReportData`] into the page. Counting is elsewhere: here texts are chosen (`texts`), numbers written
//! (`format`), shapes drawn (`draw`) and all of it escaped (`markup`).
//! Deliberately absent: floats, the clock, files, and any other address than this page's own.

mod build;
mod coming;
mod data;
mod draw;
mod figure;
mod format;
mod gather;
mod head;
mod ladders;
mod lists;
mod markup;
mod messages;
mod origin;
mod plots;
mod reasons;
mod steps;
#[cfg(test)]
mod tests;
mod texts;

pub(crate) use data::{Lang, ReportData};

pub(crate) use build::Told;
pub(crate) use coming::Coming;
pub(crate) use gather::Gather;

use figure::Page;
use markup::Markup;

/// The whole page, complete in itself. The same data give the same bytes.
pub(crate) fn html(data: &ReportData) -> String {
    let mut out = Markup::default();
    let page = Page::of(data);
    out.doctype();
    out.tag("html", &[("lang", &data.lang.language())], |out| {
        out.block("head", &[], |out| {
            out.leaf("meta", &[("charset", &"utf-8")]);
            out.leaf("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
            out.leaf("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
            out.line("title", "", &format!("{} · {}", data.title, page.texts.report));
            out.style(include_str!("style.css"));
        });
        out.block("body", &[], |out| {
            out.tag("a", &[("class", &"skip"), ("href", &"#main")], |out| out.text(page.texts.skip_link));
            head::write(out, &page);
            out.block("main", &[("id", &"main")], |out| {
                ladders::write(out, &page);
                out.block("div", &[("class", &"grid")], |out| plots::write(out, &page));
                lists::plan(out, &page, &data.plan);
                lists::debtors(out, &page);
                messages::write(out, &page);
            });
            origin::write(out, &page);
        });
    });
    out.text("\n");
    out.finish()
}
