import { TaskList } from "./list";

export default function MendWork() {
  return <TaskList kind="mend" />;
}
