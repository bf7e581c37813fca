import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Mensagens",
  },
  en: {
    title: "Messages",
  },
});
