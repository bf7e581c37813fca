//! What a browser would show of each drawing, as far as integers can tell: nothing outside, no text over another.

use super::super::draw::label::width;

/// A text of a drawing with the box that it takes, in tenths of a pixel.
struct Text {
    text: String,
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

/// Panics when a drawing's text leaves the drawing or lies over another text of it.
pub(super) fn check(page: &str) {
    for drawing in page.split("<svg ").skip(1) {
        let (head, rest) = drawing.split_once('>').expect("a tag");
        let view = value(head, "viewBox").expect("a view box");
        let sizes: Vec<i64> = view.split(' ').map(tenths).collect();
        let [0, 0, w, h] = sizes[..] else { panic!("{view}") };
        let (body, _) = rest.split_once("</svg>").expect("an end");
        let texts: Vec<Text> = body.split("<text ").skip(1).map(text).collect();
        for text in &texts {
            let inside = text.left >= -5 && text.right <= w + 5 && text.top >= 0 && text.bottom <= h;
            let told = value(head, "aria-label").unwrap_or_default();
            assert!(inside, "`{}` leaves the drawing of {w} by {h}: {told}", text.text);
        }
        for (index, a) in texts.iter().enumerate() {
            for b in texts.iter().skip(index + 1) {
                let apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
                assert!(apart, "`{}` lies over `{}`", a.text, b.text);
            }
        }
    }
}

fn text(tag: &str) -> Text {
    let (head, rest) = tag.split_once('>').expect("a tag");
    let (escaped, _) = rest.split_once("</text>").expect("an end");
    let text = escaped.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let classes: Vec<&str> = value(head, "class").unwrap_or_default().split(' ').collect();
    let size = [("s11", 110), ("s12", 120), ("s13", 130), ("s16", 160)];
    let size = size.iter().find(|(class, _)| classes.contains(class)).expect("a text has a size").1;
    let (x, y) = (tenths(value(head, "x").expect("x")), tenths(value(head, "y").expect("y")));
    // The estimate is on the wide side: what browsers show is some 7 % narrower.
    let w = width(&text, size) * 93 / 100;
    let left = if classes.contains(&"m") {
        x - w / 2
    } else if classes.contains(&"e") {
        x - w
    } else {
        x
    };
    // Capitals and figures stand on the line; descenders may touch what is below.
    Text { text, left, right: left + w, top: y - size * 72 / 100, bottom: y }
}

fn value<'a>(head: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = head.split_once(&format!("{key}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

fn tenths(text: &str) -> i64 {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().expect("a number") * 10 + sign * tenth.parse::<i64>().expect("a tenth")
}

#[test]
#[should_panic(expected = "lies over")]
fn texts_that_collide_are_found() {
    let text = |x: i64| format!("<text class=\"s11\" x=\"{x}\" y=\"20\">vencimento</text>");
    check(&format!("<svg viewBox=\"0 0 200 40\">{}{}</svg>", text(10), text(30)));
}

#[test]
#[should_panic(expected = "leaves the drawing")]
fn a_text_that_is_clipped_is_found() {
    check("<svg viewBox=\"0 0 40 40\"><text class=\"s11\" x=\"10\" y=\"20\">vencimento</text></svg>");
}
