import { bilingual, counted } from "../../../words";

export const backtestWords = bilingual({
  pt: {
    title: "A régua sobre o que já aconteceu",
    text: "Refaz, sobre os títulos e pagamentos desta empresa, todas as decisões que a régua teria tomado. O que foi pago é o que foi pago: nenhuma simulação sabe se outras mensagens trariam mais. Disputas, promessas e pausas de clientes não entram.",
    policy: "Régua", against: "Comparar com", from: "Títulos emitidos desde", draft: "Rascunho", version: (n: number, name: string) => `Versão ${n}, ${name}`, nothing: "Nada",
    begin: "Simular", again: "Simular de novo", running: "Simulando…", reading: "Lendo os títulos…", notRight: "O rascunho tem erros: corrija-os antes de simular.",
    empty: "Nenhuma simulação ainda", emptyText: "Escolha a régua e o período. Um ano com alguns milhares de títulos leva segundos.", failed: "A simulação não terminou",
    about: (receivables: number, customers: number, from: string) => `${counted(receivables, "título", "títulos")} de ${counted(customers, "cliente", "clientes")}, emitidos desde ${from}`,
    void: (n: number) => counted(n, "título cancelado ficou de fora", "títulos cancelados ficaram de fora"),
    messages: "Mensagens", contacted: "Clientes contatados", onTime: "Pagos em dia", followed: (days: number) => `Pago com atraso até ${days} dias após mensagem`, overdue: "Vencido hoje",
    correlation: "É uma correlação: parte teria sido paga de qualquer modo.", other: (text: string) => `comparada: ${text}`,
    byWeek: "Mensagens por semana", byWeekLabel: "Mensagens por semana, de cada régua", byMonth: "O que entrou, mês a mês", byMonthLabel: "Recebido por mês, em dia e com atraso", onTimeSeries: "Em dia", lateSeries: "Com atraso",
    steps: "Etapa por etapa", step: "Etapa", done: "Acontece", skipped: "Não acontece", deferred: "Espera", after: "Recebido depois", compared: "Comparada",
    because: "Por que não acontece ou espera", times: "Vezes", reason: "Motivo", outcome: "Resultado", skippedOne: "não acontece", deferredOne: "espera", file: "simulacao",
  },
  en: {
    title: "The policy over what has happened",
    text: "Makes every decision again that the policy would have made about this company's receivables and payments. What was paid is what was paid: no backtest knows whether other messages would have brought more. Disputes, promises and pauses are not told to it.",
    policy: "Policy", against: "Compare with", from: "Receivables issued since", draft: "Draft", version: (n, name) => `Version ${n}, ${name}`, nothing: "Nothing",
    begin: "Run", again: "Run again", running: "Running…", reading: "Reading receivables…", notRight: "The draft has errors: mend them first.",
    empty: "No backtest yet", emptyText: "Choose policy and span. A year with some thousand receivables takes seconds.", failed: "The backtest did not end well",
    about: (receivables, customers, from) => `${counted(receivables, "receivable", "receivables", "en")} of ${counted(customers, "customer", "customers", "en")}, issued since ${from}`,
    void: (n) => counted(n, "cancelled receivable was left out", "cancelled receivables were left out", "en"),
    messages: "Messages", contacted: "Customers contacted", onTime: "Paid on time", followed: (days) => `Paid late within ${days} days after a message`, overdue: "Overdue today",
    correlation: "This is a correlation: some of it would have been paid anyway.", other: (text) => `compared: ${text}`,
    byWeek: "Messages by week", byWeekLabel: "Messages by week, of each policy", byMonth: "What came in, month by month", byMonthLabel: "Received by month, on time and late", onTimeSeries: "On time", lateSeries: "Late",
    steps: "Step by step", step: "Step", done: "Done", skipped: "Skipped", deferred: "Waited", after: "Received after", compared: "Compared",
    because: "Why steps were skipped or waited", times: "Times", reason: "Reason", outcome: "Outcome", skippedOne: "skipped", deferredOne: "waited", file: "backtest",
  },
});
