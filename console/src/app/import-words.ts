import { bilingual } from "../words";

export const importWords = bilingual({
  pt: {
    title: "Importar arquivo", text: "CSV, TSV, planilha ou JSON. Primeiro você confere; nada é gravado antes.",
    what: "O que o arquivo traz", receivables: "Recebíveis e clientes", payments: "Pagamentos", drop: "Solte o arquivo aqui ou", choose: "escolha no computador", another: "Trocar arquivo",
    options: "Se algo foi lido errado", dates: "Datas como 01/02/2026", decimal: "Decimais", delimiter: "Separador", currency: "Moeda sem coluna", auto: "Reconhecer sozinho",
    dmy: "dia/mês/ano", mdy: "mês/dia/ano", ymd: "ano/mês/dia", comma: "vírgula", point: "ponto", semicolon: "ponto e vírgula", tab: "tabulação",
    checking: "Lendo o arquivo…", columns: "Como as colunas foram lidas", column: "Coluna", meaning: "Significado", example: "Exemplo",
    counts: (fresh: string, changed: string) => `${fresh} novos, ${changed} alterados`, customers: "Clientes", titles: "Títulos", rejects: "Linhas recusadas", warnings: "Avisos", row: (n: string) => `linha ${n}`,
    nothing: "O arquivo não traz nada de novo.", write: "Gravar", written: "Arquivo importado", rejected: (n: string) => `${n} linhas serão deixadas de fora`,
    tooLarge: "O arquivo passa de 32 MB. Divida-o ou use regua import no servidor.",
  },
  en: {
    title: "Import a file", text: "CSV, TSV, spreadsheet or JSON. You look first; nothing is written before.",
    what: "What the file holds", receivables: "Receivables and customers", payments: "Payments", drop: "Drop the file here or", choose: "choose it on this computer", another: "Take another file",
    options: "If something was read wrongly", dates: "Dates such as 01/02/2026", decimal: "Decimals", delimiter: "Separator", currency: "Currency without a column", auto: "Recognise it",
    dmy: "day/month/year", mdy: "month/day/year", ymd: "year/month/day", comma: "comma", point: "point", semicolon: "semicolon", tab: "tab",
    checking: "Reading the file…", columns: "How the columns were read", column: "Column", meaning: "Meaning", example: "Example",
    counts: (fresh, changed) => `${fresh} new, ${changed} changed`, customers: "Customers", titles: "Receivables", rejects: "Refused rows", warnings: "Warnings", row: (n) => `row ${n}`,
    nothing: "The file brings nothing new.", write: "Write", written: "File imported", rejected: (n) => `${n} rows will be left out`,
    tooLarge: "The file is over 32 MB. Divide it, or use regua import on the server.",
  },
});
