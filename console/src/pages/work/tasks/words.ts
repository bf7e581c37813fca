import { bilingual, counted } from "../../../words";

/** Words of the calls: codes, the lock, what is said on the telephone. */
export const callWords = bilingual({
  pt: {
    views: { ready: "A fazer", mine: "Comigo", overflow: "Transbordo", waiting: "Adiadas", done: "Encerradas" } as Record<string, string>, show: "Mostrar", everyQueue: "Todas as filas", queue: "Fila",
    codes: { promised: "Prometeu pagar", no_answer: "Não atendeu", wrong_number: "Número errado", disputes: "Contesta", pays_later: "Paga depois", paid_already: "Diz que pagou", other: "Outro", ended: "Título encerrado" } as Record<string, string>,
    means: {
      promised: "Ninguém é lembrado até o dia prometido. A tarefa termina.", wrong_number: "O número deixa de ser usado em todos os canais.", other: "A tarefa termina, ou volta no dia escolhido.",
      no_answer: "Volta no próximo dia útil.", disputes: "O título para até a contestação ser resolvida.", pays_later: "Volta em três dias úteis.", paid_already: "A régua espera como por dinheiro a caminho.",
    } as Record<string, string>,
    forAll: (n: number) => `Vale para as ${n} tarefas deste cliente.`, forOne: (number: string) => `Vale para o título ${number}.`, tasks: "Tarefas",
    mending: "O que foi feito", mended: "Corrigido", countTasks: (n: number, more: boolean) => (more ? `Mais de ${counted(n, "tarefa", "tarefas")}` : counted(n, "tarefa", "tarefas")),
    outcome: "Como terminou a ligação", claim: "Pegar", release: "Devolver", take: "Tirar de quem está com ela", mineUntil: (time: string) => `Com você até ${time}`, theirs: (who: string, time: string) => `${who} está com esta tarefa até ${time}`, free: "Ninguém está com esta tarefa.",
    released: "Tarefa devolvida", reopened: "A tarefa voltou para a lista", reopen: "Trazer de volta", worked: (code: string) => `${code}: tarefa encerrada`, backOn: (code: string, day: string) => `${code}: volta em ${day.slice(8, 10)}/${day.slice(5, 7)}`,
    followUp: "Adiar", followUpTitle: "Adiar a tarefa", followUpOn: "Voltar em", promisedOn: "Prometeu pagar em", note: "Anotação", noteHint: "Fica na história do cliente e na exportação dos dados dele.", number: "Qual número", save: "Registrar",
    attempts: (n: number) => (n === 1 ? "1 tentativa" : `${n} tentativas`), late: (n: number) => (n === 1 ? "1 dia de atraso" : `${n} dias de atraso`), overflow: "Parada há dias", last: "Resultado", stands: "Situação", days: "Atraso",
    says: "O que dizer", saysFirst: "Confirme com quem fala antes de citar a dívida.",
    script: (who: string, company: string, amount: string) => `Olá, falo com ${who}? Aqui é da ${company}. Há um valor de ${amount} em aberto. Consegue me dizer em que dia fica bom para pagar? Posso enviar a segunda via agora.`,
    states: { open: "Livre", claimed: "Em atendimento", waiting: "Adiada", done: "Encerrada" } as Record<string, string>, by: (who: string) => `com ${who}`, you: "você", back: (day: string) => `volta em ${day}`,
    empty: { ready: "Nada a fazer agora", mine: "Você não está com nenhuma tarefa", overflow: "Nada parado", waiting: "Nada adiado", done: "Nada encerrado ainda" } as Record<string, string>,
    emptyText: {
      ready: "Etapas do tipo tarefa colocam clientes aqui: para ligar, conferir ou negociar.", mine: "Abra uma tarefa e aperte c: por meia hora, ninguém mais liga para o mesmo cliente.", overflow: "Aqui aparece o que ninguém pegou em três dias.",
      waiting: "Sem resposta ou adiada com f, a tarefa espera aqui até o dia dela.", done: "Aqui fica o resultado de cada ligação.",
    } as Record<string, string>,
    notes: "Anotações", addNote: "Anotar", noNotes: "Nenhuma anotação.", noted: "Anotado", noteTitle: "Anotar sobre o cliente", remind: "Lembrar em", remindHint: "Nesse dia, uma tarefa aparece na lista.",
    count: (n: number, more: boolean) => (more ? `Mais de ${counted(n, "cliente", "clientes")}` : counted(n, "cliente", "clientes")), rankedBy: "O maior valor vencido primeiro.", oldestFirst: "Quem espera há mais tempo primeiro.",
    keys: [["Pegar ou devolver", "c"], ["Resultado da ligação", "1 – 7"], ["Adiar", "f"], ["Anotar", "n"], ["Próxima e anterior", "j k"], ["Registrar pagamento", "r"], ["Título seguinte", "]"]] as (readonly [string, string])[],
  },
  en: {
    views: { ready: "To do", mine: "Mine", overflow: "Overflow", waiting: "Put off", done: "Done" }, show: "Show", everyQueue: "Every queue", queue: "Queue",
    codes: { promised: "Promised to pay", no_answer: "No answer", wrong_number: "Wrong number", disputes: "Disputes it", pays_later: "Pays later", paid_already: "Says it is paid", other: "Other", ended: "Receivable closed" },
    means: {
      promised: "Nobody is reminded until the day promised. The task ends.", wrong_number: "The number is used no more, on any channel.", other: "The task ends, or comes back on the day chosen.",
      no_answer: "Comes back on the next business day.", disputes: "The receivable stands still until the dispute is settled.", pays_later: "Comes back in three business days.", paid_already: "The ladder waits as for money on its way.",
    },
    forAll: (n) => `Holds for the ${n} tasks of this customer.`, forOne: (number) => `Holds for receivable ${number}.`, tasks: "Tasks",
    mending: "What was done", mended: "Mended", countTasks: (n, more) => (more ? `More than ${counted(n, "task", "tasks", "en")}` : counted(n, "task", "tasks", "en")),
    outcome: "How the call ended", claim: "Take", release: "Give back", take: "Take it from whoever has it", mineUntil: (time) => `Yours until ${time}`, theirs: (who, time) => `${who} has this task until ${time}`, free: "Nobody has this task.",
    released: "Task given back", reopened: "The task is on the list again", reopen: "Bring back", worked: (code) => `${code}: task closed`, backOn: (code, day) => `${code}: comes back on ${day}`,
    followUp: "Put off", followUpTitle: "Put the task off", followUpOn: "Come back on", promisedOn: "Promised to pay on", note: "Note", noteHint: "It stays in the customer's history and in the export of their data.", number: "Which number", save: "Enter",
    attempts: (n) => (n === 1 ? "1 attempt" : `${n} attempts`), late: (n) => (n === 1 ? "1 day late" : `${n} days late`), overflow: "Left alone for days", last: "Outcome", stands: "Standing", days: "Late",
    says: "What to say", saysFirst: "Make sure who you are talking to before you speak of the debt.",
    script: (who, company, amount) => `Hello, am I speaking with ${who}? This is ${company}. An amount of ${amount} is open. Which day would suit you to pay? I can send you a second copy right now.`,
    states: { open: "Free", claimed: "Taken", waiting: "Put off", done: "Done" }, by: (who) => `with ${who}`, you: "you", back: (day) => `back on ${day}`,
    empty: { ready: "Nothing to do now", mine: "You have no task", overflow: "Nothing is left alone", waiting: "Nothing is put off", done: "Nothing is done yet" },
    emptyText: {
      ready: "Steps of the kind task put customers here: to be called, checked or bargained with.", mine: "Open a task and press c: for half an hour nobody else calls the same customer.", overflow: "Here stands what nobody took for three days.",
      waiting: "Without an answer, or put off with f, a task waits here until its day.", done: "Here stands what each call came to.",
    },
    notes: "Notes", addNote: "Note", noNotes: "No notes.", noted: "Noted", noteTitle: "Note something of the customer", remind: "Remind on", remindHint: "On that day a task stands on the list.",
    count: (n, more) => (more ? `More than ${counted(n, "customer", "customers", "en")}` : counted(n, "customer", "customers", "en")), rankedBy: "The largest overdue amount first.", oldestFirst: "Who waits longest first.",
    keys: [["Take or give back", "c"], ["How the call ended", "1 – 7"], ["Put off", "f"], ["Note", "n"], ["Next and previous", "j k"], ["Enter a payment", "r"], ["Next receivable", "]"]],
  },
});
