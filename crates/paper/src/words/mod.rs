//! Every word that documents bring along, in each language. Deliberately absent: the words of a slip's form, which are the
//! form's, and how dates and amounts are written, which is `regua_wire`'s.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use regua_core::words::{Language, Rail};

/// The words of one language. What stands in braces is filled in.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) invoice: &'static str,
    pub(crate) credit: &'static str,
    pub(crate) slip: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) statement: &'static str,
    /// Before a number, e.g. `nº {number}`.
    pub(crate) number: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) issued: &'static str,
    pub(crate) due: &'static str,
    pub(crate) period: &'static str,
    pub(crate) order: &'static str,
    pub(crate) total_due: &'static str,
    pub(crate) total_credit: &'static str,
    /// `{date}` is a day in words.
    pub(crate) due_on: &'static str,
    pub(crate) credit_on: &'static str,
    pub(crate) how_to_pay: &'static str,
    pub(crate) automatic: &'static str,
    pub(crate) pix_title: &'static str,
    pub(crate) pix_help: &'static str,
    pub(crate) pix_code: &'static str,
    pub(crate) line: &'static str,
    pub(crate) description: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) unit_price: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) subtotal: &'static str,
    pub(crate) discount: &'static str,
    pub(crate) contained: &'static str,
    pub(crate) total: &'static str,
    pub(crate) items: &'static str,
    pub(crate) instalments: &'static str,
    pub(crate) instalment: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) received: &'static str,
    /// `{name}`, `{amount}`, `{date}`.
    pub(crate) received_from: &'static str,
    pub(crate) paid_on: &'static str,
    pub(crate) method: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) applied: &'static str,
    pub(crate) document: &'static str,
    pub(crate) credit_left: &'static str,
    pub(crate) account_of: &'static str,
    pub(crate) opening: &'static str,
    pub(crate) charged: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) closing: &'static str,
    pub(crate) closing_credit: &'static str,
    pub(crate) movements: &'static str,
    pub(crate) date: &'static str,
    pub(crate) balance: &'static str,
    /// `{page}`, `{pages}`.
    pub(crate) page_of: &'static str,
    /// `{amount}`, `{name}`.
    pub(crate) qr_shows: &'static str,
    /// `{line}`.
    pub(crate) barcode_shows: &'static str,
    /// `{name}`.
    pub(crate) logo_shows: &'static str,
    /// In the order of [`Rail`]: Pix, Pix Automático, boleto, card, ACH, SEPA, Bacs, direct debit, transfer, cash, cheque, other.
    pub(crate) rails: [&'static str; 12],
}

pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::PtBr => &pt::WORDS,
        Language::En => &en::WORDS,
        Language::Es => &es::WORDS,
        Language::It => &it::WORDS,
        Language::Fr => &fr::WORDS,
        Language::De => &de::WORDS,
    }
}

/// A language as PDF names it.
pub(crate) const fn tag(language: Language) -> &'static str {
    match language {
        Language::PtBr => "pt-BR",
        Language::En => "en",
        Language::Es => "es",
        Language::It => "it",
        Language::Fr => "fr",
        Language::De => "de",
    }
}

impl Words {
    /// What a way of paying is called.
    pub(crate) fn rail(&self, rail: Rail) -> &'static str {
        let at = match rail {
            Rail::Pix => 0,
            Rail::PixAutomatico => 1,
            Rail::Boleto => 2,
            Rail::Card => 3,
            Rail::Ach => 4,
            Rail::Sepa => 5,
            Rail::Bacs => 6,
            Rail::DirectDebit => 7,
            Rail::Transfer => 8,
            Rail::Cash => 9,
            Rail::Check => 10,
            Rail::Other => 11,
        };
        self.rails.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_language_lacks_a_word_or_a_place_to_fill_in() {
        let shape = |language: Language| {
            // The names of the fields and what stands in braces: the same in every language.
            let text = format!("{:#?}", words(language));
            assert!(!text.contains("\"\""), "{language}: a word is empty");
            let holes = |line: &str| line.matches(['{', '}']).count();
            let fields = |line: &str| line.split(':').next().map(str::trim).map(str::to_owned);
            let rows = text.lines().filter(|line| line.contains(": \"")).map(|line| (fields(line), holes(line)));
            rows.collect::<Vec<_>>()
        };
        for language in Language::ALL {
            assert_eq!(shape(*language), shape(Language::PtBr), "{language}");
            for rail in Rail::ALL {
                assert!(!words(*language).rail(*rail).is_empty());
            }
        }
    }
}
