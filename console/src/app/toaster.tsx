import { Toaster } from "sonner";
import { useTheme } from "./theme";

export function Toasts() {
  const { dark } = useTheme();
  return (
    <Toaster
      theme={dark ? "dark" : "light"}
      position="bottom-right"
      toastOptions={{
        style: { background: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", boxShadow: "var(--shadow-pop)", fontFamily: "inherit", fontSize: 14 },
        classNames: { description: "text-muted!" },
      }}
    />
  );
}
