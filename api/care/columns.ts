/** A change in the words of the api as the columns of a table, JSON: `{weightKg: 70}` → `{"weight_kg": 70}`. */
export function columnsOf(change: Record<string, unknown>): string {
  const named = Object.entries(change).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return JSON.stringify(Object.fromEntries(named));
}

/** Names of the fields that a change touches; their values belong to the patient and not into the audit. */
export function fieldsOf(change: Record<string, unknown>): string[] {
  return Object.keys(change).filter((name) => change[name] !== undefined);
}
