/**
 * Freezes plain objects and arrays all the way down, and stops at what is frozen already. Dates and byte arrays
 * cannot be frozen in JavaScript; they are left as they are.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value) || value instanceof Date) return value;
  Object.freeze(value);
  for (const key in value) deepFreeze(value[key]);
  return value;
}
