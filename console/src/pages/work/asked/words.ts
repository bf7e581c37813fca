import { bilingual } from "../../../words";

export const askedWords = bilingual({
  pt: {
    requests: "Pedidos de clientes", replies: "Respostas de clientes", selectedRequest: "Pedido selecionado", selectedReply: "Resposta selecionada", show: "Situação", states: { open: "Aguardando", done: "Resolvidos", all: "Todas" } as Record<string, string>,
    customer: "Cliente", asks: "O que pede", wrote: "O que escreveu", when: "Quando", receivable: "Título", channel: "Canal", from: "De", text: "Mensagem", nobody: "Desconhecido",
    done: "Marcar como resolvido", doneMany: "Marcar como resolvidos", seen: "Marcar como visto", seenMany: "Marcar como vistas", doneTold: "Pedido resolvido", seenTold: "Resposta vista",
    requestsEmpty: "Nenhum pedido aguardando", requestsEmptyText: "O que clientes pedem no portal chega aqui: dizem que já pagaram, contestam, pedem parcelamento ou outro dia.",
    repliesEmpty: "Nenhuma resposta aguardando", repliesEmptyText: "O que clientes respondem por e-mail, WhatsApp ou SMS chega aqui. Pedidos para parar já são cumpridos na hora.",
    ours: "Em resposta a", files: "Arquivos", file: (kind: string, kb: string) => `Arquivo ${kind}, ${kb}`, gone: "O texto não está mais guardado.", open: "Abrir cliente",
    keysRequests: [["Resolver", "e"], ["Registrar promessa", "m"], ["Contestação", "d"], ["Pausar ou retomar", "p"], ["Registrar pagamento", "r"]] as (readonly [string, string])[],
    keysReplies: [["Marcar como visto", "e"]] as (readonly [string, string])[],
  },
  en: {
    requests: "Customers' requests", replies: "Customers' replies", selectedRequest: "Selected request", selectedReply: "Selected reply", show: "State", states: { open: "Waiting", done: "Dealt with", all: "All" },
    customer: "Customer", asks: "What is asked", wrote: "What they wrote", when: "When", receivable: "Receivable", channel: "Channel", from: "From", text: "Message", nobody: "Unknown",
    done: "Mark as dealt with", doneMany: "Mark as dealt with", seen: "Mark as seen", seenMany: "Mark as seen", doneTold: "Request dealt with", seenTold: "Reply seen",
    requestsEmpty: "No request waits", requestsEmptyText: "What customers ask in the portal comes here: that they have paid, disputes, instalments, another day.",
    repliesEmpty: "No reply waits", repliesEmptyText: "What customers answer by e-mail, WhatsApp or SMS comes here. Requests to stop are heeded at once.",
    ours: "In answer to", files: "Files", file: (kind, kb) => `File ${kind}, ${kb}`, gone: "The text is not kept any more.", open: "Open customer",
    keysRequests: [["Deal with it", "e"], ["Enter a promise", "m"], ["Dispute", "d"], ["Pause or resume", "p"], ["Enter a payment", "r"]],
    keysReplies: [["Mark as seen", "e"]],
  },
});
