// PostgreSQL keeps neither NUL nor half of a surrogate pair. Firmware in C sends the former now and then; a database that
// refuses a value costs everybody's transaction, so it is seen before.

const nul = String.fromCharCode(0);
const halfPair = /\p{Surrogate}/u;

/** Whether the database can keep this text as it is. */
export function isStorableText(text: string): boolean {
  return !text.includes(nul) && !halfPair.test(text);
}

/** The text with U+FFFD in place of what the database can't keep. */
export function storableText(text: string): string {
  return isStorableText(text) ? text : text.replaceAll(nul, '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
}
