import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Trabalho",
  },
  en: {
    title: "Work",
  },
});
