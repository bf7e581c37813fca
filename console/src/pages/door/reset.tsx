import { Once } from "./once";

export default function Reset() {
  return <Once kind="reset" />;
}
