import { bilingual } from "../../words";

export const keysWords = bilingual({
  pt: {
    counted: (n: number) => (n === 1 ? "1 chave" : `${n} chaves`),
    make: "Criar chave", name: "Nome", nameHint: "O programa que vai usá-la, como \"loja\" ou \"ERP\".", scopes: "O que pode", scopesHint: "Dê só o que o programa precisa.", expires: "Vale até", expiresHint: "Vazio: sem prazo.", limit: "Limite", limitHint: "Valor por ato sem uma segunda pessoa. Vazio: sem limite.",
    secret: "Segredo da chave", secretText: "Copie agora: ele não aparece de novo. Guardamos só uma marca dele.", used: "Usada", never: "nunca usada", made: "Criada", responsible: "Responde", states: { active: "Ativa", expired: "Venceu", revoked: "Encerrada" } as Record<string, string>,
    rotate: "Trocar segredo", rotateTitle: (name: string) => `Trocar o segredo de ${name}?`, rotateText: "Um novo segredo passa a valer agora, e você responde por esta chave. O de antes vale ainda por algum tempo, para dar tempo de trocar.", overlap: "O segredo de antes vale por", hours: (n: number) => (n === 0 ? "Nem um minuto" : n === 1 ? "1 hora" : n < 48 ? `${n} horas` : `${n / 24} dias`),
    revoke: "Encerrar", revokeTitle: (name: string) => `Encerrar a chave ${name}?`, revokeText: "O programa que a usa para de funcionar na hora. Não há volta.", revoked: "Chave encerrada", empty: "Nenhuma chave ainda", emptyText: "Uma chave deixa seu ERP, loja ou robô falar com a Régua pela API, com os mesmos limites das pessoas.", docs: "Documentação da API",
    lost: (n: number) => `${n} permissões suspensas: quem responde por ela não as tem mais`, oldUntil: "o segredo de antes vale até", limitWrong: "Não é um valor.", choose: "Escolha ao menos uma permissão.", shown: (n: number) => `${n} permissões`, all: "Todas",
  },
  en: {
    counted: (n) => (n === 1 ? "1 key" : `${n} keys`),
    make: "Make a key", name: "Name", nameHint: "The program that will use it, such as \"shop\" or \"ERP\".", scopes: "What it may", scopesHint: "Give it only what the program needs.", expires: "Good until", expiresHint: "Empty: without end.", limit: "Limit", limitHint: "Amount of an act without a second person. Empty: no limit.",
    secret: "Secret of the key", secretText: "Copy it now: it is not shown again. We keep only a mark of it.", used: "Used", never: "never used", made: "Made", responsible: "Answers for it", states: { active: "Active", expired: "Expired", revoked: "Ended" },
    rotate: "Change the secret", rotateTitle: (name) => `Change the secret of ${name}?`, rotateText: "A new secret counts from now on, and you answer for this key. The one before counts for a while, so that programs can change over.", overlap: "The secret before counts for", hours: (n) => (n === 0 ? "Not a minute" : n === 1 ? "1 hour" : n < 48 ? `${n} hours` : `${n / 24} days`),
    revoke: "End", revokeTitle: (name) => `End the key ${name}?`, revokeText: "The program that uses it stops working at once. It cannot be taken back.", revoked: "Key ended", empty: "No keys yet", emptyText: "A key lets your ERP, shop or robot talk to Régua by the API, with the same limits that people have.", docs: "API documentation",
    lost: (n) => `${n} scopes are suspended: the person who answers for it does not have them any more`, oldUntil: "the secret before counts until", limitWrong: "This is no amount.", choose: "Choose one scope at least.", shown: (n) => `${n} scopes`, all: "All",
  },
});
