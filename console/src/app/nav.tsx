import { BookOpenText, ChartNoAxesColumn, ClipboardList, Landmark, MessageSquareText, Ruler, Settings, Sun, Users } from "lucide-react";
import type { ReactNode } from "react";
import { bilingual } from "../words";

export type Place = { to: "/" | "/receivables" | "/customers" | "/policy" | "/messages" | "/work" | "/money" | "/reports" | "/settings"; word: keyof (typeof places)["pt"]; key: string; icon: ReactNode; needs?: string };

export const places = bilingual({
  pt: {
    today: "Hoje", work: "Trabalho", receivables: "Recebíveis", customers: "Clientes", policy: "Régua", messages: "Mensagens",
    money: "Dinheiro", reports: "Relatórios", settings: "Configurações",
  },
  en: {
    today: "Today", work: "Work", receivables: "Receivables", customers: "Customers", policy: "Policy", messages: "Messages",
    money: "Money", reports: "Reports", settings: "Settings",
  },
});

/** The nine pages, in the order in which a day goes. `key` follows `g`. */
export const PLACES: readonly Place[] = [
  { to: "/", word: "today", key: "t", icon: <Sun /> },
  { to: "/work", word: "work", key: "w", icon: <ClipboardList /> },
  { to: "/receivables", word: "receivables", key: "r", icon: <BookOpenText />, needs: "receivables:read" },
  { to: "/customers", word: "customers", key: "c", icon: <Users />, needs: "customers:read" },
  { to: "/policy", word: "policy", key: "p", icon: <Ruler />, needs: "policy:read" },
  { to: "/messages", word: "messages", key: "m", icon: <MessageSquareText />, needs: "messages:read" },
  { to: "/money", word: "money", key: "d", icon: <Landmark />, needs: "money:read" },
  { to: "/reports", word: "reports", key: "l", icon: <ChartNoAxesColumn />, needs: "reports:read" },
  { to: "/settings", word: "settings", key: "s", icon: <Settings /> },
];
