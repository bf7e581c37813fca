import { bilingual } from "./words";

/** Words that every page needs. */
export const common = bilingual({
  pt: {
    save: "Salvar", cancel: "Cancelar", close: "Fechar", back: "Voltar", edit: "Editar", remove: "Remover", add: "Adicionar",
    copy: "Copiar", copied: "Copiado", undo: "Desfazer", retry: "Tentar de novo", more: "Mais", search: "Buscar", filter: "Filtrar",
    clear: "Limpar", loading: "Carregando", confirm: "Confirmar", download: "Baixar", all: "Todos", none: "Nenhum", yes: "Sim", no: "Não",
    today: "hoje", optional: "opcional", reason: "Motivo", reasonHelp: "Fica registrado na auditoria.", next: "Avançar", done: "Pronto",
    selected: (n: number) => (n === 1 ? "1 selecionado" : `${n} selecionados`),
    selectRow: "Selecionar linha", selectAll: "Selecionar todas as linhas carregadas", moreRows: "Carregando mais linhas", endOfList: "Fim da lista", firstRows: (most: number) => `Estas são as primeiras ${most.toLocaleString("pt-BR")} linhas. Filtre para ver as demais.`,
    columns: "Colunas", refresh: "Atualizar", required: "Preencha este campo", goneWrong: "Algo deu errado",
    notFound: "Não encontrado", unreachable: "O servidor não responde. Verifique a conexão e tente de novo.",
    tooFast: "Muitas solicitações em pouco tempo. Aguarde um instante.", mayNot: "Seu perfil não tem permissão para isto.",
    heldTitle: "Aguardando uma segunda pessoa", heldText: "Está acima do seu limite. Alguém com limite maior precisa aprovar em Trabalho → Aprovações.",
    confirmTyped: (word: string) => `Digite ${word} para confirmar`, breadcrumb: "Você está em", sort: "Ordenar",
    stale: "Há dados mais novos.",
  },
  en: {
    save: "Save", cancel: "Cancel", close: "Close", back: "Back", edit: "Edit", remove: "Remove", add: "Add",
    copy: "Copy", copied: "Copied", undo: "Undo", retry: "Try again", more: "More", search: "Search", filter: "Filter",
    clear: "Clear", loading: "Loading", confirm: "Confirm", download: "Download", all: "All", none: "None", yes: "Yes", no: "No",
    today: "today", optional: "optional", reason: "Reason", reasonHelp: "It is kept in the audit log.", next: "Continue", done: "Done",
    selected: (n) => (n === 1 ? "1 selected" : `${n} selected`),
    selectRow: "Select row", selectAll: "Select every loaded row", moreRows: "Loading more rows", endOfList: "End of the list", firstRows: (most: number) => `These are the first ${most.toLocaleString("en")} rows. Filter to see the others.`,
    columns: "Columns", refresh: "Refresh", required: "Fill this in", goneWrong: "Something went wrong",
    notFound: "Not found", unreachable: "The server does not answer. Check the connection and try again.",
    tooFast: "Too many requests in a short time. Wait a moment.", mayNot: "Your role does not permit this.",
    heldTitle: "Waiting for a second person", heldText: "It is above your limit. Somebody with a higher limit has to approve it under Work → Approvals.",
    confirmTyped: (word) => `Type ${word} to confirm`, breadcrumb: "You are at", sort: "Sort",
    stale: "There is newer data.",
  },
});

/** Words for the enumerations of the API; a value that is not here is shown as it is. */
export const enums = bilingual<Record<string, Record<string, string>>>({
  pt: {
    mode: { shadow: "Sombra", redirect: "Redirecionado", approve: "Aprovação", live: "Ao vivo" },
    receivable: { open: "Em aberto", paid: "Pago", void: "Cancelado", written_off: "Baixado como perda", assigned: "Cedido" },
    channel: { email: "E-mail", sms: "SMS", whatsapp: "WhatsApp", push: "Push", in_app: "No produto", phone: "Telefone", voice: "Voz", letter: "Carta", webhook: "Webhook" },
    method: { pix: "Pix", pix_automatico: "Pix Automático", boleto: "Boleto", card: "Cartão", ach: "ACH", sepa: "SEPA", bacs: "Bacs", direct_debit: "Débito automático", transfer: "Transferência", cash: "Dinheiro", check: "Cheque", other: "Outro" },
    role: { owner: "Proprietário", manager: "Gestor", collector: "Cobrador", analyst: "Analista", reader: "Leitor" },
  },
  en: {
    mode: { shadow: "Shadow", redirect: "Redirected", approve: "Approval", live: "Live" },
    receivable: { open: "Open", paid: "Paid", void: "Void", written_off: "Written off", assigned: "Assigned" },
    channel: { email: "E-mail", sms: "SMS", whatsapp: "WhatsApp", push: "Push", in_app: "In the product", phone: "Phone", voice: "Voice", letter: "Letter", webhook: "Webhook" },
    method: { pix: "Pix", pix_automatico: "Pix Automático", boleto: "Boleto", card: "Card", ach: "ACH", sepa: "SEPA", bacs: "Bacs", direct_debit: "Direct debit", transfer: "Transfer", cash: "Cash", check: "Check", other: "Other" },
    role: { owner: "Owner", manager: "Manager", collector: "Collector", analyst: "Analyst", reader: "Reader" },
  },
});
