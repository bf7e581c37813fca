import { bilingual, counted } from "../../words";

export const words = bilingual({
  pt: {
    title: "Relatórios", parts: "Relatórios", part: { aging: "Carteira por atraso", discounts: "Descontos", retries: "Cobranças automáticas" },
    csv: "CSV", png: "Imagem", exportCsv: "Baixar como CSV", exportPng: "Baixar o gráfico como imagem PNG",
    on: "No fim do dia", hindsight: "Com o que se soube depois", hindsightHelp: "Conta também pagamentos daquele dia que só foram conhecidos mais tarde.", currency: "Moeda",
    bands: { not_due: "A vencer", "1-30": "1 a 30 dias", "31-60": "31 a 60 dias", "61-90": "61 a 90 dias", "91-180": "91 a 180 dias", "181-360": "181 a 360 dias", over_360: "Mais de 360 dias" } as Record<string, string>,
    band: "Atraso", receivables: "Títulos", balance: "Saldo", share: "Parte", total: "Total", open: "Em aberto", overdue: "Vencido", overdueShare: "Inadimplência", over90: "Há mais de 90 dias",
    titles: (n: number) => counted(n, "título", "títulos"), ofOpen: "do saldo em aberto", agingLabel: (day: string) => `Saldo em aberto por atraso em ${day}`, agingNone: "Nada em aberto neste dia", agingNoneText: "Escolha outro dia, ou importe títulos.",
    trend: "Vencido nas últimas 12 semanas", trendLabel: "Saldo vencido nos fins das últimas 12 semanas", late30: "até 30 dias", late90: "31 a 90 dias", lateMore: "mais de 90 dias", tooLarge: "A carteira é grande demais para somar as semanas aqui.", seeList: "Ver títulos",
    from: "De", until: "até", discountsTitle: "Custo do desconto progressivo por pagamento automático", discountsText: "Quanto o desconto tirou e quanto foi pago com ele.", payments: "Pagamentos", cost: "Custo", paid: "Pago", costShare: "Custo sobre o que seria pago",
    discountsNone: "Nenhum desconto no período", discountsNoneText: "O desconto progressivo liga-se na régua, em autopay_discount. O custo aparece aqui assim que alguém pagar com ele.", badSpan: "A data final fica antes da inicial.",
    retriesTitle: "Novas tentativas", retriesText: "Novas tentativas em momentos escolhidos, e o que delas veio.", retries: "Novas tentativas concluídas", recovered: "Deram certo", rate: "Taxa de sucesso", weights: "Pesos usados", shipped: "Os que vêm com o Régua", learnt: (when: string, n: string) => `Aprendidos em ${when} com ${n} tentativas`,
    learn: "Aprender com as minhas", learntDone: "Pesos ajustados às suas tentativas", learnTitle: "Ajustar os pesos às suas tentativas?", learnText: "Os próximos momentos de tentar de novo passam a ser escolhidos pelo que deu certo na sua carteira. Com poucas tentativas pouco muda.",
    months: "Tentativas por mês", monthsLabel: "Tentativas aprovadas e recusadas por mês", settled: "Aprovadas", declined: "Recusadas", month: "Mês", reasons: "Motivos de recusa", reason: "Motivo", times: "Vezes", capped: (n: string) => `Das ${n} tentativas mais novas.`,
    chargesNone: "Nenhuma tentativa ainda", chargesNoneText: "Assim que a régua cobrar cartões, Pix Automático ou débito, os resultados aparecem aqui.",
  },
  en: {
    title: "Reports", parts: "Reports", part: { aging: "Aging", discounts: "Discounts", retries: "Charges and retries" },
    csv: "CSV", png: "Picture", exportCsv: "Download as CSV", exportPng: "Download the chart as a PNG picture",
    on: "At the end of", hindsight: "With what became known later", hindsightHelp: "Counts payments of that day too that only became known later.", currency: "Currency",
    bands: { not_due: "Not due", "1-30": "1 to 30 days", "31-60": "31 to 60 days", "61-90": "61 to 90 days", "91-180": "91 to 180 days", "181-360": "181 to 360 days", over_360: "Over 360 days" },
    band: "Lateness", receivables: "Receivables", balance: "Balance", share: "Share", total: "Total", open: "Open", overdue: "Overdue", overdueShare: "Overdue share", over90: "Over 90 days",
    titles: (n) => counted(n, "receivable", "receivables", "en"), ofOpen: "of the open balance", agingLabel: (day) => `Open balance by lateness on ${day}`, agingNone: "Nothing open on this day", agingNoneText: "Choose another day, or import receivables.",
    trend: "Overdue in the last 12 weeks", trendLabel: "Overdue balance at the ends of the last 12 weeks", late30: "up to 30 days", late90: "31 to 90 days", lateMore: "over 90 days", tooLarge: "The book is too large to add the weeks up here.", seeList: "See receivables",
    from: "From", until: "until", discountsTitle: "Cost of the progressive discount for automatic payment", discountsText: "What the discount took off, and what was paid with it.", payments: "Payments", cost: "Cost", paid: "Paid", costShare: "Cost of what would have been paid",
    discountsNone: "No discounts in this time", discountsNoneText: "The progressive discount is turned on in the policy, under autopay_discount. Its cost stands here as soon as somebody pays with it.", badSpan: "The last day is before the first.",
    retriesTitle: "Retries", retriesText: "Retries at chosen moments, and what came of them.", retries: "Retries that ended", recovered: "Took the money", rate: "Success rate", weights: "Weights in use", shipped: "Those that come with Régua", learnt: (when, n) => `Learnt ${when} of ${n} retries`,
    learn: "Learn from mine", learntDone: "Weights fitted to your retries", learnTitle: "Fit the weights to your own retries?", learnText: "From then on moments are chosen by what worked in your book. Few retries change little.",
    months: "Attempts by month", monthsLabel: "Attempts taken and declined by month", settled: "Taken", declined: "Declined", month: "Month", reasons: "Reasons of declines", reason: "Reason", times: "Times", capped: (n) => `Of the newest ${n} attempts.`,
    chargesNone: "No attempts yet", chargesNoneText: "As soon as the ladder charges cards, Pix Automático or debits, the results stand here.",
  },
});
