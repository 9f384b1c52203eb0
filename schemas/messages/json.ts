import { isStorableText } from './text.ts';

// JSON.parse reads any depth; JSON.stringify and every other walk that calls itself do not: 64 KiB hold 30,000 brackets.

/** What is nested deeper is no pump's value. */
const maxDepth = 32;

/** Whether the database can keep a JSON value: every text and name of it, and not too deep. */
export function isStorableJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  return Object.entries(value).every(([name, inner]) => isStorableText(name) && isStorableJson(inner, depth + 1));
}

/** JSON.stringify of what JSON.parse returned, however deep it is. */
export function jsonText(parsed: unknown): string {
  try {
    return JSON.stringify(parsed) ?? 'null';
  } catch (error) {
    if (error instanceof RangeError) return deepJsonText(parsed);
    throw error;
  }
}

type Part = { text: string } | { value: unknown };

function deepJsonText(parsed: unknown): string {
  const texts: string[] = [];
  // What is still to be said, the next part last.
  const ahead: Part[] = [{ value: parsed }];
  for (let part = ahead.pop(); part; part = ahead.pop()) {
    if ('text' in part) texts.push(part.text);
    else if (typeof part.value !== 'object' || part.value === null) texts.push(JSON.stringify(part.value) ?? 'null');
    else for (const inner of partsOf(part.value).reverse()) ahead.push(inner);
  }
  return texts.join('');
}

function partsOf(value: object): Part[] {
  const isArray = Array.isArray(value);
  const inner = Object.entries(value).flatMap(([name, one], index): Part[] => [
    { text: `${index > 0 ? ',' : ''}${isArray ? '' : `${JSON.stringify(name)}:`}` },
    { value: one },
  ]);
  return [{ text: isArray ? '[' : '{' }, ...inner, { text: isArray ? ']' : '}' }];
}
