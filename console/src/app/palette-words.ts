import { bilingual } from "../words";

export const paletteWords = bilingual({
  pt: {
    placeholder: "Número do título, código ou nome do cliente, página, comando…", found: "Encontrado", pages: "Páginas", acts: "Comandos", settings: "Configurações", nothing: "Nada com esse começo. Procure pelo começo do número de um título, do código de um cliente ou das palavras do nome, com três letras ao menos.",
    searching: "Procurando…", customer: "Cliente", receivable: "Título", run: "Rodar agora", import: "Importar arquivo", stop: "Parar tudo", resume: "Retomar a cobrança", light: "Tema claro", dark: "Tema escuro", help: "Atalhos do teclado", language: "Switch to English", signOut: "Sair",
    parts: { account: "Segurança e sessões", company: "Empresa e calendário", mode: "Modo e parada", brands: "Marcas", people: "Pessoas", keys: "Chaves de API", gateways: "Gateways", channels: "Canais", endpoints: "Webhooks", inapp: "No seu produto", health: "Diagnóstico", audit: "Auditoria" } as Record<string, string>,
  },
  en: {
    placeholder: "Number of a receivable, code or name of a customer, page, command…", found: "Found", pages: "Pages", acts: "Commands", settings: "Settings", nothing: "Nothing begins so. Look for the beginning of a receivable's number, of a customer's code, or of the words of a name, with three letters at least.",
    searching: "Searching…", customer: "Customer", receivable: "Receivable", run: "Run now", import: "Import a file", stop: "Stop everything", resume: "Resume collection", light: "Light theme", dark: "Dark theme", help: "Keyboard shortcuts", language: "Mudar para português", signOut: "Sign out",
    parts: { account: "Security and sessions", company: "Company and calendar", mode: "Mode and stop", brands: "Brands", people: "People", keys: "API keys", gateways: "Gateways", channels: "Channels", endpoints: "Webhooks", inapp: "In your product", health: "Diagnosis", audit: "Audit" },
  },
});
