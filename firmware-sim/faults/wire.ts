// Faults of the way between pump and broker. They act on messages as sent; the journal must make up for every one.
import { draw, type Seeded } from '../random.ts';

export type WireFaults = {
  /** Chance that a message is sent twice. */
  duplicate: number;
  /** Chance that a message is held back and sent after the next one. */
  reorder: number;
  /** Chance that a message is cut short. */
  truncate: number;
  /** Chance that a message is never sent. */
  drop: number;
};

export const cleanWire: WireFaults = { duplicate: 0, reorder: 0, truncate: 0, drop: 0 };

export type WireMessage = { topic: string; payload: string };

/**
 * What really goes out for one message.
 * @param held a message held back earlier, or null; it goes out behind the present one
 */
export function distort(
  seeded: Seeded,
  faults: WireFaults,
  message: WireMessage,
  held: WireMessage | null,
): { send: WireMessage[]; held: WireMessage | null } {
  const happens = (chance: number) => chance > 0 && draw(seeded) < chance;
  if (happens(faults.drop)) return { send: held ? [held] : [], held: null };
  const cut = happens(faults.truncate)
    ? { ...message, payload: message.payload.slice(0, Math.floor(message.payload.length * draw(seeded))) }
    : message;
  if (!held && happens(faults.reorder)) return { send: [], held: cut };
  const send = happens(faults.duplicate) ? [cut, cut] : [cut];
  return { send: held ? [...send, held] : send, held: null };
}
