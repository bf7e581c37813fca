import { useWords } from "../../words";
import { ApprovalQueue } from "../messages/approvals/queue";
import { WorkParts } from "./head";
import { words } from "./words";

export default function ApprovalsWork() {
  const say = useWords(words);
  return <ApprovalQueue title={say.title}><WorkParts open="approvals" /></ApprovalQueue>;
}
