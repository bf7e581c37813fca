//! Every text of the page that is not data, in both languages side by side.
//!
//! `{0}`, `{1}` … are filled by [`super::format::fill`]. Deliberately absent: texts for files and terminals.

use super::data::{Kind, Lang};
use regua_core::words::{Channel, DeferReason, SkipReason, Tone};

macro_rules! texts {
    ($($key:ident: $pt:expr, $en:expr;)+) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(super) struct Texts {
            $(pub(super) $key: &'static str,)+
            /// Months in three letters.
            pub(super) months: [&'static str; 12],
            /// Weekdays in three letters, Monday first.
            pub(super) weekdays: [&'static str; 7],
        }

        static PT_BR: Texts = Texts {
            $($key: $pt,)+
            months: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
            weekdays: ["seg", "ter", "qua", "qui", "sex", "sáb", "dom"],
        };

        static EN: Texts = Texts {
            $($key: $en,)+
            months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
            weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        };
    };
}

impl Lang {
    /// Its texts.
    pub(super) const fn texts(self) -> &'static Texts {
        match self {
            Self::PtBr => &PT_BR,
            Self::En => &EN,
        }
    }
}

texts! {
    report: "Relatório da régua de cobrança", "Collection rule report";
    period: "{0} a {1}", "{0} to {1}";
    policy: "Política {0}", "Policy {0}";
    skip_link: "Ir para o conteúdo", "Skip to content";

    lead: "De {0} faturados, {1} foram recebidos ({2}). Restam {3} em aberto, dos quais {4} já venceram.",
        "Of {0} billed, {1} was collected ({2}). {3} is open, {4} of it past due.";
    lead_nothing: "Nada foi faturado neste período: não há o que cobrar nem o que mostrar.",
        "Nothing was billed in this period: there is nothing to collect and nothing to show.";
    split: "Recebido {0}, a vencer {1}, vencido {2}", "Collected {0}, not yet due {1}, past due {2}";
    billed: "Faturado", "Billed";
    collected: "Recebido", "Collected";
    not_due: "A vencer", "Not yet due";
    open: "Em aberto", "Open";
    overdue: "Vencido", "Past due";
    receivables: "Cobranças", "Receivables";
    customers: "Clientes", "Customers";
    contacts: "Contatos", "Contacts";
    adverse: "Restrições", "Restrictions";
    adverse_hint: "acesso, encargos, cadastro de inadimplentes", "access, fees, credit bureau";
    followed: "Seguidos de pagamento em 3 dias", "Followed by payment within 3 days";
    followed_hint: "Correlação, não efeito: muitos pagariam de qualquer modo.", "Correlation, not effect: many would have paid anyway.";
    of_billed: "{0} do faturado", "{0} of billed";
    per_receivable: "{0} por cobrança", "{0} per receivable";
    of_contacts: "{0} de {1} contatos", "{0} of {1} contacts";
    see_numbers: "Ver os números", "See the numbers";
    nothing: "Nada a mostrar neste período.", "Nothing to show in this period.";
    total: "Total", "Total";
    all: "todas", "all";
    amount: "Valor", "Amount";
    share: "Parte", "Share";

    rule: "A régua", "The rule";
    rule_caption: "Cada passo no seu dia em relação ao vencimento (D), e o que aconteceu com ele. A escala é mais larga de D−10 a D+30.",
        "Each step on its day relative to the due date (D), and what became of it. The scale is wider from D−10 to D+30.";
    rule_told: "São {0} passos, de {1} a {2}: {3} feitos, {4} pulados, {5} entradas em espera.",
        "It has {0} steps, from {1} to {2}: {3} done, {4} skipped, {5} entries into waiting.";
    rule_nothing: "Nenhum passo foi decidido neste período.", "No step was decided in this period.";
    ladder: "Régua “{0}”", "Rule “{0}”";
    ladder_told: "{1} cobranças seguiram a régua “{0}”.", "{1} receivables walked the rule “{0}”.";
    ladders_more: "As outras réguas", "The other rules";
    due: "vencimento", "due date";
    due_letter: "D", "D";
    counts_short: "{0} feitos · {1} pulados · {2} adiados", "{0} done · {1} skipped · {2} deferred";
    step: "Passo", "Step";
    when: "Quando", "When";
    what: "O que faz", "What it does";
    done: "Feitos", "Done";
    done_word: "feitos", "done";
    skipped: "Pulados", "Skipped";
    deferred: "Adiados", "Deferred";
    off_rule: "Fora da régua", "Off the rule";
    off_rule_hint: "respondem a um acontecimento, não a um dia", "they follow an event, not a day";

    collection: "Quanto do faturado é pago, dia a dia", "How much of what was billed is paid, day by day";
    collection_told: "{0} do valor foi pago até o vencimento e {1} até {2} dias depois.",
        "{0} of the amount was paid by the due date and {1} within {2} days after it.";
    collection_caption: "Parte acumulada do valor faturado, por grupo de vencimento; os dias na mesma escala da régua.",
        "Cumulative share of the billed amount, by due-date cohort; days on the scale of the rule.";
    cohort: "Vencimento em", "Due in";
    by_due: "Até D", "By D";
    by_day: "Até D+{0}", "By D+{0}";

    aging: "O que está em aberto, por idade", "What is open, by age";
    aging_told: "{0} em aberto em {1} cobranças; {2} venceram há mais de 90 dias.", "{0} open in {1} receivables; {2} is more than 90 days late.";
    age: "Idade", "Age";
    age_0: "a vencer", "not due";
    age_1: "1–30 d", "1–30 d";
    age_2: "31–60 d", "31–60 d";
    age_3: "61–90 d", "61–90 d";
    age_4: "90+ d", "90+ d";

    weeks: "Contatos por semana, por canal", "Contacts per week, by channel";
    weeks_told: "{0} contatos em {1} semanas; na semana mais cheia foram {2}.", "{0} contacts in {1} weeks; {2} in the busiest one.";
    weeks_joined: "Cada coluna soma {0} semanas.", "Each column sums {0} weeks.";
    weeks_joined_told: "{0} contatos em {1} semanas; na coluna mais alta são {2}.", "{0} contacts in {1} weeks; {2} in the highest column.";
    week_of: "Semana de {0}", "Week of {0}";

    skips: "Por que passos foram pulados", "Why steps were skipped";
    skips_told: "{0} passos pulados; o motivo mais comum: {1}.", "{0} steps skipped; the most common reason: {1}.";
    defers: "Por que passos esperaram", "Why steps waited";
    defers_told: "{0} entradas em espera; o motivo mais comum: {1}. Esperar não é pular: o passo volta quando pode.",
        "{0} entries into waiting; the most common reason: {1}. To wait is not to skip: the step returns when it may.";
    reason: "Motivo", "Reason";
    meaning: "O que significa", "What it means";
    times: "Vezes", "Times";

    recovered: "Pago em até {0} dias depois de cada passo", "Paid within {0} days after each step";
    recovered_told: "{0} foram pagos em até {1} dias depois de algum passo. É correlação: não diz o que o passo causou.",
        "{0} was paid within {1} days after a step. This is correlation: it does not say what the step caused.";
    followed_of: "{0} de {1}", "{0} of {1}";
    paid_after: "Pago depois", "Paid after";
    followed_count: "Seguidos de pagamento", "Followed by payment";

    hours: "Contatos por dia da semana e hora", "Contacts by weekday and hour";
    hours_told: "Nenhum contato antes das {0} nem a partir das {1}; {2} aos sábados e {3} aos domingos.",
        "No contact before {0} nor from {1} on; {2} on Saturdays and {3} on Sundays.";
    hours_caption: "Hora local do cliente; contorno vazio: nenhum contato.", "The customer's local hour; an empty outline: no contact.";
    hour_cell: "{0}, {1}h: {2}", "{0}, {1}:00: {2}";
    hour: "Hora", "Hour";

    plan: "O plano da próxima semana", "Next week's plan";
    plan_told: "De {0} a {1}, se ninguém pagar antes: {2} passos.", "From {0} to {1}, if nobody pays before: {2} steps.";
    plan_cut: "E mais {0}: “regua plan” mostra todos.", "And {0} more: “regua plan” shows them all.";
    plan_nothing: "Nenhum passo previsto para estes dias.", "No step is planned for these days.";
    day: "Dia", "Day";
    customer: "Cliente", "Customer";
    channel: "Canal", "Channel";

    debtors: "Maiores valores em aberto", "Largest open amounts";
    debtors_nothing: "Ninguém deve nada.", "Nobody owes anything.";
    oldest: "Dias de atraso", "Days late";

    messages: "Como as mensagens chegam", "Messages as they arrive";
    messages_nothing: "Nenhuma mensagem foi enviada.", "No message was sent.";
    from: "De", "From";
    to: "Para", "To";
    subject: "Assunto", "Subject";
    why: "Por quê", "Why";

    origin: "De onde vem esta página", "Where this page comes from";
    origin_same: "Os mesmos dados e as mesmas versões dão a mesma página, byte a byte.", "The same data and the same versions give the same page, byte for byte.";
    seed: "Semente", "Seed";
    policy_hash: "Versão da política (SHA-256)", "Policy version (SHA-256)";
    again: "Para repetir", "To repeat";
}

/// What a kind of step is called in the legend.
pub(super) const fn kind(lang: Lang, kind: Kind) -> &'static str {
    let (pt, en) = match kind {
        Kind::Contact(Tone::Friendly) => ("contato cordial", "friendly contact"),
        Kind::Contact(Tone::Neutral) => ("contato neutro", "neutral contact"),
        Kind::Contact(Tone::Firm) => ("contato firme", "firm contact"),
        Kind::Charge => ("cobrança automática", "automatic charge"),
        Kind::Adverse => ("restrição", "restriction"),
        Kind::Neutral => ("tarefa ou baixa", "task or write-off"),
    };
    pick(lang, pt, en)
}

