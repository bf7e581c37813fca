import { bilingual } from "../../words";

export const peopleWords = bilingual({
  pt: {
    counted: (n: number) => (n === 1 ? "1 pessoa" : `${n} pessoas`),
    invite: "Convidar pessoa", name: "Nome", email: "E-mail", role: "Papel", limit: "Limite", limitHint: "Valor que a pessoa decide sozinha. Vazio: sem limite. 0: nada sem uma segunda pessoa.", factor: "Segundo fator", state: "Situação", noFactor: "sem segundo fator",
    states: { active: "Ativa", invited: "Convidada", disabled: "Desativada" } as Record<string, string>, since: "Desde", you: "você",
    roles: {
      owner: "Tudo, inclusive pessoas, configurações e exclusão de dados.", manager: "Opera tudo e vê as configurações; não muda pessoas nem o modo.",
      collector: "Trabalha com clientes, títulos, dinheiro e mensagens.", analyst: "Vê tudo o que é número; não muda nada.", reader: "Só consulta clientes, títulos e relatórios.",
    } as Record<string, string>,
    sendInvite: "Criar convite", link: "Link do convite", linkText: (name: string) => `Envie este link a ${name}. Vale uma vez, por 72 horas, e não aparece de novo.`, resetLink: "Link de redefinição", resetText: (name: string) => `Envie este link a ${name}. Vale uma vez, por uma hora.`,
    again: "Convidar de novo", reset: "Redefinir senha", disable: "Desativar", enable: "Reativar", endSessions: "Encerrar sessões", removeFactor: "Remover segundo fator", unlink: "Desvincular provedor", edit: "Alterar",
    disableTitle: (name: string) => `Desativar ${name}?`, disableText: "As sessões terminam agora e as chaves desta pessoa deixam de funcionar até que seja reativada.", disabled: "Pessoa desativada", enabled: "Pessoa reativada", changed: "Alteração salva",
    sessionsEnded: "Sessões encerradas", factorTitle: (name: string) => `Remover o segundo fator de ${name}?`, factorText: "Faça isto só para quem perdeu o celular e os códigos. A conta passa a depender só da senha.", factorRemoved: "Segundo fator removido", unlinked: "Provedor desvinculado",
    limitWrong: "Não é um valor.", invitedUntil: "convite até",
  },
  en: {
    counted: (n) => (n === 1 ? "1 person" : `${n} people`),
    invite: "Invite somebody", name: "Name", email: "E-mail", role: "Role", limit: "Limit", limitHint: "The amount that they decide alone. Empty: no limit. 0: nothing without a second person.", factor: "Second factor", state: "State", noFactor: "no second factor",
    states: { active: "Active", invited: "Invited", disabled: "Disabled" }, since: "Since", you: "you",
    roles: {
      owner: "Everything, people, settings and erasure too.", manager: "Operates everything and sees settings; changes neither people nor the mode.",
      collector: "Works with customers, receivables, money and messages.", analyst: "Sees everything that is a number; changes nothing.", reader: "Only looks at customers, receivables and reports.",
    },
    sendInvite: "Make the invitation", link: "Link of the invitation", linkText: (name) => `Send this link to ${name}. It is good once, for 72 hours, and is not shown again.`, resetLink: "Reset link", resetText: (name) => `Send this link to ${name}. It is good once, for an hour.`,
    again: "Invite again", reset: "Reset password", disable: "Disable", enable: "Enable", endSessions: "End sessions", removeFactor: "Remove second factor", unlink: "Unlink provider", edit: "Change",
    disableTitle: (name) => `Disable ${name}?`, disableText: "Their sessions end now, and their keys do not work until they are enabled again.", disabled: "Disabled", enabled: "Enabled again", changed: "Change saved",
    sessionsEnded: "Sessions ended", factorTitle: (name) => `Remove the second factor of ${name}?`, factorText: "Do this only for somebody who has lost the phone and the codes. The account depends on the password alone.", factorRemoved: "Second factor removed", unlinked: "Provider unlinked",
    limitWrong: "This is no amount.", invitedUntil: "invited until",
  },
});
