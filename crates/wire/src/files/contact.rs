//! Contact data and other words about a customer, as files write them.

use regua_core::party::Consent;
use regua_core::words::{Channel, Language, Rail};

use super::header::normal;

/// A language by its tag (`pt-BR`, `pt_BR`, `en`): what counts is its first part.
pub(super) fn language(text: &str) -> Option<Language> {
    match text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "pt" => Some(Language::PtBr),
        "en" => Some(Language::En),
        "es" => Some(Language::Es),
        "it" => Some(Language::It),
        "fr" => Some(Language::Fr),
        "de" => Some(Language::De),
        _ => None,
    }
}

/// A payment rail by its word or by what people call it.
pub(super) fn rail(text: &str) -> Option<Rail> {
    let normal = normal(text);
    normal.parse().ok().or(match normal.as_str() {
        "pix_automatic" | "automatic_pix" => Some(Rail::PixAutomatico),
        "boleto_bancario" | "bank_slip" => Some(Rail::Boleto),
        "credit_card" | "debit_card" | "cartao" | "cartao_de_credito" | "cartao_credito" | "cartao_de_debito" => Some(Rail::Card),
        "ach_debit" | "us_bank_account" => Some(Rail::Ach),
        "sepa_debit" | "sepa_direct_debit" | "sdd" => Some(Rail::Sepa),
        "bacs_debit" => Some(Rail::Bacs),
        "debito_automatico" | "debito_em_conta" => Some(Rail::DirectDebit),
        "bank_transfer" | "wire" | "wire_transfer" | "transferencia" | "transferencia_bancaria" | "ted" | "doc" => Some(Rail::Transfer),
        "dinheiro" | "especie" => Some(Rail::Cash),
        "cheque" => Some(Rail::Check),
        "outro" | "outros" => Some(Rail::Other),
        _ => None,
    })
}

/// The subdivision of an ISO 3166-2 code, `SP` of `BR-SP` or `SP`; none for anything else.
pub(super) fn state(text: &str) -> Option<Box<str>> {
    let part = match text.split_once('-') {
        Some((country, part)) if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic()) => part,
        Some(_) => return None,
        None => text,
    };
    ((1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| part.to_ascii_uppercase().into())
}

/// A channel by its word or by what people call it.
pub(super) fn channel(text: &str) -> Option<Channel> {
    let normal = normal(text);
    normal.parse().ok().or(match normal.as_str() {
        "e_mail" | "mail" => Some(Channel::Email),
        "text" | "torpedo" => Some(Channel::Sms),
        "whats_app" | "whats" | "zap" | "wa" => Some(Channel::Whatsapp),
        "phone" | "call" | "calls" | "telefone" | "ligacao" | "voz" => Some(Channel::Voice),
        "carta" => Some(Channel::Letter),
        _ => None,
    })
}

/// What the cell of a consent column says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Consents {
    /// `all`, `yes`, `sim` …
    All,
    /// `none`, `no`, `não` …: not even messages about the contract.
    Nothing,
    /// These channels, as a mask over [`Channel::ALL`].
    Some(u8),
}

impl Consents {
    /// Reads channels separated by `|`, `;`, `,`, `+`, `/` or blanks, or one word for all or none.
    ///
    /// # Errors
    /// The first word that is no channel.
    pub(super) fn parse(text: &str) -> Result<Self, &str> {
        match normal(text).as_str() {
            "all" | "todos" | "tudo" | "yes" | "y" | "true" | "sim" | "s" | "1" => return Ok(Self::All),
            "none" | "nenhum" | "nenhuma" | "no" | "n" | "false" | "nao" | "0" | "opted_out" | "opt_out" => return Ok(Self::Nothing),
            _ => {}
        }
        let mut mask = 0;
        for word in text
            .split(|letter: char| letter.is_whitespace() || matches!(letter, '|' | ';' | ',' | '+' | '/'))
            .filter(|word| !word.is_empty())
        {
            mask |= bit(channel(word).ok_or(word)?);
        }
        Ok(Self::Some(mask))
    }

    /// The ground on which a contact point on `channel` may be used (SPEC §17); none: no consent is known at all.
    pub(super) fn ground(known: Option<Self>, channel: Channel) -> Consent {
        let unasked = if channel == Channel::Email { Consent::Contract } else { Consent::None };
        match known {
            None => unasked,
            Some(Self::All) => Consent::OptedIn,
            Some(Self::Nothing) => Consent::OptedOut,
            Some(Self::Some(mask)) if mask & bit(channel) != 0 => Consent::OptedIn,
            Some(Self::Some(_)) => unasked,
        }
    }
}

fn bit(channel: Channel) -> u8 {
    let place = Channel::ALL.iter().position(|&other| other == channel).and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
    1_u8.checked_shl(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNELS: [Channel; 4] = [Channel::Email, Channel::Whatsapp, Channel::Sms, Channel::Voice];

    #[test]
    fn consent_is_a_list_of_channels_or_a_word_for_all_or_none() {
        use Consent::{Contract, None, OptedIn, OptedOut};
        // Text | e-mail, WhatsApp, SMS, voice.
        for (text, expected) in [
            ("email sms whatsapp", [OptedIn, OptedIn, OptedIn, None]),
            ("E-mail|WhatsApp", [OptedIn, OptedIn, None, None]),
            ("sms;voice", [Contract, None, OptedIn, OptedIn]),
            ("whatsapp, telefone", [Contract, OptedIn, None, OptedIn]),
            ("all", [OptedIn; 4]),
            ("Sim", [OptedIn; 4]),
            ("none", [OptedOut; 4]),
            ("não", [OptedOut; 4]),
        ] {
            let consents = Consents::parse(text).unwrap();
            assert_eq!(CHANNELS.map(|channel| Consents::ground(Some(consents), channel)), expected, "{text}");
        }
        assert_eq!(CHANNELS.map(|channel| Consents::ground(Option::None, channel)), [Contract, None, None, None]);
        assert_eq!(Consents::parse("email pigeon"), Err("pigeon"));
    }

    #[test]
    fn rails_states_and_languages_have_everyday_names() {
        for (text, expected) in
            [("pix", Some(Rail::Pix)), ("Cartão de crédito", Some(Rail::Card)), ("SEPA debit", Some(Rail::Sepa)), ("barter", None)]
        {
            assert_eq!(rail(text), expected, "{text}");
        }
        for (text, expected) in [("SP", Some("SP")), ("br-ma", Some("MA")), ("open", None), ("", None), ("são paulo", None)] {
            assert_eq!(state(text).as_deref(), expected, "{text}");
        }
        for (text, expected) in [("pt-BR", Some(Language::PtBr)), ("en_US", Some(Language::En)), ("klingon", None)] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
