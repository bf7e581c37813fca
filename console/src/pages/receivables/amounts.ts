/** An amount that somebody typed, as the API writes it: 1.234,5 and 1,234.5 are 1234.5. Empty when it is none. */
export function decimal(text: string): string {
  const written = text.replace(/[^\d.,]/g, "");
  const last = Math.max(written.lastIndexOf(","), written.lastIndexOf("."));
  // Three digits behind signs of one kind part thousands.
  const thousands = /^\d{1,3}(\.\d{3})+$|^\d{1,3}(,\d{3})+$/.test(written);
  const parts = last >= 0 && !thousands;
  const whole = (parts ? written.slice(0, last) : written).replace(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  const rest = parts ? written.slice(last + 1) : "";
  if (whole === "" && rest === "") return "";
  return rest === "" ? whole || "0" : `${whole || "0"}.${rest.slice(0, 4)}`;
}
