//! Reading values out of the tree, with a finding for everything that is not as it should be.

use std::str::FromStr;

use super::condition::Condition;
use super::finding::{Complaint, Findings, Mark};
use super::keys::{Object, Shape};
use super::program::{At, Delay, Notice, Offset};
use super::units;
use super::yaml::{Body, Key, Node};
use super::{Names, near};
use crate::currency::Currency;
use crate::money::Money;
use crate::rate::Rate;
use crate::time::LocalTime;
use crate::words::UnknownWord;

/// Items of any list.
const LIST_MAX: usize = 200;
/// Characters of a name shown to people.
const TEXT_MAX: usize = 100;
/// Characters of an id.
const ID_MAX: usize = 40;

/// What is known while the file is read.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) findings: Findings,
    /// The policy's currency, for amounts without one.
    pub(super) currency: Currency,
    /// The policy's hour, for moments without one.
    pub(super) time: LocalTime,
    /// The policy's notice, for adverse steps without one.
    pub(super) notice: Notice,
}

/// A map that was checked against its keys.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    node: &'n Node,
}

impl<'n> Fields<'n> {
    /// The value of a key, unless nothing stands there.
    pub(super) fn get(self, name: &str) -> Option<&'n Node> {
        self.node.get(name).filter(|value| !value.is_empty())
    }

    /// Where a key's value stands, else where the map starts.
    pub(super) fn mark(self, name: &str) -> Mark {
        self.node.get(name).map_or(self.node.mark, |value| value.mark)
    }

    /// Where the map starts.
    pub(super) fn start(self) -> Mark {
        self.node.mark
    }

    /// The text of a key's value as written; nothing when it is no single value.
    pub(super) fn written(self, name: &str) -> &'n str {
        match self.get(name).map(|node| &node.body) {
            Some(Body::Scalar(text, _)) => text,
            Some(Body::List(_) | Body::Map(_)) | None => "",
        }
    }

    /// Where an item of a key's list stands.
    pub(super) fn item(self, name: &str, index: usize) -> Option<Mark> {
        match &self.get(name)?.body {
            Body::List(items) => items.get(index).map(|item| item.mark),
            Body::Scalar(..) | Body::Map(_) => None,
        }
    }

    /// A key's value that is a map, already checked.
    pub(super) fn map(self, name: &str) -> Option<Self> {
        self.get(name).filter(|node| matches!(node.body, Body::Map(_))).map(|node| Self { node })
    }

    /// The maps in a key's list, already checked.
    pub(super) fn maps(self, name: &str) -> impl Iterator<Item = Self> {
        let items = match self.get(name).map(|node| &node.body) {
            Some(Body::List(items)) => items.as_slice(),
            Some(Body::Scalar(..) | Body::Map(_)) | None => &[],
        };
        items.iter().filter(|node| matches!(node.body, Body::Map(_))).map(|node| Self { node })
    }
}

impl<'a> Reader<'a> {
    pub(super) fn error(&mut self, at: Mark, message: impl Into<String>, mend: impl Into<String>) {
        self.findings.error(at, message, mend);
    }

