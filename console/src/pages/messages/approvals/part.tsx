import { useWords } from "../../../words";
import { MessagesParts } from "../head";
import { words } from "../words";
import { ApprovalQueue } from "./queue";

export default function ApprovalsPart() {
  const say = useWords(words);
  return <ApprovalQueue title={say.title}><MessagesParts open="approvals" /></ApprovalQueue>;
}
