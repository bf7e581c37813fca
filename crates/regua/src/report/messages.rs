//! Messages as letters on the page: who, where, when, why, and every word.

use regua_wire::messages::locale;

use super::data::{Kind, Message};
use super::draw::step::colour;
use super::figure::Page;
use super::markup::Markup;
use super::texts;

/// Writes the sample messages, if there are any.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    if page.data.messages.is_empty() {
        return;
    }
    out.block("section", &[("class", &"list"), ("aria-labelledby", &"messages")], |out| {
        out.tag("h2", &[("id", &"messages")], |out| out.text(page.texts.messages));
        out.tag("div", &[("class", &"letters")], |out| page.data.messages.iter().for_each(|message| letter(out, page, message)));
    });
}

fn letter(out: &mut Markup, page: &Page<'_>, message: &Message) {
    let (texts, lang) = (page.texts, page.data.lang);
    let class = format!("letter {}", colour(Kind::Contact(message.tone)));
    out.block("article", &[("class", &class)], |out| {
        out.tag("header", &[], |out| {
            out.tag("p", &[("class", &"where")], |out| {
                out.line("span", "chip", texts::channel(lang, message.channel));
                out.line("span", "", &format!("{} · {}", locale::date_short(lang.language(), message.on), message.at));
            });
            if let Some(subject) = &message.subject {
                out.line("h3", "", subject);
            }
            out.tag("dl", &[], |out| {
                for (name, value) in [(texts.from, &message.from), (texts.to, &message.to)] {
                    out.tag("div", &[], |out| {
                        out.line("dt", "", name);
                        out.line("dd", "", value);
                    });
                }
            });
        });
        out.line("div", "body", &message.body);
        out.tag("p", &[("class", &"why")], |out| {
            out.line("strong", "", texts.why);
            out.text(&format!(" {}", message.why));
        });
    });
}
