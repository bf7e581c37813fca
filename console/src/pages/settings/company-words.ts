import { bilingual } from "../../words";

export const companyWords = bilingual({
  pt: {
    id: "Identificador", zone: "Fuso horário", since: "Desde", parked: "Clientes parados por erro", file: "Nome, endereço, CNPJ e remetente ficam no arquivo regua.toml da instalação, ou em cada marca.",
    calendar: "Calendário", calendarText: "Um vencimento em dia fechado passa para o próximo dia útil. É a régua publicada que escolhe o calendário.", openPolicy: "Abrir a régua",
    span: (text: string) => text.replace(/^(\d+)bd$/, "$1 dias úteis").replace(/^(\d+)d$/, "$1 dias"),
    calendarName: "Dias úteis", time: "Hora dos passos", notice: "Antecedência de avisos adversos", version: "Régua", noCalendar: "todos os dias contam", noPolicy: "Nenhuma régua publicada.",
    calendars: { "br-banking": "Bancário brasileiro (FEBRABAN)", "us-federal": "Federal (EUA)", "eu-target2": "TARGET2 (área do euro)", "uk-banking": "Bancário britânico", none: "Todos os dias abertos" } as Record<string, string>,
    holidays: (year: number) => `Feriados de ${year}`, holidaysText: "Além de sábados e domingos.", noHolidays: "Nenhum: todos os dias contam.",
    sources: "De onde vêm os pagamentos", sourcesText: "Passos adversos esperam até que cada fonte tenha sido lida.", always: "sempre em dia",
  },
  en: {
    id: "Identifier", zone: "Time zone", since: "Since", parked: "Customers parked by an error", file: "Name, address, tax id and sender stand in the installation's file regua.toml, or in each brand.",
    calendar: "Calendar", calendarText: "A due date on a closed day moves to the next business day. The published policy chooses the calendar.", openPolicy: "Open the policy",
    span: (text) => text.replace(/^(\d+)bd$/, "$1 business days").replace(/^(\d+)d$/, "$1 days"),
    calendarName: "Business days", time: "Time of steps", notice: "Notice before adverse steps", version: "Policy", noCalendar: "every day counts", noPolicy: "No policy is published.",
    calendars: { "br-banking": "Brazilian banking (FEBRABAN)", "us-federal": "Federal (US)", "eu-target2": "TARGET2 (euro area)", "uk-banking": "British banking", none: "Every day is open" },
    holidays: (year) => `Holidays of ${year}`, holidaysText: "Besides Saturdays and Sundays.", noHolidays: "None: every day counts.",
    sources: "Where payments come from", sourcesText: "Adverse steps wait until each source has been read.", always: "always up to date",
  },
});
