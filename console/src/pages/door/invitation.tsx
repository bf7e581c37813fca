import { Once } from "./once";

export default function Invitation() {
  return <Once kind="invitation" />;
}
