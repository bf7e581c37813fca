import { Page } from "../../ui";
import { useWords } from "../../words";
import { words } from "./words";

export default function WorkPage() {
  const say = useWords(words);
  return <Page title={say.title}>{null}</Page>;
}
