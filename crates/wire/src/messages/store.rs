//! The texts of every language, parsed and compiled once.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};

use minijinja::{Environment, UndefinedBehavior};
use regua_core::words::{Channel, Language, Tone};
use sha2::{Digest as _, Sha256};

use super::sections::{self, Head, Kind, Section};
use super::shipped::shipped_texts;
use super::view;

/// Instructions that one rendering may take. A message with three full blocks takes less than a fifth.
const FUEL: u64 = 50_000;

/// Bytes that one template file may hold.
const FILE_BYTES_MAX: usize = 100_000;

/// The file of a language whose sections are `part`s.
const PARTS: &str = "_parts";

/// Message templates of every language, ready to render.
///
/// ```
/// # use regua_core::words::Language;
/// # use regua_wire::messages::Templates;
/// let templates = Templates::shipped();
/// assert!(templates.names(Language::PtBr).any(|name| name == "overdue"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Templates {
    books: BTreeMap<Language, Arc<Book>>,
    /// The files that they were made of: language → name → path and text.
    files: BTreeMap<Language, BTreeMap<String, (String, String)>>,
    /// Made when it is first asked for.
    digest: OnceLock<[u8; 32]>,
}

/// One language.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) env: Environment<'static>,
    /// Names of whole templates, without parts.
    pub(super) names: BTreeSet<String>,
    /// Compiled name → where its text stands.
    pub(super) places: BTreeMap<String, Place>,
}

/// Where a section's text stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) text: String,
}

/// A template file that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct TemplateError {
    /// The file as it was named.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and the mend.
    pub message: String,
}

impl Templates {
    /// The templates that ship with Régua. Compiles some 600 texts: make it once and keep it.
    ///
    /// # Panics
    /// Never: the shipped texts are compiled into the binary and tested.
    #[must_use]
    pub fn shipped() -> Self {
        Self::from_texts(shipped_texts()).expect("the shipped templates compile: a test says so")
    }

    /// Templates from `(path, text)` pairs; a path is `<language>/<template>.txt`, a later pair replaces an earlier one.
    ///
    /// A tenant's folder overrides single files: `Templates::from_texts(shipped_texts().chain(own))`.
    ///
    /// # Errors
    /// The first file that cannot be used, with its line and the mend.
    pub fn from_texts<P: AsRef<str>, T: AsRef<str>>(texts: impl IntoIterator<Item = (P, T)>) -> Result<Self, TemplateError> {
        Self::default().over(texts)
    }

    /// The same with other texts over them; only the languages that they are in are compiled anew.
    ///
    /// # Errors
    /// As [`Templates::from_texts`].
    pub fn over<P: AsRef<str>, T: AsRef<str>>(&self, texts: impl IntoIterator<Item = (P, T)>) -> Result<Self, TemplateError> {
        let mut made = Self { books: self.books.clone(), files: self.files.clone(), digest: OnceLock::new() };
        let mut changed = BTreeSet::new();
        for (path, text) in texts {
            let (language, name) = parse_path(path.as_ref())?;
            let file = (path.as_ref().to_owned(), text.as_ref().to_owned());
            made.files.entry(language).or_default().insert(name, file);
            changed.insert(language);
        }
        for language in changed {
            let mut book = Book::new(language);
            for (name, (path, text)) in made.files.get(&language).into_iter().flatten() {
                book.add(name, path, text)?;
            }
            made.books.insert(language, Arc::new(book));
        }
        Ok(made)
    }

    /// What stands for exactly these texts: SHA-256.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| {
            let mut hash = Sha256::new();
            for (path, text) in self.files.values().flat_map(BTreeMap::values) {
                for part in [path, text] {
                    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                    hash.update(part);
                }
            }
            hash.finalize().into()
        })
    }

    /// The file of a template in a language, as it was written.
    #[must_use]
    pub fn source(&self, language: Language, template: &str) -> Option<&str> {
        self.files.get(&language)?.get(template).map(|(_, text)| text.as_str())
    }

    /// A template's text for a channel and tone as it stands in its file, and the tone whose section it is, if it is one tone's own. A
    /// push text may be the language's common one.
    #[must_use]
    pub fn section(&self, language: Language, template: &str, channel: Channel, tone: Tone) -> Option<(&str, Option<Tone>)> {
        let book = self.books.get(&language)?;
        let kind = Kind::of(channel);
        let name = book.find(template, kind, tone)?;
        let own = name == text_name(template, kind, Some(tone));
        book.places.get(&name).map(|place| (place.text.as_str(), own.then_some(tone)))
    }

    /// The names of facts that a template's own texts print or ask for, without those of its parts.
    #[must_use]
    pub fn variables(&self, language: Language, template: &str) -> BTreeSet<String> {
        let path = format!("{language}/{template}.txt");
        let book = self.books.get(&language);
        let names =
            book.into_iter().flat_map(|book| book.places.iter().filter(|(_, place)| place.path == path).map(move |own| (book, own.0)));
        let used = names.filter_map(|(book, name)| book.env.get_template(name).ok().map(|text| text.undeclared_variables(true)));
        used.flatten().collect()
    }

    /// The subject of a template for a tone, as it stands in its file.
    #[must_use]
    pub fn subject(&self, language: Language, template: &str, tone: Tone) -> Option<&str> {
        let book = self.books.get(&language)?;
        book.places.get(&book.find(template, Kind::Subject, tone)?).map(|place| place.text.as_str())
    }

    /// The languages that there are texts in, in order.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.books.keys().copied()
    }

    /// The names of the templates in a language, sorted; none for a language without texts.
    pub fn names(&self, language: Language) -> impl Iterator<Item = &str> {
        self.books.get(&language).into_iter().flat_map(|book| book.names.iter().map(String::as_str))
    }

    /// The tones in which a template has an e-mail of its own.
    pub fn tones(&self, language: Language, template: &str) -> impl Iterator<Item = Tone> {
        let book = self.books.get(&language);
        let name = template.to_owned();
        Tone::ALL
            .iter()
            .copied()
            .filter(move |&tone| book.is_some_and(|book| book.places.contains_key(&text_name(&name, Kind::Email, Some(tone)))))
    }

    pub(super) fn book(&self, language: Language) -> Option<&Book> {
        self.books.get(&language).map(|book| &**book)
    }
}

