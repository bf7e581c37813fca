import { bilingual } from "../../../words";

export const editorWords = bilingual({
  pt: {
    label: "Texto da régua", help: "Ctrl+Espaço completa, passar sobre uma chave explica, Ctrl+F busca. Escape e Tab saem do editor.", nothing: "Nada a corrigir", findings: "O que a conferência diz",
    phrases: {
      Find: "Buscar", Replace: "Substituir", next: "próximo", previous: "anterior", all: "todos", "match case": "maiúsculas", "by word": "palavra", regexp: "expressão", replace: "substituir", "replace all": "substituir todos", close: "fechar", "Fold line": "Recolher", "Unfold line": "Expandir",
    } as Record<string, string>,
  },
  en: { label: "Text of the policy", help: "Ctrl+Space completes, hovering a key explains it, Ctrl+F searches. Escape and Tab leave the editor.", nothing: "Nothing to mend", findings: "What the check says", phrases: {} },
});
