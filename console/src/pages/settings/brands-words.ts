import { bilingual } from "../../words";

export const brandsWords = bilingual({
  pt: {
    counted: (n: number) => (n === 1 ? "1 marca" : `${n} marcas`),
    add: "Adicionar marca", edit: "Alterar", remove: "Remover", makeDefault: "Tornar padrão", isDefault: "padrão", madeDefault: "Marca padrão alterada", saved: "Marca salva", removed: "Marca removida",
    empty: "Uma marca só, a do arquivo", emptyText: "Os clientes recebem mensagens com o nome, endereço e remetente do regua.toml. Acrescente marcas se a empresa escreve com mais de um nome.",
    removeTitle: (name: string) => `Remover ${name}?`, removeText: "Clientes que a escolhem passam a receber mensagens da marca padrão.",
    asSettings: "Voltar ao que diz o arquivo",
    key: "Chave", keyHint: "Letras minúsculas, números e hífen. É o que o atributo brand do cliente diz.", name: "Nome", nameHint: "Como os clientes a conhecem.", legal: "Razão social", address: "Endereço em uma linha", taxId: "Documento", taxIdHint: "Com o rótulo: CNPJ 12.345.678/0001-95", contact: "Contato", contactHint: "Onde uma pessoa responde: e-mail ou telefone.",
    link: "Onde ver e pagar", senderName: "Nome do remetente", sender: "E-mail do remetente", replyTo: "Responder para", colour: "Cor", logo: "Logotipo (https)", domain: "Domínio do portal", preview: "Prévia do e-mail", previewSubject: "Sua fatura vence amanhã", previewText: "Olá, Ana. Sua fatura de R$ 189,90 vence amanhã.", previewButton: "Ver e pagar",
    badColour: "Uma cor como #1f4e79.", badKey: "Só letras minúsculas, números e hífen, começando por letra.", contrast: "Texto branco fica difícil de ler nesta cor.",
  },
  en: {
    counted: (n) => (n === 1 ? "1 brand" : `${n} brands`),
    add: "Add a brand", edit: "Change", remove: "Remove", makeDefault: "Make it the default", isDefault: "default", madeDefault: "Default brand changed", saved: "Brand saved", removed: "Brand removed",
    empty: "One brand only, that of the file", emptyText: "Customers get messages with the name, address and sender of regua.toml. Add brands if the company writes under more than one name.",
    removeTitle: (name) => `Remove ${name}?`, removeText: "Customers that choose it get messages of the default brand.",
    asSettings: "Back to what the file says",
    key: "Key", keyHint: "Lower-case letters, digits and hyphens. It is what a customer's attribute brand says.", name: "Name", nameHint: "What customers know it by.", legal: "Legal name", address: "Address in one line", taxId: "Company number", taxIdHint: "With its label: CNPJ 12.345.678/0001-95", contact: "Contact", contactHint: "Where a person answers: e-mail or phone.",
    link: "Where to see and pay", senderName: "Name of the sender", sender: "E-mail of the sender", replyTo: "Answers go to", colour: "Colour", logo: "Logo (https)", domain: "Domain of the portal", preview: "Preview of the e-mail", previewSubject: "Your invoice is due tomorrow", previewText: "Hello Ana. Your invoice of R$ 189.90 is due tomorrow.", previewButton: "See and pay",
    badColour: "A colour such as #1f4e79.", badKey: "Lower-case letters, digits and hyphens only, beginning with a letter.", contrast: "White text is hard to read on this colour.",
  },
});
