import { bilingual, counted } from "../../../words";

export const heldWords = bilingual({
  pt: {
    list: "Atos que aguardam uma segunda pessoa", selected: "Ato selecionado", states: { waiting: "Aguardando", running: "Em execução", done: "Aprovados", refused: "Recusados", expired: "Expirados" } as Record<string, string>,
    state: { waiting: "Aguarda", running: "Em execução", done: "Feito", refused: "Recusado", expired: "Expirou" } as Record<string, string>, show: "Situação dos atos",
    what: "Ato", stake: "Valor", by: "Pedido por", you: "você", reason: "Motivo", asked: "Pedido em", expires: "Expira", decided: "Decidido por", because: "Motivo da recusa", about: "Sobre", request: "Dados do pedido",
    approve: "Aprovar e executar", refuse: "Recusar", withdraw: "Retirar pedido", approved: "Ato aprovado e executado", refused: "Ato recusado", withdrawn: "Pedido retirado",
    approveMany: (n: number) => `Aprovar ${counted(n, "ato", "atos")}`, refuseMany: (n: number) => `Recusar ${counted(n, "ato", "atos")}`,
    approveTitle: "Aprovar e executar estes atos?", approveText: (n: number, sum: string) => `${counted(n, "ato", "atos")}, ${sum}. São executados já, em nome de quem pediu e com a sua aprovação registrada.`,
    refuseTitle: "Recusar?", refuseText: "Nada é executado. Quem pediu vê a recusa e o motivo.",
    ownText: "Foi você quem pediu: outra pessoa com limite maior precisa aprovar.", unknown: "Foi aprovado e o servidor caiu no meio: confira se aconteceu.",
    emptyTitle: "Nada aguarda uma segunda pessoa", emptyText: "Quando alguém faz algo acima do próprio limite, o pedido espera aqui por quem pode aprovar.", noneText: "Nenhum ato nesta situação.",
    openReceivable: "Abrir título", partly: (done: number, all: number) => `${done} de ${all} feitos`, keys: [["Aprovar", "a"], ["Recusar ou retirar", "r"]] as (readonly [string, string])[],
  },
  en: {
    list: "Acts that wait for a second person", selected: "Selected act", states: { waiting: "Waiting", running: "Running", done: "Approved", refused: "Refused", expired: "Expired" },
    state: { waiting: "Waits", running: "Running", done: "Done", refused: "Refused", expired: "Expired" }, show: "State of acts",
    what: "Act", stake: "Amount", by: "Asked by", you: "you", reason: "Reason", asked: "Asked at", expires: "Expires", decided: "Decided by", because: "Refused because", about: "About", request: "What was asked",
    approve: "Approve and carry out", refuse: "Refuse", withdraw: "Take back", approved: "Act approved and carried out", refused: "Act refused", withdrawn: "Request taken back",
    approveMany: (n) => `Approve ${counted(n, "act", "acts", "en")}`, refuseMany: (n) => `Refuse ${counted(n, "act", "acts", "en")}`,
    approveTitle: "Approve these acts and carry them out?", approveText: (n, sum) => `${counted(n, "act", "acts", "en")}, ${sum}. They are carried out at once, in the name of whoever asked, and your approval is recorded.`,
    refuseTitle: "Refuse?", refuseText: "Nothing is carried out. Whoever asked sees the refusal and the reason.",
    ownText: "You asked for it: somebody else with a higher limit has to approve.", unknown: "It was approved, and the server was cut off: look whether it happened.",
    emptyTitle: "Nothing waits for a second person", emptyText: "When somebody does something above their own limit, the request waits here for who may approve it.", noneText: "No acts in this state.",
    openReceivable: "Open receivable", partly: (done, all) => `${done} of ${all} done`, keys: [["Approve", "a"], ["Refuse or take back", "r"]],
  },
});
