import { bilingual } from "../../words";

export const accountWords = bilingual({
  pt: {
    name: "Seu nome", email: "E-mail", changeName: "Mudar o nome", nameSaved: "Nome salvo", role: "Papel", limit: "Limite sem segunda pessoa", noLimit: "sem limite", nothingAlone: "nada sem uma segunda pessoa", you: "Você",
    password: "Senha", changePassword: "Trocar senha", old: "Senha atual", fresh: "Nova senha", passwordHint: "De 12 a 128 caracteres. Suas outras sessões serão encerradas.", passwordDone: "Senha trocada; as outras sessões terminaram",
    factor: "Segundo fator", factorOn: "Ativo", factorOff: "Desativado", factorText: "Um código de seis dígitos do seu celular, pedido junto com a senha. Protege sua conta mesmo se a senha vazar.",
    enrol: "Ativar", remove: "Remover", removeText: "Sua conta volta a depender só da senha. Os códigos de recuperação deixam de valer.", removeDone: "Segundo fator removido", confirmPassword: "Confirme com sua senha",
    scan: "1. Leia o código com o aplicativo autenticador", scanAlt: "Código QR para o aplicativo autenticador", orType: "Ou digite este segredo no aplicativo:", typeCode: "2. Digite o código que ele mostra", confirm: "Confirmar",
    codes: "Códigos de recuperação", codesText: "Cada um vale uma vez, para quando você não tiver o celular. Guarde-os agora: eles não aparecem de novo.", codesLeft: (n: number) => (n === 1 ? "Resta 1 código de recuperação" : `Restam ${n} códigos de recuperação`),
    newCodes: "Gerar outros códigos", newCodesText: "Os códigos de antes deixam de valer.", saved: "Já guardei", downloadCodes: "Baixar", enabled: "Segundo fator ativado",
    sessions: "Onde você está conectado", thisOne: "esta sessão", since: "Entrou", seen: "Último uso", place: "Lugar", placeHint: "Uma marca do endereço de rede, que muda a cada dia: sessões do mesmo dia com a mesma marca vieram do mesmo lugar.", end: "Encerrar", ended: "Sessão encerrada",
  },
  en: {
    name: "Your name", email: "E-mail", changeName: "Change name", nameSaved: "Name saved", role: "Role", limit: "Limit without a second person", noLimit: "no limit", nothingAlone: "nothing without a second person", you: "You",
    password: "Password", changePassword: "Change password", old: "Present password", fresh: "New password", passwordHint: "12 to 128 characters. Your other sessions will end.", passwordDone: "Password changed; the other sessions have ended",
    factor: "Second factor", factorOn: "On", factorOff: "Off", factorText: "A code of six digits from your phone, asked for with the password. It protects your account even when the password is known.",
    enrol: "Turn on", remove: "Remove", removeText: "Your account depends on the password alone again. Recovery codes do not count any more.", removeDone: "Second factor removed", confirmPassword: "Confirm with your password",
    scan: "1. Read the code with your authenticator", scanAlt: "QR code for the authenticator", orType: "Or type this secret into it:", typeCode: "2. Type the code that it shows", confirm: "Confirm",
    codes: "Recovery codes", codesText: "Each is good once, for when you do not have your phone. Keep them now: they are not shown again.", codesLeft: (n) => (n === 1 ? "1 recovery code is left" : `${n} recovery codes are left`),
    newCodes: "Make other codes", newCodesText: "The codes before do not count any more.", saved: "I have kept them", downloadCodes: "Download", enabled: "Second factor turned on",
    sessions: "Where you are signed in", thisOne: "this session", since: "Signed in", seen: "Last used", place: "Place", placeHint: "A mark of the network address that changes by the day: sessions of one day with the same mark came from one place.", end: "End", ended: "Session ended",
  },
});
