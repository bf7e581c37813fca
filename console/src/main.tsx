import "./index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./app/query";
import { router } from "./app/router";
import { ensureSession } from "./app/session";
import { paintTheme, ThemeProvider } from "./app/theme";
import { Toasts } from "./app/toaster";
import { TooltipProvider } from "./ui/tooltip";
import { LanguageProvider } from "./words";

paintTheme();
// Asked before anything is drawn; whoever needs the answer waits for this one.
ensureSession().catch(() => undefined);

const root = document.getElementById("root");
if (!root) throw new Error("no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <ThemeProvider>
          <TooltipProvider delayDuration={300}>
            <RouterProvider router={router} />
            <Toasts />
          </TooltipProvider>
        </ThemeProvider>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
