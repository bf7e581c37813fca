import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that the console talks to while it is developed: REGUA=http://127.0.0.1:8501 npm run dev
const server = process.env.REGUA ?? "http://127.0.0.1:8420";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { proxy: { "/v1": { target: server } } },
  preview: { proxy: { "/v1": { target: server } } },
  build: {
    target: "es2022",
    // A strict Content-Security-Policy refuses `data:`, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
