import { bilingual, counted } from "../../../words";

export const retryWords = bilingual({
  pt: {
    view: "O que mostrar", views: { calendar: "Calendário", needing: "Precisam de alguém", under_way: "Em andamento", all: "Todas" } as Record<string, string>,
    calendar: "Calendário de cobranças automáticas", previous: "Mês anterior", next: "Mês seguinte", today: "Hoje", weekdays: ["dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."],
    settled: (n: number) => counted(n, "aprovada", "aprovadas"), declined: (n: number) => counted(n, "recusada", "recusadas"), pending: (n: number) => counted(n, "em andamento", "em andamento"), planned: (n: number) => counted(n, "prevista", "previstas"),
    of: (day: string) => `Cobranças de ${day}`, none: "Nenhuma cobrança neste dia.", plannedHead: "Prevista pela régua", retryN: (n: number) => `${n}ª tentativa`, first: "1ª tentativa",
    capped: (n: string) => `Mostrando as ${n} tentativas mais novas.`, planText: "As previstas valem para 31 dias, se ninguém pagar antes.",
    list: "Cobranças automáticas", when: "Ordenada", customer: "Cliente", receivable: "Título", amount: "Valor", status: "Situação", why: "Motivo", trigger: "Origem", scheme: "Bandeira", nextLook: "Próxima consulta",
    needNotice: (n: string) => `${n} precisam de uma pessoa`, see: "Ver",
    emptyTitle: "Nenhuma cobrança automática", emptyText: "Cartão, Pix Automático e débito são cobrados pela régua; as tentativas e novas tentativas aparecem aqui.", emptyNeeding: "Nenhuma cobrança precisa de uma pessoa", emptyUnder: "Nenhuma cobrança em andamento",
  },
  en: {
    view: "What to show", views: { calendar: "Calendar", needing: "Need somebody", under_way: "Under way", all: "All" },
    calendar: "Calendar of charges", previous: "Month before", next: "Month after", today: "Today", weekdays: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    settled: (n) => counted(n, "taken", "taken", "en"), declined: (n) => counted(n, "declined", "declined", "en"), pending: (n) => counted(n, "under way", "under way", "en"), planned: (n) => counted(n, "planned", "planned", "en"),
    of: (day) => `Charges of ${day}`, none: "No charges on this day.", plannedHead: "Planned by the ladder", retryN: (n) => `try ${n}`, first: "try 1",
    capped: (n) => `Shown are the newest ${n} attempts.`, planText: "Planned ones are for 31 days, if nobody pays before.",
    list: "Charges", when: "Ordered", customer: "Customer", receivable: "Receivable", amount: "Amount", status: "Status", why: "Reason", trigger: "Origin", scheme: "Scheme", nextLook: "Next look",
    needNotice: (n) => `${n} need a person`, see: "See",
    emptyTitle: "No charges", emptyText: "Cards, Pix Automático and debits are charged by the ladder; attempts and retries stand here.", emptyNeeding: "No charge needs a person", emptyUnder: "No charge is under way",
  },
});
