import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Configurações",
  },
  en: {
    title: "Settings",
  },
});
