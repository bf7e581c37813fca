//! What the app says, in six languages: what is open, what comes of it, and the way out. No threat, no blame, no third person.
//!
//! `{sum}` is what is open, `{day}` a day. Amounts and days are written as the language writes them, by `wire`.

use regua_core::words::Language;

/// The words of a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// A charge has failed and nothing is late: title and text.
    pub(super) failed: (&'static str, &'static str),
    /// Something is late: title, and text with `{sum}` and `{day}`, the oldest due date.
    pub(super) late: (&'static str, &'static str),
    /// Nothing is late and something was announced: title, and text with `{sum}`.
    pub(super) announced: (&'static str, &'static str),
    /// Access is limited: title and text.
    pub(super) limited: (&'static str, &'static str),
    /// Access is suspended or ended: title and text.
    pub(super) suspended: (&'static str, &'static str),
    /// What is open, with `{sum}`.
    pub(super) open: &'static str,
    /// That access comes back by itself.
    pub(super) back: &'static str,
    /// That nothing is asked for what is disputed, promised or on its way.
    pub(super) resting: &'static str,
    /// What was announced, each with `{day}`: access limited, access suspended, access ended, a fee, a report, an agency.
    pub(super) coming: [&'static str; 6],
    /// One thing that is late, with `{name}`, `{sum}` and `{day}`.
    pub(super) line: &'static str,
    /// The button.
    pub(super) pay: &'static str,
    /// Puts it away.
    pub(super) later: &'static str,
    /// What the bar is called to who cannot see it.
    pub(super) label: &'static str,
}

/// The words of a language.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::PtBr => &PT_BR,
        Language::En => &EN,
        Language::Es => &ES,
        Language::It => &IT,
        Language::Fr => &FR,
        Language::De => &DE,
    }
}

const PT_BR: Words = Words {
    failed: ("O pagamento não foi concluído", "Não conseguimos cobrar {sum}. Escolha outra forma de pagamento e nada muda."),
    late: ("Há um pagamento em aberto", "{sum} em aberto desde {day}."),
    announced: ("Há um pagamento em aberto", "{sum} em aberto."),
    limited: ("Acesso limitado", "Você pode ver tudo, mas por enquanto não pode alterar nada."),
    suspended: ("Acesso suspenso", "Seus dados estão guardados."),
    open: "Em aberto: {sum}.",
    back: "O acesso volta na hora em que o pagamento for confirmado.",
    resting: "O que você contestou, prometeu ou já pagou não está sendo cobrado agora.",
    coming: [
        "Sem pagamento, o acesso fica limitado em {day}.",
        "Sem pagamento, o acesso é suspenso em {day}.",
        "Sem pagamento, o acesso termina em {day}.",
        "Sem pagamento, há um acréscimo em {day}.",
        "Sem pagamento, o registro em um birô de crédito é feito em {day}.",
        "Sem pagamento, a cobrança passa a uma empresa parceira em {day}.",
    ],
    line: "{name}: {sum}, vencimento em {day}",
    pay: "Ver e pagar",
    later: "Lembrar amanhã",
    label: "Aviso de pagamento",
};

const EN: Words = Words {
    failed: ("Your payment did not go through", "We could not charge {sum}. Choose another way to pay and nothing changes."),
    late: ("A payment is open", "{sum} has been open since {day}."),
    announced: ("A payment is open", "{sum} is open."),
    limited: ("Access is limited", "You can see everything, and change nothing for now."),
    suspended: ("Access is suspended", "Your data is safe."),
    open: "Open: {sum}.",
    back: "Access comes back the moment the payment is confirmed.",
    resting: "What you have disputed, promised or already paid is not being asked for now.",
    coming: [
        "Without payment, access becomes limited on {day}.",
        "Without payment, access is suspended on {day}.",
        "Without payment, access ends on {day}.",
        "Without payment, a fee is added on {day}.",
        "Without payment, a credit bureau is told on {day}.",
        "Without payment, a partner company takes over on {day}.",
    ],
    line: "{name}: {sum}, due on {day}",
    pay: "See and pay",
    later: "Remind me tomorrow",
    label: "Payment notice",
};

const ES: Words = Words {
    failed: ("El pago no se completó", "No pudimos cobrar {sum}. Elija otra forma de pago y nada cambia."),
    late: ("Hay un pago pendiente", "{sum} pendiente desde el {day}."),
    announced: ("Hay un pago pendiente", "{sum} pendiente."),
    limited: ("Acceso limitado", "Puede verlo todo, pero por ahora no puede cambiar nada."),
    suspended: ("Acceso suspendido", "Sus datos están guardados."),
    open: "Pendiente: {sum}.",
    back: "El acceso vuelve en cuanto se confirme el pago.",
    resting: "Lo que ha reclamado, prometido o ya pagado no se está cobrando ahora.",
    coming: [
        "Sin pago, el acceso se limita el {day}.",
        "Sin pago, el acceso se suspende el {day}.",
        "Sin pago, el acceso termina el {day}.",
        "Sin pago, se añade un cargo el {day}.",
        "Sin pago, se comunica a una central de riesgos el {day}.",
        "Sin pago, una empresa asociada continúa la gestión desde el {day}.",
    ],
    line: "{name}: {sum}, vence el {day}",
    pay: "Ver y pagar",
    later: "Recordar mañana",
    label: "Aviso de pago",
};

