import { useEffect, useState } from "react";

/** A value that follows the typed one once nobody types for a moment. */
export function useSettled<T>(value: T, after = 400): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}