/// What a channel is called.
pub(super) const fn channel(lang: Lang, channel: Channel) -> &'static str {
    let (pt, en) = match channel {
        Channel::Email => ("e-mail", "e-mail"),
        Channel::Sms => ("SMS", "SMS"),
        Channel::Whatsapp => ("WhatsApp", "WhatsApp"),
        Channel::Push => ("notificação", "push"),
        Channel::InApp => ("no aplicativo", "in-app"),
        Channel::Voice => ("telefone", "phone"),
        Channel::Letter => ("carta", "letter"),
    };
    pick(lang, pt, en)
}

/// A skip reason in few words and in a sentence.
pub(super) const fn skip(lang: Lang, reason: SkipReason) -> (&'static str, &'static str) {
    let [pt, pt_long, en, en_long] = match reason {
        SkipReason::BeforeEntry => [
            "Anterior à entrada",
            "O dia do passo já tinha passado quando a cobrança chegou.",
            "Before entry",
            "The step's day had passed when the receivable became known.",
        ],
        SkipReason::Closed => [
            "Já resolvida",
            "A cobrança foi paga ou encerrada antes do passo.",
            "Already settled",
            "The receivable was paid or closed before the step.",
        ],
        SkipReason::NotBefore => [
            "Carência do segmento",
            "O segmento não é cobrado antes de certo dia.",
            "Segment's grace",
            "The segment is not chased before a certain day.",
        ],
        SkipReason::Condition => [
            "Condição não atendida",
            "O `se` do passo não valia naquele momento.",
            "Condition not met",
            "The step's `if` did not hold at that moment.",
        ],
        SkipReason::Currency => [
            "Outra moeda",
            "O passo compara valores de moedas diferentes.",
            "Another currency",
            "The step compares amounts of different currencies.",
        ],
        SkipReason::Superseded => [
            "Substituído por outro passo",
            "Um passo mais novo, ou uma restrição igual, tomou o seu lugar.",
            "Replaced by another step",
            "A newer step, or an equal restriction, took its place.",
        ],
        SkipReason::Minimum => [
            "Abaixo do mínimo",
            "O valor em aberto é pequeno demais para cobrar.",
            "Below the minimum",
            "The open amount is too small to chase.",
        ],
        SkipReason::Unreachable => [
            "Sem canal utilizável",
            "Nenhum contato do cliente pode ser usado: falta dado ou consentimento.",
            "No usable channel",
            "No contact point of the customer can be used: data or consent is missing.",
        ],
        SkipReason::Forbidden => [
            "Proibido por regra",
            "A lei ou uma regra do canal proíbe este contato.",
            "Forbidden by a rule",
            "The law or a rule of the channel forbids this contact.",
        ],
        SkipReason::Rejected => {
            ["Recusado por uma pessoa", "Quem devia aprovar disse não.", "Refused by a person", "The person who had to approve said no."]
        }
        SkipReason::Frozen => [
            "Congelado até o fim",
            "Promessa, disputa, acordo ou pausa durou mais que a janela do passo.",
            "Frozen to the end",
            "A promise, dispute, agreement or pause outlasted the step's window.",
        ],
        SkipReason::NoLegalMoment => [
            "Sem horário permitido",
            "Não houve hora permitida dentro da janela do passo.",
            "No permitted hour",
            "There was no permitted hour within the step's window.",
        ],
        SkipReason::Capped => [
            "Limite de contatos",
            "O cliente já tinha recebido todos os contatos do dia ou da semana.",
            "Contact limit",
            "The customer had already had all contacts of the day or the week.",
        ],
        SkipReason::NotApproved => [
            "Sem aprovação a tempo",
            "Ninguém aprovou o passo dentro do prazo.",
            "Not approved in time",
            "Nobody approved the step in time.",
        ],
        SkipReason::Stale => [
            "Passou da hora",
            "O contato só poderia sair quando já não fazia sentido.",
            "Too late",
            "The contact could only have gone out when it no longer made sense.",
        ],
    };
    (pick(lang, pt, en), pick(lang, pt_long, en_long))
}

