//! Reasons in words that need no manual: few of them for a plot, a sentence for its table.

use regua_core::words::{DeferReason, SkipReason};

use super::data::Lang;

/// A skip reason in few words and in a sentence.
pub(super) const fn skip(lang: Lang, reason: SkipReason) -> (&'static str, &'static str) {
    match lang {
        Lang::PtBr => skip_pt(reason),
        Lang::En => skip_en(reason),
    }
}

/// A defer reason in few words and in a sentence.
pub(super) const fn defer(lang: Lang, reason: DeferReason) -> (&'static str, &'static str) {
    match lang {
        Lang::PtBr => defer_pt(reason),
        Lang::En => defer_en(reason),
    }
}

const fn skip_pt(reason: SkipReason) -> (&'static str, &'static str) {
    match reason {
        SkipReason::BeforeEntry => ("Anterior à entrada", "O dia do passo já tinha passado quando a cobrança chegou."),
        SkipReason::Closed => ("Já resolvida", "A cobrança foi paga ou encerrada antes do passo."),
        SkipReason::NotBefore => ("Carência do segmento", "O segmento não é cobrado antes de certo dia."),
        SkipReason::Condition => ("Condição não atendida", "O `se` do passo não valia naquele momento."),
        SkipReason::Currency => ("Outra moeda", "O passo compara valores de moedas diferentes."),
        SkipReason::Superseded => ("Substituído por outro passo", "Um passo mais novo, ou uma restrição igual, tomou o seu lugar."),
        SkipReason::Minimum => ("Abaixo do mínimo", "O valor em aberto é pequeno demais para cobrar."),
        SkipReason::Unreachable => ("Sem canal utilizável", "Nenhum contato do cliente pode ser usado: falta dado ou consentimento."),
        SkipReason::Forbidden => ("Proibido por regra", "A lei ou uma regra do canal proíbe este contato."),
        SkipReason::Rejected => ("Recusado por uma pessoa", "Quem devia aprovar disse não."),
        SkipReason::Frozen => ("Congelado até o fim", "Promessa, disputa, acordo ou pausa durou mais que a janela do passo."),
        SkipReason::NoLegalMoment => ("Sem horário permitido", "Não houve hora permitida dentro da janela do passo."),
        SkipReason::Capped => ("Limite de contatos", "O cliente já tinha recebido todos os contatos do dia ou da semana."),
        SkipReason::NotApproved => ("Sem aprovação a tempo", "Ninguém aprovou o passo dentro do prazo."),
        SkipReason::Stale => ("Passou da hora", "O contato só poderia sair quando já não fazia sentido."),
    }
}

const fn skip_en(reason: SkipReason) -> (&'static str, &'static str) {
    match reason {
        SkipReason::BeforeEntry => ("Before entry", "The step's day had passed when the receivable became known."),
        SkipReason::Closed => ("Already settled", "The receivable was paid or closed before the step."),
        SkipReason::NotBefore => ("Segment's grace", "The segment is not chased before a certain day."),
        SkipReason::Condition => ("Condition not met", "The step's `if` did not hold at that moment."),
        SkipReason::Currency => ("Another currency", "The step compares amounts of different currencies."),
        SkipReason::Superseded => ("Replaced by another step", "A newer step, or an equal restriction, took its place."),
        SkipReason::Minimum => ("Below the minimum", "The open amount is too small to chase."),
        SkipReason::Unreachable => ("No usable channel", "No contact point of the customer can be used: data or consent is missing."),
        SkipReason::Forbidden => ("Forbidden by a rule", "The law or a rule of the channel forbids this contact."),
        SkipReason::Rejected => ("Refused by a person", "The person who had to approve said no."),
        SkipReason::Frozen => ("Frozen to the end", "A promise, dispute, agreement or pause outlasted the step's window."),
        SkipReason::NoLegalMoment => ("No permitted hour", "There was no permitted hour within the step's window."),
        SkipReason::Capped => ("Contact limit", "The customer had already had all contacts of the day or the week."),
        SkipReason::NotApproved => ("Not approved in time", "Nobody approved the step in time."),
        SkipReason::Stale => ("Too late", "The contact could only have gone out when it no longer made sense."),
    }
}

const fn defer_pt(reason: DeferReason) -> (&'static str, &'static str) {
    match reason {
        DeferReason::Frozen => ("Congelado", "Promessa, disputa, acordo, pausa ou reclamação em curso."),
        DeferReason::InFlight => ("Pagamento a caminho", "Um pagamento já iniciado ainda pode ser confirmado."),
        DeferReason::StaleSource => ("Extrato ainda não lido", "Os pagamentos daquele dia ainda não eram conhecidos."),
        DeferReason::Unannounced => ("Aviso prévio em curso", "Uma restrição só acontece depois de anunciada com antecedência."),
        DeferReason::Blackout => ("Período sem restrições", "A política suspende este tipo de passo nestas datas."),
        DeferReason::NoLegalMoment => {
            ("À espera de horário permitido", "A lei ou a boa prática só permite o passo em outra hora ou outro dia.")
        }
        DeferReason::Capped => ("Limite de contatos", "O cliente já recebeu todos os contatos do dia ou da semana."),
        DeferReason::OnePerDay => ("Uma restrição por dia", "Outra restrição da mesma cobrança vem antes."),
        DeferReason::Approval => ("À espera de aprovação", "Uma pessoa precisa liberar o passo."),
    }
}

const fn defer_en(reason: DeferReason) -> (&'static str, &'static str) {
    match reason {
        DeferReason::Frozen => ("Frozen", "A promise, dispute, agreement, pause or complaint is open."),
        DeferReason::InFlight => ("Payment on its way", "A payment already begun may still settle."),
        DeferReason::StaleSource => ("Statement not read yet", "The payments of that day were not yet known."),
        DeferReason::Unannounced => ("Notice still running", "A restriction only happens after it was announced in advance."),
        DeferReason::Blackout => ("Blackout", "The policy stops this kind of step on these dates."),
        DeferReason::NoLegalMoment => {
            ("Waiting for a permitted hour", "Law or good practice permits the step only at another hour or day.")
        }
        DeferReason::Capped => ("Contact limit", "The customer has had all contacts of the day or the week."),
        DeferReason::OnePerDay => ("One restriction a day", "Another restriction of the same receivable comes first."),
        DeferReason::Approval => ("Waiting for approval", "A person has to release the step."),
    }
}
