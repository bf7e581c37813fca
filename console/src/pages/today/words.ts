import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Hoje",
  },
  en: {
    title: "Today",
  },
});