const IT: Words = Words {
    failed: ("Il pagamento non è andato a buon fine", "Non siamo riusciti ad addebitare {sum}. Scelga un altro metodo e nulla cambia."),
    late: ("C’è un pagamento aperto", "{sum} da pagare dal {day}."),
    announced: ("C’è un pagamento aperto", "{sum} da pagare."),
    limited: ("Accesso limitato", "Può vedere tutto, ma per ora non può modificare nulla."),
    suspended: ("Accesso sospeso", "I suoi dati sono al sicuro."),
    open: "Da pagare: {sum}.",
    back: "L’accesso torna appena il pagamento è confermato.",
    resting: "Ciò che ha contestato, promesso o già pagato non viene richiesto adesso.",
    coming: [
        "Senza pagamento, l’accesso diventa limitato il {day}.",
        "Senza pagamento, l’accesso è sospeso il {day}.",
        "Senza pagamento, l’accesso termina il {day}.",
        "Senza pagamento, si aggiunge una spesa il {day}.",
        "Senza pagamento, segue la segnalazione a una centrale rischi il {day}.",
        "Senza pagamento, la gestione passa a una società partner il {day}.",
    ],
    line: "{name}: {sum}, scadenza {day}",
    pay: "Vedi e paga",
    later: "Ricordamelo domani",
    label: "Avviso di pagamento",
};

const FR: Words = Words {
    failed: ("Le paiement n’a pas abouti", "Nous n’avons pas pu débiter {sum}. Choisissez un autre moyen de paiement et rien ne change."),
    late: ("Un paiement est en attente", "{sum} à régler depuis le {day}."),
    announced: ("Un paiement est en attente", "{sum} à régler."),
    limited: ("Accès limité", "Vous pouvez tout voir, mais rien modifier pour le moment."),
    suspended: ("Accès suspendu", "Vos données sont conservées."),
    open: "À régler : {sum}.",
    back: "L’accès revient dès que le paiement est confirmé.",
    resting: "Ce que vous avez contesté, promis ou déjà payé n’est pas réclamé en ce moment.",
    coming: [
        "Sans paiement, l’accès est limité le {day}.",
        "Sans paiement, l’accès est suspendu le {day}.",
        "Sans paiement, l’accès prend fin le {day}.",
        "Sans paiement, des frais s’ajoutent le {day}.",
        "Sans paiement, un organisme de crédit est informé le {day}.",
        "Sans paiement, une société partenaire prend le relais le {day}.",
    ],
    line: "{name} : {sum}, échéance le {day}",
    pay: "Voir et payer",
    later: "Me le rappeler demain",
    label: "Avis de paiement",
};

const DE: Words = Words {
    failed: (
        "Die Zahlung ist nicht durchgegangen",
        "{sum} konnte nicht abgebucht werden. Mit einem anderen Zahlungsmittel ändert sich nichts.",
    ),
    late: ("Eine Zahlung ist offen", "{sum} ist seit dem {day} offen."),
    announced: ("Eine Zahlung ist offen", "{sum} ist offen."),
    limited: ("Zugang eingeschränkt", "Sie können alles sehen, aber vorerst nichts ändern."),
    suspended: ("Zugang gesperrt", "Ihre Daten sind sicher."),
    open: "Offen: {sum}.",
    back: "Der Zugang ist wieder da, sobald die Zahlung bestätigt ist.",
    resting: "Was Sie beanstandet, zugesagt oder schon bezahlt haben, wird jetzt nicht verlangt.",
    coming: [
        "Ohne Zahlung wird der Zugang am {day} eingeschränkt.",
        "Ohne Zahlung wird der Zugang am {day} gesperrt.",
        "Ohne Zahlung endet der Zugang am {day}.",
        "Ohne Zahlung kommt am {day} eine Gebühr hinzu.",
        "Ohne Zahlung erfolgt am {day} die Meldung an eine Auskunftei.",
        "Ohne Zahlung übernimmt am {day} ein Partnerunternehmen.",
    ],
    line: "{name}: {sum}, fällig am {day}",
    pay: "Ansehen und bezahlen",
    later: "Morgen erinnern",
    label: "Zahlungshinweis",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_every_language_has_its_blanks_and_no_other() {
        let blanks = |text: &str| ["{sum}", "{day}", "{name}"].map(|blank| text.matches(blank).count());
        for language in Language::ALL {
            let words = of(*language);
            assert_eq!(blanks(words.failed.1), [1, 0, 0], "{language}");
            assert_eq!(blanks(words.late.1), [1, 1, 0], "{language}");
            assert_eq!(blanks(words.announced.1), [1, 0, 0], "{language}");
            assert_eq!(blanks(words.open), [1, 0, 0], "{language}");
            assert_eq!(blanks(words.line), [1, 1, 1], "{language}");
            for coming in words.coming {
                assert_eq!(blanks(coming), [0, 1, 0], "{language}: {coming}");
            }
            let plain = [words.limited.1, words.suspended.1, words.back, words.resting, words.pay, words.later, words.label];
            for text in plain.into_iter().chain([words.failed.0, words.late.0, words.announced.0, words.limited.0, words.suspended.0]) {
                assert!(!text.contains('{') && !text.is_empty(), "{language}: {text}");
            }
        }
    }
}
