import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run tokens` signs for the customer; in a real app that is a route of your own server, behind your own sign-in.
export default defineConfig({
  plugins: [react()],
  server: { port: 5173, strictPort: true, proxy: { "/token": "http://127.0.0.1:5174" } },
});
