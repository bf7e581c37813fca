import { TaskList } from "./list";

export default function TasksWork() {
  return <TaskList kind="task" />;
}
