import { bilingual } from "../../../words";

export const panelWords = bilingual({
  pt: {
    panel: "Cliente selecionado", owes: "A pagar hoje", nothing: "Nada em aberto", credit: "Crédito", contacts: "Contatos", noContacts: "Nenhum contato no cadastro.", mendText: "Ninguém deste cliente pode ser alcançado. Corrija um contato e a régua volta a escrever.",
    mend: "Corrigir contatos", receivables: "Em aberto", chosen: "As ações valem para o título marcado.", open: "Abrir cliente", more: "Mais ações", ofCustomer: "Cliente inteiro", ofReceivable: (number: string) => `Título ${number}`,
    history: "Últimos acontecimentos", all: "Ver tudo", late: (n: number) => (n === 1 ? "1 dia de atraso" : `${n} dias de atraso`), due: (day: string) => `vence em ${day}`,
    consent: { opted_out: "não quer receber", none: "sem consentimento" } as Record<string, string>, health: { bounced: "voltou", suppressed: "bloqueado" } as Record<string, string>,
    roles: { owner: "Responsável", billing: "Financeiro", accountant: "Contador", technical: "Técnico", legal: "Jurídico", guarantor: "Fiador" } as Record<string, string>,
  },
  en: {
    panel: "Selected customer", owes: "Due today", nothing: "Nothing open", credit: "Credit", contacts: "Contacts", noContacts: "No contacts are known.", mendText: "Nobody of this customer can be reached. Mend a contact, and the ladder writes again.",
    mend: "Mend contacts", receivables: "Open", chosen: "Acts are on the marked receivable.", open: "Open customer", more: "More acts", ofCustomer: "Whole customer", ofReceivable: (number) => `Receivable ${number}`,
    history: "What happened last", all: "See everything", late: (n) => (n === 1 ? "1 day late" : `${n} days late`), due: (day) => `due ${day}`,
    consent: { opted_out: "opted out", none: "no consent" }, health: { bounced: "bounced", suppressed: "suppressed" },
    roles: { owner: "Owner", billing: "Billing", accountant: "Accountant", technical: "Technical", legal: "Legal", guarantor: "Guarantor" },
  },
});
