import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Relatórios",
  },
  en: {
    title: "Reports",
  },
});
