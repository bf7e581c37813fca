import { bilingual } from "./words";

/**
 * The server's codes in the reader's language. One that is not here is told in the server's own words: they name the mend,
 * which is better than a general sentence.
 */
export const problems = bilingual<Record<string, string>>({
  pt: {
    sign_in_refused: "E-mail, senha ou código não conferem.",
    sign_in_throttled: "Muitas tentativas. Aguarde um pouco antes de tentar de novo.",
    sign_in_busy: "Muita gente entrando ao mesmo tempo. Tente de novo em alguns segundos.",
    second_factor: "Informe o código do aplicativo autenticador.",
    setup_token: "Este não é o código que o servidor escreveu ao iniciar.",
    set_up_before: "Já existe um proprietário. Entre com a conta dele.",
    password_length: "A senha precisa ter de 12 a 128 caracteres.",
    password_characters: "A senha não pode ter caracteres de controle.",
    password_common: "Esta é uma das senhas mais comuns. Uma frase sua é melhor.",
    password_personal: "A senha se parece demais com o nome ou o e-mail.",
    bad_token: "Este link já foi usado ou expirou. Peça um novo.",
    bad_email: "Este não é um endereço de e-mail válido.",
    bad_name: "Este nome não pode ser usado.",
    email_taken: "Já existe uma pessoa com este e-mail.",
    wrong_password: "Esta não é a sua senha.",
    wrong_code: "Este não é o código de agora. Confira o relógio do aparelho.",
    throttled: "Muitas tentativas erradas. Aguarde alguns minutos.",
    disabled: "Esta pessoa está desativada. Reative-a primeiro.",
    accepted_before: "Esta pessoa já escolheu uma senha. Gere uma redefinição.",
    above_oneself: "Ninguém concede mais do que tem: nem papel, nem limite.",
    last_owner: "O último proprietário não pode ser desativado nem rebaixado.",
    own_standing: "Ninguém muda o próprio papel ou limite.",
    owners_make_owners: "Só um proprietário torna alguém proprietário.",
    unauthenticated: "Sua sessão terminou. Entre de novo.",
    csrf: "A sessão mudou em outra aba. Recarregue a página.",
    idempotency_under_way: "Isto já está em andamento. Aguarde um instante.",
    idempotency_unknown: "Não sabemos se isto foi feito: o servidor caiu no meio. Confira antes de repetir.",
    busy_elsewhere: "Outra operação demorada está em andamento no servidor. Tente de novo em instantes.",
    internal: "Erro nosso no servidor. Os detalhes estão no registro dele.",
    not_found: "Não encontrado. Talvez tenha sido removido.",
  },
  en: {
    sign_in_refused: "E-mail, password or code do not match.",
    sign_in_throttled: "Too many tries. Wait a little before the next one.",
    second_factor: "Enter the code of your authenticator.",
    unauthenticated: "Your session has ended. Sign in again.",
    busy_elsewhere: "Something else that takes long is under way on the server. Try again in a moment.",
    csrf: "The session changed in another tab. Reload the page.",
  },
});
