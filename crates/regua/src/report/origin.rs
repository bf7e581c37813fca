//! The foot of the page: versions, seed, and what to type for the same page.

use super::figure::Page;
use super::markup::Markup;

/// Writes the footer.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    let (origin, texts) = (&page.data.origin, page.texts);
    out.block("footer", &[], |out| {
        out.line("h2", "", texts.origin);
        out.tag("dl", &[], |out| {
            let seed = origin.seed.map(|seed| (texts.seed.to_owned(), seed.to_string()));
            let hash = (texts.policy_hash.to_owned(), page.data.policy_hash.clone());
            for (name, value) in origin.versions.iter().cloned().chain(seed).chain([hash]) {
                out.block("div", &[], |out| {
                    out.line("dt", "", &name);
                    out.tag("dd", &[], |out| out.line("code", "", &value));
                });
            }
        });
        if !origin.commands.is_empty() {
            out.line("h3", "", texts.again);
            out.tag("pre", &[("tabindex", &0)], |out| out.line("code", "", &origin.commands.join("\n")));
        }
        out.line("p", "hint", texts.origin_same);
    });
}