/// A defer reason in few words and in a sentence.
pub(super) const fn defer(lang: Lang, reason: DeferReason) -> (&'static str, &'static str) {
    let [pt, pt_long, en, en_long] = match reason {
        DeferReason::Frozen => [
            "Congelado",
            "Promessa, disputa, acordo, pausa ou reclamação em curso.",
            "Frozen",
            "A promise, dispute, agreement, pause or complaint is open.",
        ],
        DeferReason::InFlight => [
            "Pagamento a caminho",
            "Um pagamento já iniciado ainda pode ser confirmado.",
            "Payment on its way",
            "A payment already begun may still settle.",
        ],
        DeferReason::StaleSource => [
            "Extrato ainda não lido",
            "Os pagamentos daquele dia ainda não eram conhecidos.",
            "Statement not read yet",
            "The payments of that day were not yet known.",
        ],
        DeferReason::Unannounced => [
            "Aviso prévio em curso",
            "Uma restrição só acontece depois de anunciada com antecedência.",
            "Notice still running",
            "A restriction only happens after it was announced in advance.",
        ],
        DeferReason::Blackout => [
            "Período sem restrições",
            "A política suspende este tipo de passo nestas datas.",
            "Blackout",
            "The policy stops this kind of step on these dates.",
        ],
        DeferReason::NoLegalMoment => [
            "À espera de horário permitido",
            "A lei ou a boa prática só permite o passo em outra hora ou outro dia.",
            "Waiting for a permitted hour",
            "Law or good practice permits the step only at another hour or day.",
        ],
        DeferReason::Capped => [
            "Limite de contatos",
            "O cliente já recebeu todos os contatos do dia ou da semana.",
            "Contact limit",
            "The customer has had all contacts of the day or the week.",
        ],
        DeferReason::OnePerDay => [
            "Uma restrição por dia",
            "Outra restrição da mesma cobrança vem antes.",
            "One restriction a day",
            "Another restriction of the same receivable comes first.",
        ],
        DeferReason::Approval => {
            ["À espera de aprovação", "Uma pessoa precisa liberar o passo.", "Waiting for approval", "A person has to release the step."]
        }
    };
    (pick(lang, pt, en), pick(lang, pt_long, en_long))
}

const fn pick(lang: Lang, pt: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::PtBr => pt,
        Lang::En => en,
    }
}
