import { bilingual, counted } from "../../words";

export const words = bilingual({
  pt: {
    title: "Trabalho",
    parts: "Filas de trabalho",
    part: {
      tasks: "Tarefas", approvals: "Aprovações", held: "Segunda pessoa", requests: "Pedidos de clientes", replies: "Respostas", need: "Mensagens com problema", mend: "Contatos a corrigir", parked: "Quarentena",
    },
    customer: "Cliente", atStake: "Vencido", queue: "Fila", receivables: "Títulos", since: "Espera desde", why: "Por quê", code: "Código",
    tasksList: "Tarefas por cliente", mendList: "Clientes sem contato que funcione", parkedList: "Clientes em quarentena",
    steps: (n: number) => counted(n, "etapa", "etapas"),
    tasksEmpty: "Nenhuma tarefa na fila", tasksEmptyText: "Etapas do tipo tarefa colocam clientes aqui: para ligar, conferir ou negociar.",
    mendEmpty: "Todos podem ser contatados", mendEmptyText: "Quando ninguém de um cliente pode ser alcançado, ele aparece aqui para corrigir o cadastro.",
    parkedEmpty: "Ninguém em quarentena", parkedEmptyText: "Quando os dados de um cliente não fazem sentido, nada é decidido até alguém olhar.",
    queues: { collectors: "Cobradores", account_managers: "Gerentes de conta" } as Record<string, string>,
    unreachable: "Sem contato utilizável",
    keys: [["Registrar promessa", "m"], ["Contestação", "d"], ["Pausar ou retomar", "p"], ["Registrar pagamento", "r"], ["Título seguinte", "]"], ["Título anterior", "["]] as (readonly [string, string])[],
  },
  en: {
    title: "Work",
    parts: "Queues of work",
    part: { tasks: "Tasks", approvals: "Approvals", held: "Second person", requests: "Customers' requests", replies: "Replies", need: "Messages in trouble", mend: "Contacts to mend", parked: "Quarantine" },
    customer: "Customer", atStake: "Overdue", queue: "Queue", receivables: "Receivables", since: "Waits since", why: "Why", code: "Code",
    tasksList: "Tasks by customer", mendList: "Customers without a contact that works", parkedList: "Customers in quarantine",
    steps: (n) => counted(n, "step", "steps", "en"),
    tasksEmpty: "No tasks in the queue", tasksEmptyText: "Steps of the kind task put customers here: to be called, checked or bargained with.",
    mendEmpty: "Everybody can be reached", mendEmptyText: "When nobody of a customer can be reached, the customer stands here to have the contacts mended.",
    parkedEmpty: "Nobody in quarantine", parkedEmptyText: "When the data of a customer makes no sense, nothing is decided until somebody looks.",
    queues: { collectors: "Collectors", account_managers: "Account managers" },
    unreachable: "No usable contact",
    keys: [["Enter a promise", "m"], ["Dispute", "d"], ["Pause or resume", "p"], ["Enter a payment", "r"], ["Next receivable", "]"], ["Previous receivable", "["]],
  },
});