impl Book {
    fn new(language: Language) -> Self {
        let mut env = Environment::empty();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_formatter(view::print);
        // Errors then name the variable; it costs nothing until there is one.
        env.set_debug(true);
        env.set_fuel(Some(FUEL));
        // One include counts for ten: templates include parts, parts include parts, and that is deep enough.
        env.set_recursion_limit(60);
        view::add_filters(&mut env, language);
        Self { env, names: BTreeSet::new(), places: BTreeMap::new() }
    }

    fn add(&mut self, name: &str, path: &str, text: &str) -> Result<(), TemplateError> {
        let fail = |line: usize, message: String| TemplateError { path: path.to_owned(), line, message };
        if text.len() > FILE_BYTES_MAX {
            return Err(fail(1, format!("the file has more than {FILE_BYTES_MAX} bytes: a message is shorter")));
        }
        let sections = sections::parse(text).map_err(|(line, message)| fail(line, message))?;
        let has = |kind: Kind| sections.contains_key(&Head::Text(kind, None));
        if name != PARTS {
            if let Some(kind) = [Kind::Subject, Kind::Email, Kind::Short].into_iter().find(|&kind| !has(kind)) {
                return Err(fail(
                    1,
                    format!("`--- {}` without a tone is missing: it serves every tone that has no text of its own", kind.as_str()),
                ));
            }
            self.names.insert(name.to_owned());
        }
        for (head, section) in sections {
            let compiled = match head {
                Head::Part(part) if name == PARTS => part,
                Head::Text(Kind::Push, None) if name == PARTS => Kind::Push.as_str().to_owned(),
                Head::Text(kind, tone) if name != PARTS => text_name(name, kind, tone),
                Head::Part(_) => return Err(fail(section.line, format!("parts stand in {PARTS}.txt, where every template finds them"))),
                Head::Text(..) => return Err(fail(section.line, format!("{PARTS}.txt holds parts and one `--- push`"))),
            };
            self.compile(compiled, path, section)?;
        }
        Ok(())
    }

    fn compile(&mut self, name: String, path: &str, section: Section) -> Result<(), TemplateError> {
        self.env.add_template_owned(name.clone(), section.text.clone()).map_err(|error| TemplateError {
            path: path.to_owned(),
            line: section.line + error.line().unwrap_or(1).saturating_sub(1),
            message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
        })?;
        self.places.insert(name, Place { path: path.to_owned(), line: section.line, text: section.text });
        Ok(())
    }

    /// The compiled name of a template's text: of the tone, else of all tones, else (push only) the language's own.
    pub(super) fn find(&self, template: &str, kind: Kind, tone: Tone) -> Option<String> {
        let own = [text_name(template, kind, Some(tone)), text_name(template, kind, None)];
        let common = (kind == Kind::Push).then(|| kind.as_str().to_owned());
        own.into_iter().chain(common).find(|name| self.places.contains_key(name))
    }
}

fn text_name(template: &str, kind: Kind, tone: Option<Tone>) -> String {
    let tone = tone.map(|tone| format!("/{tone}")).unwrap_or_default();
    format!("{template}/{}{tone}", kind.as_str())
}

fn parse_path(path: &str) -> Result<(Language, String), TemplateError> {
    let bad = |message: String| TemplateError { path: path.to_owned(), line: 1, message };
    let shape = || bad("a template file is named <language>/<template>.txt, e.g. pt-BR/overdue.txt".to_owned());
    let (language, file) = path.split_once('/').ok_or_else(shape)?;
    let name = file.strip_suffix(".txt").ok_or_else(shape)?;
    let language = Language::from_str(language).map_err(|error| bad(error.to_string()))?;
    if sections::is_name(name) { Ok((language, name.to_owned())) } else { Err(shape()) }
}
