/** Whether a held act is about one of these ids or codes: its request names them in its path or its body. */
export function isAbout(act: { request: unknown }, names: readonly string[]): boolean {
  return holds(act.request, names);
}

function holds(value: unknown, names: readonly string[]): boolean {
  if (typeof value === "string") return names.includes(value) || value.split("/").some((part) => names.includes(part));
  if (Array.isArray(value)) return value.some((one) => holds(one, names));
  return typeof value === "object" && value !== null && Object.values(value).some((one) => holds(one, names));
}
