import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Régua",
  },
  en: {
    title: "Policy",
  },
});
