import { createHash, timingSafeEqual } from 'node:crypto';

// Tokens are random and 256 bits long, so one SHA-256 is enough: a password hash would make ten thousand reconnecting
// pumps wait minutes.

/** SHA-256 of the token's bytes as they came over the wire (the text, not what it encodes). */
export function hashToken(token: Uint8Array | string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Compares two SHA-256 hashes in constant time. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
