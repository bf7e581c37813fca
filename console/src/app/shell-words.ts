import { bilingual } from "../words";

export const shellWords = bilingual({
  pt: {
    skip: "Pular para o conteúdo", navigation: "Navegação", searchOrGo: "Buscar ou ir para…", collapse: "Recolher menu", expand: "Expandir menu", openMenu: "Abrir menu",
    account: "Sua conta", signOut: "Sair", theme: "Tema", system: "Do sistema", light: "Claro", dark: "Escuro", language: "Idioma", profile: "Segurança e sessões",
    shortcuts: "Atalhos do teclado", help: "Ajuda e atalhos", apiDocs: "Documentação da API",
    mode: "Modo",
    modeTexts: {
      shadow: "A régua decide e mostra, mas nada sai.",
      redirect: "Toda mensagem vai para um único endereço de teste.",
      approve: "Nada sai antes de uma pessoa liberar.",
      live: "A régua fala com os clientes e restringe acessos.",
    } as Record<string, string>,
    changeMode: "Mudar o modo…", stop: "Parar tudo", stopped: "Tudo parado", resume: "Retomar",
    stopTitle: "Parar toda a cobrança agora?",
    stopText: "Nenhuma mensagem, cobrança ou restrição sai até alguém retomar, inclusive o que já estava a caminho. Ao retomar, o que foi avisado antes da parada volta a ser avisado antes de qualquer restrição.",
    stoppedText: "Nenhuma mensagem, cobrança ou restrição sai.", stopDone: "Tudo parado", resumeDone: "Cobrança retomada",
    resumeTitle: "Retomar a cobrança?", resumeText: "A régua volta a agir na próxima rodada. Passos adversos são avisados de novo antes de acontecer.",
    go: "Ir para", general: "Geral", tables: "Tabelas", thisHelp: "Esta ajuda", thisPage: "Nesta página", palette: "Buscar e comandos", focusSearch: "Ir para a busca da página",
    moveRows: "Linha abaixo e acima", openRow: "Abrir", selectRow: "Selecionar", selectAll: "Selecionar tudo", extend: "Estender a seleção", toggleTheme: "Alternar claro e escuro",
  },
  en: {
    skip: "Skip to the content", navigation: "Navigation", searchOrGo: "Search or go to…", collapse: "Collapse menu", expand: "Expand menu", openMenu: "Open menu",
    account: "Your account", signOut: "Sign out", theme: "Theme", system: "As the system", light: "Light", dark: "Dark", language: "Language", profile: "Security and sessions",
    shortcuts: "Keyboard shortcuts", help: "Help and shortcuts", apiDocs: "API documentation",
    mode: "Mode",
    modeTexts: {
      shadow: "The policy decides and shows, and nothing goes out.",
      redirect: "Every message goes to a single test address.",
      approve: "Nothing goes out before a person has released it.",
      live: "The policy writes to customers and restricts access.",
    },
    changeMode: "Change the mode…", stop: "Stop everything", stopped: "Everything stopped", resume: "Resume",
    stopTitle: "Stop all collection now?",
    stopText: "No message, charge or restriction goes out until somebody resumes, not even what is on its way. After that, what was announced before the stop is announced anew before any restriction.",
    stoppedText: "No message, charge or restriction goes out.", stopDone: "Everything stopped", resumeDone: "Collection resumed",
    resumeTitle: "Resume collection?", resumeText: "The policy acts again with the next run. Adverse steps are announced anew before they happen.",
    go: "Go to", general: "General", tables: "Tables", thisHelp: "This help", thisPage: "On this page", palette: "Search and commands", focusSearch: "Go to the search of the page",
    moveRows: "Row below and above", openRow: "Open", selectRow: "Select", selectAll: "Select all", extend: "Extend the selection", toggleTheme: "Toggle light and dark",
  },
});
