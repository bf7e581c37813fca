//! Every word of the portal, in six languages: one list, so that a language in which a word is missing does not compile.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use regua_core::words::Language;

/// The list, and each of its words by name.
macro_rules! words {
    ($($name:ident),+ $(,)?) => {
        /// The words of a language.
        pub(super) struct Words { $(pub(super) $name: &'static str),+ }

        #[cfg(test)]
        impl Words {
            /// Every word with its name.
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

words! {
    // Around every page.
    skip, back, more, your_account, your_say, about_us, languages, ask_company, good_until, send, save, remove, download, note, which_bill, more_bills,
    // Links that are not good, or not good enough.
    gone, gone_says, new_link, new_link_says, new_link_asked, fresher_says,
    // What pages are called.
    owed, months, pay, pay_now, paid, method, contact, preferences, promise, split, dispute, question, papers, receipt, statement, policy, privacy,
    data, survey, not_me, stop,
    // What is owed.
    bill_named, nothing_owed, total_today, credit, is_disputed, is_on_its_way, is_promised, is_late, is_open, due_on, number, billed, already_paid,
    lowered, fine, interest, fees, discount, to_pay, why_late, valid_until, promised_for, other_ways,
    // What comes.
    nothing_comes, months_says, expected,
    // Paying.
    on_its_way_says, no_way_to_pay, other_method, pix, pix_says, pix_make, pix_how, pix_code, copy_hint, pix_after, pix_look, qr_label, sandbox_says, sandbox_pay, boleto,
    boleto_says, boleto_make, boleto_line, boleto_open, slip, slip_says, slip_pdf, card, card_says, card_make, card_open, stored,
    stored_says, stored_charge,
    // Telling.
    paid_says, paid_on, paid_amount, paid_how, by_transfer, paid_proof, promise_says, promise_none, promise_on, promise_send, split_says, split_parts, split_first,
    dispute_says, dispute_open, dispute_reason, reason_not_mine, reason_amount, reason_paid, reason_service, reason_other, dispute_words,
    dispute_send, question_says, question_words, survey_says, survey_scale,
    // What is the customer's own.
    by_email, by_sms, by_whatsapp, by_push, by_in_app, by_voice, by_letter, method_says, method_none, method_at_pay, expires, card_new,
    card_number, card_expiry, card_consent, sandbox_cards, contact_says, contact_off, contact_add_email, contact_email, contact_add_phone,
    contact_phone, contact_sms, contact_whatsapp, pref_language, pref_channel, pref_any, pref_allowed, pref_allowed_says, pref_day_title,
    pref_day_says, pref_day, not_me_says, not_me_send, not_me_nobody, stop_says, stop_send,
    // Papers and privacy.
    statement_says, receipts, receipts_none, data_says, erase, erase_says, erase_confirm, erase_send,
    // The rule.
    rule_says, rule_costs, rule_fine, rule_interest, rule_per_day, rule_per_month, rule_per_year, rule_per_days, rule_fixed, rule_early,
    rule_free, rule_messages, rule_cap_day, rule_cap_week, rule_cap_month, rule_channels, rule_hours_br, rule_hours_us, rule_hours_eu,
    rule_hours_uk, rule_hours_none, rule_stops, rule_steps, rule_steps_says, rule_end, when_failed, when_promise, when_expiry, when_renewal,
    when_after, when_again, on_issue, on_due, hours_after, days_after_issue, days_before, days_after, open_days_before, open_days_after,
    does_message, does_offer, does_offer_once, does_charge, does_grace, does_limit, does_suspend, does_cancel, does_fee, does_report,
    does_assign, does_end, does_announced, does_perhaps,
    // What came of a form.
    m_asked, m_charging, m_claimed, m_disputed, m_made, m_method, m_new_link, m_not_me, m_paying, m_promised, m_removed, m_saved, m_stopped,
    m_thanks, m_bad_amount, m_bad_bill, m_bad_card, m_bad_contact, m_bad_day, m_bad_email, m_bad_expiry, m_bad_file, m_bad_form,
    m_bad_phone, m_fresher, m_no_channel, m_no_words, m_not_sure, m_refused, m_old_form, m_under_way, m_no_promise, m_many, m_no_charge,
    m_busy, m_no_paper,
}

/// The words of a language.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::PtBr => &pt::WORDS,
        Language::En => &en::WORDS,
        Language::Es => &es::WORDS,
        Language::It => &it::WORDS,
        Language::Fr => &fr::WORDS,
        Language::De => &de::WORDS,
    }
}

/// What a language is called by those who speak it.
pub(super) const fn own_name(language: Language) -> &'static str {
    match language {
        Language::PtBr => "Português",
        Language::En => "English",
        Language::Es => "Español",
        Language::It => "Italiano",
        Language::Fr => "Français",
        Language::De => "Deutsch",
    }
}

/// A language in an address.
pub(super) const fn short(language: Language) -> &'static str {
    match language {
        Language::PtBr => "pt",
        Language::En => "en",
        Language::Es => "es",
        Language::It => "it",
        Language::Fr => "fr",
        Language::De => "de",
    }
}

/// The language of such a word.
pub(super) fn spoken(word: &str) -> Option<Language> {
    Language::ALL.iter().copied().find(|language| short(*language).eq_ignore_ascii_case(word))
}

/// A text with its places filled.
pub(super) fn fill(text: &str, places: &[(&str, &str)]) -> String {
    places.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// What came of a form, by its word in the address; nothing for another word.
pub(super) fn said(w: &'static Words, word: &str) -> Option<&'static str> {
    Some(match word {
        "asked" => w.m_asked,
        "charging" => w.m_charging,
        "claimed" => w.m_claimed,
        "disputed" => w.m_disputed,
        "made" => w.m_made,
        "method" => w.m_method,
        "new_link" => w.m_new_link,
        "not_me" => w.m_not_me,
        "paying" => w.m_paying,
        "promised" => w.m_promised,
        "removed" => w.m_removed,
        "saved" => w.m_saved,
        "stopped" => w.m_stopped,
        "thanks" => w.m_thanks,
        "bad_amount" => w.m_bad_amount,
        "bad_bill" => w.m_bad_bill,
        "bad_card" => w.m_bad_card,
        "bad_contact" => w.m_bad_contact,
        "bad_day" => w.m_bad_day,
        "bad_email" => w.m_bad_email,
        "bad_expiry" => w.m_bad_expiry,
        "bad_file" => w.m_bad_file,
        "bad_form" => w.m_bad_form,
        "bad_phone" => w.m_bad_phone,
        "fresher" => w.m_fresher,
        "no_channel" => w.m_no_channel,
        "no_words" => w.m_no_words,
        "not_sure" => w.m_not_sure,
        "refused" => w.m_refused,
        "old_form" => w.m_old_form,
        "under_way" => w.m_under_way,
        "no_promise" => w.m_no_promise,
        "many" => w.m_many,
        "no_charge" => w.m_no_charge,
        "busy" => w.m_busy,
        "no_paper" => w.m_no_paper,
        _ => return None,
    })
}

/// Whether such a word tells that nothing was done.
pub(super) fn is_trouble(word: &str) -> bool {
    let other = ["fresher", "not_sure", "refused", "old_form", "under_way", "many", "busy"];
    word.starts_with("bad_") || word.starts_with("no_") || other.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The places of a text.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_language_has_every_word_with_its_places() {
        let english = of(Language::En).all();
        for language in Language::ALL.iter().copied() {
            for ((name, text), (other, own)) in of(language).all().into_iter().zip(&english) {
                assert_eq!(name, *other);
                assert!(!text.trim().is_empty() && text.trim() == text, "{language}: {name}");
                assert_eq!(places(text), places(own), "{language}: {name}");
                assert!(!text.contains(['<', '>']), "{language}: {name}");
            }
        }
    }

    #[test]
    fn languages_differ() {
        let english = of(Language::En).all();
        for language in Language::ALL.iter().copied().filter(|language| *language != Language::En) {
            let same = of(language).all().into_iter().zip(&english).filter(|((_, text), (_, own))| text == own).count();
            assert!(same < 12, "{language}: {same} words are English");
        }
    }

    #[test]
    fn what_came_to_nothing_is_told_as_that() {
        for (word, trouble) in
            [("saved", false), ("promised", false), ("new_link", false), ("not_me", false), ("bad_day", true), ("no_words", true)]
        {
            assert!(said(of(Language::En), word).is_some());
            assert_eq!(is_trouble(word), trouble, "{word}");
        }
        for (name, text) in of(Language::En).all().into_iter().filter(|(_, text)| text.starts_with("Nothing was")) {
            let word = name.trim_start_matches("m_");
            assert!(said(of(Language::En), word) == Some(text) && is_trouble(word), "{name}");
        }
    }

    #[test]
    fn what_is_no_word_says_nothing() {
        assert_eq!(said(of(Language::En), "<script>"), None);
        assert_eq!(spoken("DE"), Some(Language::De));
        assert_eq!(spoken("xx"), None);
        assert_eq!(fill("a {b} c", &[("b", "1")]), "a 1 c");
    }
}
