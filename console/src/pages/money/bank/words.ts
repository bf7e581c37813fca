import { bilingual, counted } from "../../../words";

export const bankWords = bilingual({
  pt: {
    list: "Linhas do banco que aguardam", selected: "Linha selecionada", day: "Data", account: "Conta", amount: "Valor", text: "O banco disse", maybe: "Pode ser", why: "Por que não foi baixada", payer: "Pagador", document: "Documento", payerAccount: "Conta do pagador", names: "Identificações", event: "Evento",
    whys: {
      unknown: "Nada nela diz de quem é", unsure: "Pode ser de alguém, mas não é certo", several: "Pode ser de mais de um", nothing_open: "Não há nada em aberto", closed: "O título já está encerrado", no_amount: "Não traz valor", rejected: "O banco recusou", returned: "O dinheiro voltou ao pagador",
    } as Record<string, string>,
    foundBy: { txid: "pelo txid do Pix", our_number: "pelo nosso número", document: "pelo número do documento", text: "pelo texto", payer: "pelo pagador", name: "pelo nome" } as Record<string, string>,
    owes: (amount: string) => `deve ${amount}`, fits: "valor exato", percent: (text: string) => `${text} provável`,
    suggestions: "Sugestões", noSuggestions: "Nenhuma sugestão. Indique os títulos ou o cliente.", others: "Outros títulos", othersHint: "Números separados por vírgula, na ordem em que devem ser pagos. O que sobrar vira crédito do cliente.", customer: "Ou o cliente", customerHint: "Paga o que vence há mais tempo.",
    book: "Baixar", setAside: "Não é de cliente", booked: (what: string) => `Baixado em ${what}`, bookedCustomer: "Baixado", rest: (amount: string) => `sobrou ${amount} como crédito`,
    undone: "Baixa desfeita", undoneText: "O banco será lido como se o dinheiro não tivesse vindo. A linha não volta à fila: se ele veio, registre o pagamento.", setAsideDone: "Linha posta de lado",
    setAsideTitle: "Esta linha não é de cliente?", setAsideText: "Ela sai da fila e não paga nenhum título. Tarifas, transferências entre contas e estornos são assim.",
    read: "Ler extrato", reading: "Lendo…", readHelp: "OFX, CNAB 240 e 400, CAMT, MT940 e outros formatos de banco.", readDone: (booked: string, waiting: string) => `Extrato lido: ${booked} baixadas, ${waiting} aguardam`, readKnown: "Este arquivo já tinha sido lido.", readRefused: (n: number) => counted(n, "linha recusada", "linhas recusadas"),
    empty: "Nada a conciliar", emptyText: "Linhas do banco que não dizem sozinhas o que pagam esperam aqui. Leia um extrato ou um retorno para começar.",
    sums: "Todas as linhas lidas", statuses: { waiting: "Aguardam", booked: "Baixadas", set_aside: "Postas de lado", taken_back: "Desfeitas", kept: "Guardadas", refused: "Recusadas" } as Record<string, string>,
    gone: "O que o banco disse foi apagado com o cliente.", keys: [["Baixar na sugestão", "b"], ["Não é de cliente", "s"], ["Escolher a sugestão", "1 – 9"]] as (readonly [string, string])[],
  },
  en: {
    list: "Lines of banks that wait", selected: "Selected line", day: "Day", account: "Account", amount: "Amount", text: "The bank said", maybe: "May be", why: "Why it was not booked", payer: "Payer", document: "Tax number", payerAccount: "Payer's account", names: "Names", event: "Event",
    whys: {
      unknown: "Nothing in it says whose it is", unsure: "It may be somebody's, but that is not certain", several: "It may be of more than one", nothing_open: "Nothing is open", closed: "The receivable is closed", no_amount: "It has no amount", rejected: "The bank refused it", returned: "The money went back to the payer",
    },
    foundBy: { txid: "by the txid of Pix", our_number: "by our number", document: "by the number of the document", text: "by the text", payer: "by the payer", name: "by the name" },
    owes: (amount) => `owes ${amount}`, fits: "exact amount", percent: (text) => `${text} likely`,
    suggestions: "Suggestions", noSuggestions: "No suggestions. Name the receivables or the customer.", others: "Other receivables", othersHint: "Numbers with commas between, in the order in which they are paid. What is left becomes credit.", customer: "Or the customer", customerHint: "It pays what is due for longest.",
    book: "Book", setAside: "No customer's", booked: (what) => `Booked on ${what}`, bookedCustomer: "Booked", rest: (amount) => `${amount} left as credit`,
    undone: "Booking undone", undoneText: "It counts as money that never came. The line does not come back to the queue: if the money came, enter the payment.", setAsideDone: "Line set aside",
    setAsideTitle: "Is this line no customer's business?", setAsideText: "It leaves the queue and pays nothing. Fees, transfers between accounts and reversals are such.",
    read: "Read a statement", reading: "Reading…", readHelp: "OFX, CNAB 240 and 400, CAMT, MT940 and other formats of banks.", readDone: (booked, waiting) => `Statement read: ${booked} booked, ${waiting} wait`, readKnown: "This file was read before.", readRefused: (n) => counted(n, "line refused", "lines refused", "en"),
    empty: "Nothing to reconcile", emptyText: "Lines of a bank that do not say by themselves what they pay wait here. Read a statement or a return file to begin.",
    sums: "All lines that were read", statuses: { waiting: "Waiting", booked: "Booked", set_aside: "Set aside", taken_back: "Undone", kept: "Kept", refused: "Refused" },
    gone: "What the bank said was erased with the customer.", keys: [["Book on the suggestion", "b"], ["No customer's", "s"], ["Choose a suggestion", "1 – 9"]],
  },
});
