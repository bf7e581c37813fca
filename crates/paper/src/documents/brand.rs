//! Who speaks, and to whom. Deliberately absent: where names and addresses are kept.

use regua_core::party::TaxId;

use crate::colour::Colour;

/// A tenant as its documents show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brand {
    /// What customers call it.
    pub name: String,
    /// The name in the register of companies; the same as the name where it has no other.
    pub legal_name: String,
    /// Its tax id.
    pub tax_id: Option<TaxId>,
    /// Its address, one line each.
    pub address: Vec<String>,
    /// Its colour. Text takes a darker one where this cannot be read; panels take a tint of it.
    pub colour: Colour,
    /// Its logo; without one the name stands there.
    pub logo: Option<Logo>,
    /// How to reach it: an address, a number, a site, in the order in which they are printed.
    pub contact: Vec<String>,
}

impl Brand {
    /// A brand with a name and a colour and nothing else.
    #[must_use]
    pub fn named(name: &str, colour: Colour) -> Self {
        let (name, legal_name) = (name.to_owned(), name.to_owned());
        Self { name, legal_name, tax_id: None, address: Vec::new(), colour, logo: None, contact: Vec::new() }
    }
}

/// The bytes of a picture: at most 512 KiB and four million pixels, in grey or RGB.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Logo {
    /// A PNG; what is transparent in it stays so.
    Png(Vec<u8>),
    /// A JPEG.
    Jpeg(Vec<u8>),
}

/// Somebody that a document is for, or that stands in a slip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    /// The name.
    pub name: String,
    /// The tax id.
    pub tax_id: Option<TaxId>,
    /// The address, one line each.
    pub address: Vec<String>,
}

impl Party {
    /// A party of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), tax_id: None, address: Vec::new() }
    }
}