    /// A map with the keys of `object`: unknown, missing and empty ones are found.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, object: &'static Object) -> Option<Fields<'n>> {
        self.fields_or(node, object, |_| None)
    }

    /// As [`Reader::fields`], with a better word on some unknown keys.
    pub(super) fn fields_or<'n>(
        &mut self,
        node: &'n Node,
        object: &'static Object,
        explain: impl Fn(&str) -> Option<Complaint>,
    ) -> Option<Fields<'n>> {
        let entries = self.map(node, object.called)?;
        let known: Vec<&str> = object.keys().map(|key| key.name).collect();
        for (key, value) in entries {
            if !known.contains(&key.text.as_str()) {
                let complaint = explain(&key.text).unwrap_or_else(|| {
                    Complaint::new(format!("unknown key `{}` in {}", key.text, object.called), near::mend(&key.text, &known))
                });
                self.findings.complain(key.mark, complaint);
            } else if value.is_empty() {
                self.error(key.mark, format!("`{}` has no value", key.text), "give it one or remove the key");
            }
        }
        for key in object.keys().filter(|key| key.required) {
            if !entries.iter().any(|(entry, _)| entry.text == key.name) {
                let mend = format!("add `{}: {}` ({})", key.name, sample(key.shape), key.doc.trim_end_matches('.'));
                self.error(node.mark, format!("{} has no `{}`", object.called, key.name), mend);
            }
        }
        Some(Fields { node })
    }

    /// The entries of a map.
    pub(super) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [(Key, Node)]> {
        if let Body::Map(entries) = &node.body {
            return Some(entries);
        }
        self.error(node.mark, format!("{what} is a map, not {}", kind(node)), "write keys and values, as in `{ key: value }`");
        None
    }

    /// The items of a list of one or more.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        let Body::List(items) = &node.body else {
            let mend = match &node.body {
                Body::Scalar(text, _) => format!("write `[{text}]`"),
                Body::List(_) | Body::Map(_) => "put it into brackets, or start each item with `-`".to_owned(),
            };
            self.error(node.mark, format!("`{what}` is a list, not {}", kind(node)), mend);
            return &[];
        };
        if items.is_empty() {
            self.error(node.mark, format!("`{what}` is an empty list"), "name at least one, or remove the key");
        }
        if items.len() > LIST_MAX {
            self.error(node.mark, format!("`{what}` has more than {LIST_MAX} items"), "split the policy");
            return &[];
        }
        items
    }

    /// The text of a single value.
    pub(super) fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        if let Body::Scalar(text, _) = &node.body {
            return Some(text);
        }
        self.error(node.mark, format!("`{what}` is one value, not {}", kind(node)), "write a single value");
        None
    }

    /// A single value in a small language.
    pub(super) fn parsed<T>(&mut self, node: &Node, what: &str, parse: impl FnOnce(&str) -> Result<T, Complaint>) -> Option<T> {
        let text = self.scalar(node, what)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(complaint) => {
                self.findings.complain(node.mark, complaint);
                None
            }
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn optional<T>(&mut self, fields: Fields<'_>, name: &str, read: impl FnOnce(&mut Self, &Node) -> Option<T>) -> Option<T> {
        let node = fields.get(name)?;
        read(self, node)
    }

    /// A text for people.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        self.parsed(node, what, |text| {
            if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
                return Err(Complaint::new(
                    format!("`{what}` is too long or holds control characters"),
                    format!("one line, at most {TEXT_MAX} characters"),
                ));
            }
            Ok(text.trim().to_owned())
        })
    }

    /// The id of a step, ladder or segment.
    pub(super) fn id<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = self.scalar(node, what)?;
        self.is_id(text, node.mark).then_some(text)
    }

    /// Whether a text can be an id; finds it when not.
    pub(super) fn is_id(&mut self, text: &str, at: Mark) -> bool {
        let good = !text.is_empty()
            && text.len() <= ID_MAX
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if !good {
            let shown = if text.is_empty() { "an empty text".to_owned() } else { format!("`{text}`") };
            self.error(at, format!("{shown} cannot be an id"), format!("letters, digits, `_` and `-`, at most {ID_MAX}"));
        }
        good
    }

    /// A word of a closed list.
    pub(super) fn word<T: FromStr<Err = UnknownWord>>(&mut self, node: &Node, what: &str) -> Option<T> {
        self.parsed(node, what, |text| {
            text.parse().map_err(|unknown: UnknownWord| {
                Complaint::new(format!("unknown {} `{text}`", unknown.what), near::mend(text, &unknown.known))
            })
        })
    }

    /// One of a few words that have no type of their own.
    pub(super) fn choice(&mut self, node: &Node, what: &str, known: &[&'static str]) -> Option<&'static str> {
        self.parsed(node, what, |text| {
            let found = known.iter().copied().find(|word| *word == text);
            found.ok_or_else(|| Complaint::new(format!("unknown word `{text}` for `{what}`"), near::mend(text, known)))
        })
    }

    /// A list of words, each at most once.
    pub(super) fn words<T: FromStr<Err = UnknownWord> + PartialEq>(&mut self, node: &Node, what: &str) -> Vec<T> {
        let mut words = Vec::new();
        for item in self.list(node, what) {
            if let Some(word) = self.word(item, what) {
                self.once(&mut words, word, item, what);
            }
        }
        words
    }

    /// Adds a list's item unless it is there already.
    pub(super) fn once<T: PartialEq>(&mut self, list: &mut Vec<T>, value: T, node: &Node, what: &str) {
        if list.contains(&value) {
            self.error(node.mark, format!("`{what}` names the same twice"), "keep one of them");
        } else {
            list.push(value);
        }
    }

    pub(super) fn whole(&mut self, node: &Node, what: &str, min: u16, max: u16) -> Option<u16> {
        self.parsed(node, what, |text| {
            let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
            number
                .filter(|number| (min..=max).contains(number))
                .ok_or_else(|| Complaint::new(format!("`{what}` is `{text}`"), format!("a whole number from {min} to {max}")))
        })
    }

    pub(super) fn yes(&mut self, node: &Node, what: &str) -> Option<bool> {
        if let Body::Scalar(text, true) = &node.body {
            match text.as_str() {
                "true" => return Some(true),
                "false" => return Some(false),
                _ => {}
            }
        }
        let shown = if let Body::Scalar(text, _) = &node.body { format!("`{text}`") } else { kind(node).to_owned() };
        self.error(node.mark, format!("`{what}` is true or false, not {shown}"), "write `true` or `false`, without quotes");
        None
    }

    pub(super) fn percent(&mut self, node: &Node, what: &str) -> Option<Rate> {
        self.parsed(node, what, units::percent)
    }

    pub(super) fn delay(&mut self, node: &Node, what: &str) -> Option<Delay> {
        self.parsed(node, what, units::delay)
    }

    /// A length in civil days within bounds.
    pub(super) fn days(&mut self, node: &Node, what: &str, min: i32, max: i32) -> Option<i32> {
        self.parsed(node, what, |text| match units::delay(text)? {
            Delay::Days(days) if (min..=max).contains(&days) => Ok(days),
            Delay::Days(_) => Err(Complaint::new(format!("`{what}` is `{text}`"), format!("from `{min}d` to `{max}d`"))),
            Delay::OpenDays(_) => Err(Complaint::new(format!("`{what}` counts civil days, not open ones"), "write `d`, as in `3d`")),
        })
    }

    /// A moment with the policy's hour where it names none.
    pub(super) fn moment(&mut self, node: &Node, what: &str) -> Option<At> {
        let moment = self.parsed(node, what, units::moment)?;
        Some(At { anchor: moment.anchor, offset: moment.offset, time: moment.time.unwrap_or(self.time) })
    }

    /// A date relative to D, without an hour.
    pub(super) fn due_offset(&mut self, node: &Node, what: &str, example: &str) -> Option<Offset> {
        let moment = self.parsed(node, what, units::moment)?;
        let plain = moment.time.is_none() && !matches!(moment.offset, Offset::Hours(_));
        if moment.anchor == super::program::Anchor::Due && plain {
            return Some(moment.offset);
        }
        self.error(node.mark, format!("`{what}` is a date counted from D, without an hour"), format!("as in `{example}`"));
        None
    }

    /// An amount: `10.00` in the policy's currency, or `{ USD: 10.00 }`.
    pub(super) fn money(&mut self, node: &Node, what: &str) -> Option<Money> {
        if matches!(node.body, Body::Scalar(..)) {
            let currency = self.currency;
            return self.parsed(node, what, |text| units::amount(text, currency));
        }
        let amounts = self.amounts(node, what)?;
        if amounts.len() != 1 {
            self.error(node.mark, format!("`{what}` is one amount"), "as in `10.00` or `{ USD: 10.00 }`");
        }
        amounts.first().copied()
    }

    /// A map of currencies to amounts.
    pub(super) fn amounts(&mut self, node: &Node, what: &str) -> Option<Vec<Money>> {
        let mut amounts = Vec::new();
        for (key, value) in self.map(node, &format!("`{what}`"))? {
            match currency(&key.text) {
                Ok(currency) => amounts.extend(self.parsed(value, what, |text| units::amount(text, currency))),
                Err(complaint) => self.findings.complain(key.mark, complaint),
            }
        }
        Some(amounts)
    }

    /// A condition, with its findings placed inside the YAML text.
    pub(super) fn condition(&mut self, node: &Node, what: &str) -> Option<Condition> {
        let source = self.scalar(node, what)?;
        match Condition::compile(source, self.currency) {
            Ok(condition) => Some(condition),
            Err(problems) => {
                for problem in problems {
                    let at = self.place(node, source, problem.at);
                    self.error(at, problem.message, problem.mend);
                }
                None
            }
        }
    }

    /// Where the byte `at` of a value's text stands in the file.
    fn place(&self, node: &Node, value: &str, at: usize) -> Mark {
        let raw = self.text.get(node.span.0..node.span.1).unwrap_or_default();
        let skipped = match raw.find(value).filter(|_| !value.is_empty()) {
            Some(start) => start + at,
            None => align(raw, value, at),
        };
        let before = raw.get(..skipped).unwrap_or_default();
        match before.rsplit_once('\n') {
            None => Mark { line: node.mark.line, column: node.mark.column + before.chars().count() },
            Some((_, last)) => Mark { line: node.mark.line + before.matches('\n').count(), column: last.chars().count() + 1 },
        }
    }
}

/// The byte of the raw YAML text that holds byte `at` of its value: folded lines, quotes and escapes are stepped over.
fn align(raw: &str, value: &str, at: usize) -> usize {
    let mut rest = raw.char_indices().peekable();
    let mut place = 0;
    for (index, wanted) in value.char_indices() {
        let Some((found, _)) = rest.by_ref().find(|(_, char)| *char == wanted || (wanted == ' ' && *char == '\n')) else {
            return place;
        };
        place = found;
        if index >= at {
            break;
        }
    }
    place
}

/// An ISO 4217 code.
pub(super) fn currency(text: &str) -> Result<Currency, Complaint> {
    Currency::parse(text).ok_or_else(|| {
        let near = Currency::parse(&text.to_uppercase()).map(Currency::code);
        Complaint::new(
            format!("unknown currency `{text}`"),
            near.map_or_else(
                || "an ISO 4217 code of three capital letters, as in `BRL`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ),
        )
    })
}

/// What a value is, for messages about what it should have been.
fn kind(node: &Node) -> &'static str {
    match &node.body {
        Body::Scalar(..) => "a single value",
        Body::List(_) => "a list",
        Body::Map(_) => "a map",
    }
}

/// What a value of this shape could be, for mends.
fn sample(shape: Shape) -> String {
    match shape {
        Shape::Text => "…".to_owned(),
        Shape::Id => "a_name".to_owned(),
        Shape::Whole(min, _) => min.to_string(),
        Shape::Yes => "true".to_owned(),
        Shape::Word(words) => words().first().map_or_else(String::new, |word| (*word).to_owned()),
        Shape::Form(form) => form.example.to_owned(),
        Shape::Condition => "\"receivable.days_late > 3\"".to_owned(),
        Shape::Money => "10.00".to_owned(),
        Shape::Amounts => "{ BRL: 1.00 }".to_owned(),
        Shape::Clearing => "{ boleto: 1bd }".to_owned(),
        Shape::Of(_) | Shape::Ladders => "{ … }".to_owned(),
        Shape::List(_) => "[…]".to_owned(),
    }
}
