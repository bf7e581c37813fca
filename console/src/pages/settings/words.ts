import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Configurações",
    groups: { you: "Você", company: "Empresa", access: "Acesso", links: "Conexões", system: "Sistema" } as Record<string, string>,
    parts: {
      account: "Segurança e sessões", company: "Empresa e calendário", mode: "Modo e parada", brands: "Marcas", people: "Pessoas", keys: "Chaves de API",
      gateways: "Gateways", channels: "Canais", endpoints: "Webhooks", inapp: "No seu produto", health: "Diagnóstico", audit: "Auditoria",
    } as Record<string, string>,
    intros: {
      account: "Sua senha, seu segundo fator e os lugares onde você está conectado.",
      company: "Quem cobra, em que fuso e por qual calendário contam os dias úteis.",
      mode: "O quanto as decisões da régua valem de verdade, e o botão que para tudo.",
      brands: "Os nomes com que a empresa escreve aos clientes.",
      people: "Quem entra, com que papel e até que valor decide sem uma segunda pessoa.",
      keys: "Como programas usam a API. Uma chave nunca pode mais do que quem responde por ela.",
      gateways: "Por onde o dinheiro passa. São configurados no arquivo da instalação; aqui você confere.",
      channels: "Por onde a régua fala. São configurados no arquivo da instalação; aqui você confere e testa.",
      endpoints: "Endereços seus que recebem cada acontecimento, assinados pelo padrão Standard Webhooks.",
      inapp: "Avisos e cobrança dentro do seu próprio produto.",
      health: "O que funciona, o que está errado e como consertar.",
      audit: "Tudo o que foi feito na empresa, em uma cadeia que não se altera sem deixar marca.",
    } as Record<string, string>,
    mayNot: "Seu papel não permite ver esta parte.", navigation: "Partes das configurações",
    works: "Funciona", look: "Conferir", wrong: "Errado", check: "Conferir agora", state: "Situação", never: "nunca", name: "Nome", actions: "Ações",
  },
  en: {
    title: "Settings",
    groups: { you: "You", company: "Company", access: "Access", links: "Connections", system: "System" },
    parts: {
      account: "Security and sessions", company: "Company and calendar", mode: "Mode and stop", brands: "Brands", people: "People", keys: "API keys",
      gateways: "Gateways", channels: "Channels", endpoints: "Webhooks", inapp: "In your product", health: "Diagnosis", audit: "Audit",
    },
    intros: {
      account: "Your password, your second factor, and where you are signed in.",
      company: "Who collects, in which time zone, and by which calendar business days count.",
      mode: "How real the policy's decisions are, and the switch that stops everything.",
      brands: "The names under which the company writes to customers.",
      people: "Who comes in, in which role, and up to which amount they decide without a second person.",
      keys: "How programs use the API. A key never may more than the person who answers for it.",
      gateways: "The ways that money takes. They are set in the installation's file; here you look after them.",
      channels: "The ways by which the policy speaks. They are set in the installation's file; here you look after and try them.",
      endpoints: "Addresses of yours that are told of everything that happens, signed as Standard Webhooks has it.",
      inapp: "Notices and collection inside of your own product.",
      health: "What works, what is wrong, and the mend.",
      audit: "Everything that was done in the company, in a chain that cannot be altered without a trace.",
    },
    mayNot: "Your role does not permit to see this part.", navigation: "Parts of the settings",
    works: "Works", look: "Have a look", wrong: "Wrong", check: "Check now", state: "State", never: "never", name: "Name", actions: "Acts",
  },
});
