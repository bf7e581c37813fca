// The part of your server that signs: REGUA_IN_APP_SECRET is what `POST /v1/in-app/secret` showed once. Never in a browser.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

const [kind, tenant, id, key] = (process.env.REGUA_IN_APP_SECRET ?? "").split("_");
if (kind !== "is" || !key) throw new Error("set REGUA_IN_APP_SECRET to is_…");

export const token = (customer, seconds = 600) => {
  const says = { customer, exp: Math.floor(Date.now() / 1000) + seconds };
  const signed = `ia_${tenant}_${id}_${Buffer.from(JSON.stringify(says)).toString("base64url")}`;
  return `${signed}_${createHmac("sha256", Buffer.from(key, "hex")).update(signed).digest("hex")}`;
};

createServer((request, response) => {
  // Who is signed in, your sessions know. Here everybody is this one.
  const customer = process.env.CUSTOMER ?? "C-1";
  response.writeHead(request.url === "/token" ? 200 : 404, { "Content-Type": "text/plain", "Cache-Control": "no-store" });
  response.end(request.url === "/token" ? token(customer) : "");
}).listen(5174, "127.0.0.1", () => console.log("signs at http://127.0.0.1:5174/token"));
