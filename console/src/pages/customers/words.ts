import { bilingual } from "../../words";

export const words = bilingual({
  pt: {
    title: "Clientes",
  },
  en: {
    title: "Customers",
  },
});
