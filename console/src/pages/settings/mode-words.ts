import { bilingual } from "../../words";

export const modeWords = bilingual({
  pt: {
    now: "Agora", stopTitle: "Parada geral", running: "A cobrança está andando.", runningText: "Use quando algo estiver errado: nada mais sai, na hora, nem o que já estava a caminho.",
    texts: {
      shadow: "A régua decide e mostra cada passo. Nada sai: nem mensagem, nem cobrança, nem restrição.",
      redirect: "Toda mensagem vai para um endereço seu, como o cliente a receberia. Nada é cobrado nem restringido.",
      approve: "Cada passo espera uma pessoa liberar. O liberado sai de verdade.",
      live: "Mensagens saem, cobranças são feitas e acessos são restringidos, sozinhos.",
    } as Record<string, string>,
    current: "Modo atual", choose: "Mudar para este modo", preview: "O que isto significa", previewing: "Calculando sobre a carteira de verdade…",
    next: "Nas primeiras 48 horas", messages: (n: string, c: string) => `${n} mensagens para ${c} clientes`, receivables: (n: string) => `${n} títulos em aberto entram de novo na régua`, nothing: "Nada sai nas primeiras 48 horas.",
    steps: "Passos", to: "Endereço de teste", toHint: "Um e-mail seu. Todas as mensagens vão para ele.", change: "Mudar modo", changed: (mode: string) => `Modo: ${mode}`, from: (a: string, b: string) => `De ${a} para ${b}`,
    enters: "Ao sair da sombra, todo título em aberto entra de novo na régua, sem passos do passado.", live: "AO VIVO", pauses: "Paradas", pauseOf: "tudo", holds: "em vigor", ended: "terminou", until: "até", resume: "Retomar", noPauses: "Nada foi parado até hoje.", redirectSet: "endereço definido", moved: (n: string) => `${n} títulos entraram de novo`,
  },
  en: {
    now: "Now", stopTitle: "General stop", running: "Collection is running.", runningText: "Use it when something is wrong: nothing goes out any more, at once, not even what is on its way.",
    texts: {
      shadow: "The policy decides and shows each step. Nothing goes out: no message, no charge, no restriction.",
      redirect: "Every message goes to an address of yours, as the customer would get it. Nothing is charged or restricted.",
      approve: "Each step waits for a person to release it. What was released goes out for real.",
      live: "Messages go out, charges are made and access is restricted, by themselves.",
    },
    current: "Present mode", choose: "Switch to this mode", preview: "What this means", previewing: "Working it out on the real book…",
    next: "In the first 48 hours", messages: (n, c) => `${n} messages to ${c} customers`, receivables: (n) => `${n} open receivables enter the policy anew`, nothing: "Nothing goes out in the first 48 hours.",
    steps: "Steps", to: "Test address", toHint: "An e-mail address of yours. Every message goes there.", change: "Change mode", changed: (mode) => `Mode: ${mode}`, from: (a, b) => `From ${a} to ${b}`,
    enters: "Out of the shadow, every open receivable enters the policy anew, without steps of the past.", live: "LIVE", pauses: "Stops", pauseOf: "everything", holds: "in force", ended: "ended", until: "until", resume: "Resume", noPauses: "Nothing was ever stopped.", redirectSet: "address is set", moved: (n) => `${n} receivables entered anew`,
  },
});
