//! Every text of the page that is not data, in both languages side by side.
//!
//! `{0}`, `{1}` … are filled by [`super::format::fill`], `{0|one|many}` too. Deliberately absent: texts for files and terminals.

use super::data::{Kind, Lang};
use regua_core::words::{Channel, Tone};

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

    note_foreign: "{0} {0|cobrança|cobranças} em outra moeda não {0|entra|entram} nos valores desta página, que são em {1}.",
        "{0} {0|receivable|receivables} in another currency {0|is|are} not part of this page's amounts, which are in {1}.";
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
    and_receipts: "e mais {0} {0|recibo|recibos}", "and {0} {0|receipt|receipts}";
    gone: "Baixado, cancelado ou descontado", "Written off, cancelled or discounted";
    of_contacts: "{0} de {1} {1|contato|contatos}", "{0} of {1} {1|contact|contacts}";
    see_numbers: "Ver os números", "See the numbers";
    nothing: "Nada a mostrar neste período.", "Nothing to show in this period.";
    total: "Total", "Total";
    all: "todas", "all";
    amount: "Valor", "Amount";
    share: "Parte", "Share";

    rule: "A régua", "The rule";
    rule_caption: "Cada passo no seu dia em relação ao vencimento (D), e o que aconteceu com ele. A escala é mais larga de D−10 a D+30.",
        "Each step on its day relative to the due date (D), and what became of it. The scale is wider from D−10 to D+30.";
    rule_told: "{0|É|São} {0} {0|passo|passos}, de {1} a {2}: {3} {3|feito|feitos}, {4} {4|pulado|pulados}, {5} {5|entrada|entradas} em espera.",
        "It has {0} {0|step|steps}, from {1} to {2}: {3} done, {4} skipped, {5} {5|entry|entries} into waiting.";
    rule_nothing: "Nenhum passo foi decidido neste período.", "No step was decided in this period.";
    ladder: "Régua “{0}”", "Rule “{0}”";
    ladder_told: "{1} {1|cobrança seguiu|cobranças seguiram} a régua “{0}”.", "{1} {1|receivable|receivables} walked the rule “{0}”.";
    ladders_more: "As outras réguas", "The other rules";
    due: "vencimento", "due date";
    due_letter: "D", "D";
    counts_short: "{0} {0|feito|feitos} · {1} {1|pulado|pulados} · {2} {2|adiado|adiados}", "{0} done · {1} skipped · {2} deferred";
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
    aging_told: "{0} em aberto em {1} {1|cobrança|cobranças}; {2} do valor venceu há mais de 90 dias.", "{0} open in {1} {1|receivable|receivables}; {2} of it is more than 90 days late.";
    age: "Idade", "Age";
    age_0: "a vencer", "not due";
    age_1: "1–30 d", "1–30 d";
    age_2: "31–60 d", "31–60 d";
    age_3: "61–90 d", "61–90 d";
    age_4: "90+ d", "90+ d";

    weeks: "Contatos por semana, por canal", "Contacts per week, by channel";
    weeks_told: "{0} {0|contato|contatos} em {1} {1|semana|semanas}; na semana mais cheia, {2}.", "{0} {0|contact|contacts} in {1} {1|week|weeks}; {2} in the busiest one.";
    weeks_joined: "Cada coluna soma {0} semanas.", "Each column sums {0} weeks.";
    weeks_joined_told: "{0} {0|contato|contatos} em {1} semanas; na coluna mais alta, {2}.", "{0} {0|contact|contacts} in {1} weeks; {2} in the highest column.";
    week_of: "Semana de {0}", "Week of {0}";

    skips: "Por que passos foram pulados", "Why steps were skipped";
    skips_told: "{0} {0|passo pulado|passos pulados}; o motivo mais comum: {1}.", "{0} {0|step|steps} skipped; the most common reason: {1}.";
    defers: "Por que passos esperaram", "Why steps waited";
    defers_told: "{0} {0|entrada|entradas} em espera; o motivo mais comum: {1}. Esperar não é pular: o passo volta quando pode.",
        "{0} {0|entry|entries} into waiting; the most common reason: {1}. To wait is not to skip: the step returns when it may.";
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
    hours_collection: "Cobrança, depois do vencimento", "Collection, after the due date";
    hours_informative: "Avisos, até o vencimento", "Reminders, up to the due date";
    hours_told: "Cobrança: nenhuma antes das {0} nem a partir das {1}; {2} aos sábados, {3} aos domingos.",
        "Collection: none before {0} nor from {1} on; {2} on Saturdays, {3} on Sundays.";
    hours_told_informative: "Avisos: nenhum antes das {0} nem a partir das {1}; {2} aos sábados, {3} aos domingos.",
        "Reminders: none before {0} nor from {1} on; {2} on Saturdays, {3} on Sundays.";
    hours_caption: "Hora local do cliente, sem os recibos. Cada quadro é uma hora; contorno vazio: nenhum contato.", "The customer's local hour, receipts left out. Each cell is an hour; an empty outline: no contact.";
    hour_cell: "{0}, {1}h: {2}", "{0}, {1}:00: {2}";
    hour: "Hora", "Hour";

    plan: "O plano da próxima semana", "Next week's plan";
    plan_told: "De {0} a {1}, se ninguém pagar antes: {2} {2|mensagem ou passo|mensagens e passos}.", "From {0} to {1}, if nobody pays before: {2} {2|message or step|messages and steps}.";
    plan_cut: "e mais {0}", "and {0} more";
    plan_nothing: "Nenhum passo previsto para estes dias.", "No step is planned for these days.";
    customer: "Cliente", "Customer";

    debtors: "Quem mais deve em atraso", "Who owes most that is late";
    debtors_nothing: "Ninguém está em atraso.", "Nobody is late.";
    oldest: "Dias de atraso", "Days late";

    messages: "Como as mensagens chegam", "Messages as they arrive";
    from: "De", "From";
    to: "Para", "To";
    why: "Por quê", "Why";
    why_step: "Passo “{0}” da régua, {1}.", "Step “{0}” of the rule, {1}.";
    why_event: "{0}: responde a um acontecimento.", "{0}: it follows an event.";
    why_announces: "Anuncia: {0} em {1}.", "Announces: {0} on {1}.";

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

const fn pick(lang: Lang, pt: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::PtBr => pt,
        Lang::En => en,
    }
}
