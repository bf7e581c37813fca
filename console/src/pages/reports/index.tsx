import { Page } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

export default function ReportsPage() {
  const say = useWords(words);
  return <Page title={say.title}>{null}</Page>;
}
