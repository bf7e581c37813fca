import { useWords } from "../../words";
import { NeedList } from "../messages/need";
import { WorkParts } from "./head";
import { words } from "./words";

export default function NeedWork() {
  const say = useWords(words);
  return <NeedList title={say.title}><WorkParts open="need" /></NeedList>;
}
