import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Dinheiro",
  },
  en: {
    title: "Money",
  },
});
