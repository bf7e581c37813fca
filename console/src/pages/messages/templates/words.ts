import { bilingual } from "../../../words";

export const templateWords = bilingual({
  pt: {
    names: {
      invoice_issued: "Fatura emitida", upcoming: "Lembrete antes do vencimento", due_today: "Vence hoje", overdue: "Aviso de atraso", final_notice: "Último aviso", adverse_notice: "Aviso prévio de restrição",
      offer: "Proposta de acordo", upcoming_charge: "Aviso de cobrança automática", payment_failed: "Cobrança recusada", update_method: "Pedido de outro meio de pagamento", receipt: "Recibo de pagamento",
      promise_made: "Promessa registrada", promise_kept: "Promessa cumprida", promise_broken: "Promessa não cumprida", dispute_opened: "Contestação aberta", access_limited: "Acesso limitado",
      access_restored: "Acesso restabelecido", renewal: "Renovação",
    } as Record<string, string>,
    list: "Modelos", used: "na régua", unused: "fora da régua",
    language: "Idioma", tone: "Tom", channel: "Canal", show: "Mostrar", look: { text: "Texto", html: "Como no e-mail" } as Record<"text" | "html", string>,
    languages: { "pt-BR": "Português", en: "Inglês", es: "Espanhol", it: "Italiano", fr: "Francês", de: "Alemão" } as Record<string, string>,
    tones: { friendly: "Cordial", neutral: "Neutro", firm: "Firme" } as Record<string, string>,
    sample: "Com dados de exemplo", real: "Com um cliente de verdade", source: "Dados da prévia",
    subject: "Assunto", to: "Para", length: (n: number) => `${n} caracteres`,
    code: "Código do cliente", codeHelp: "Mostra as próximas mensagens deste cliente como a régua as escreveria. Nada é enviado.", look_up: "Mostrar",
    realNone: "Nenhuma mensagem nos próximos 60 dias para este cliente.",
    realOthers: "Outros modelos que este cliente receberá",
    realNotThis: (name: string) => `A régua não prevê “${name}” para este cliente nos próximos 60 dias. Estas são as mensagens previstas:`,
    unwritten: "Não pode ser escrita",
    test: "Enviar teste", testTitle: "Enviar um teste por e-mail", testText: "Só para quem pode entrar neste console. Os dados são de exemplo.", testTo: "E-mail de destino", testSend: "Enviar teste",
    testSent: (to: string) => `Teste enviado para ${to}`,
    emailOnly: "O teste vai por e-mail, qualquer que seja o canal da prévia.",
    picker: "Modelo",
  },
  en: {
    names: {
      invoice_issued: "Invoice issued", upcoming: "Reminder before the due date", due_today: "Due today", overdue: "Overdue notice", final_notice: "Final notice", adverse_notice: "Notice of a restriction",
      offer: "Offer", upcoming_charge: "Notice of a charge", payment_failed: "Charge declined", update_method: "Request for another method", receipt: "Receipt",
      promise_made: "Promise entered", promise_kept: "Promise kept", promise_broken: "Promise broken", dispute_opened: "Dispute opened", access_limited: "Access limited",
      access_restored: "Access restored", renewal: "Renewal",
    },
    list: "Templates", used: "in the policy", unused: "not in the policy",
    language: "Language", tone: "Tone", channel: "Channel", show: "Show", look: { text: "Text", html: "As in the e-mail" },
    languages: { "pt-BR": "Portuguese", en: "English", es: "Spanish", it: "Italian", fr: "French", de: "German" },
    tones: { friendly: "Friendly", neutral: "Neutral", firm: "Firm" },
    sample: "With made-up facts", real: "With a real customer", source: "Facts of the preview",
    subject: "Subject", to: "To", length: (n) => `${n} characters`,
    code: "Code of the customer", codeHelp: "Shows the next messages to this customer as the ladder would write them. Nothing is sent.", look_up: "Show",
    realNone: "No messages to this customer in the next 60 days.",
    realOthers: "Other templates that this customer will get",
    realNotThis: (name) => `The ladder foresees no “${name}” for this customer in the next 60 days. These are the messages that it foresees:`,
    unwritten: "It cannot be written",
    test: "Send a test", testTitle: "Send a test by e-mail", testText: "Only to people who may sign in here. The facts are made up.", testTo: "E-mail address", testSend: "Send the test",
    testSent: (to) => `Test sent to ${to}`,
    emailOnly: "The test goes by e-mail, whatever the channel of the preview.",
    picker: "Template",
  },
});

/** The templates that come with Régua. (Wish: GET /v1/templates, which would tell those of the company too.) */
export const BUILT_IN = [
  "invoice_issued", "upcoming", "due_today", "overdue", "final_notice", "adverse_notice", "offer", "upcoming_charge", "payment_failed", "update_method", "receipt",
  "promise_made", "promise_kept", "promise_broken", "dispute_opened", "access_limited", "access_restored", "renewal",
] as const;
export const LANGUAGES = ["pt-BR", "en", "es", "it", "fr", "de"] as const;
export const TONES = ["friendly", "neutral", "firm"] as const;
export const CHANNELS = ["email", "whatsapp", "sms", "push", "in_app", "voice", "letter"] as const;
