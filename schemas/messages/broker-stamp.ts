/**
 * The broker's stamp: when it read a message of the urgent lane. MQTT 3.1.1 has no properties, so it stands behind the
 * payload: the byte 0x1e, then 13 ASCII digits, milliseconds since 1970. 0x1e cannot end a JSON text, so a payload that
 * came through a broker without stamps is never mistaken for one with.
 */
export const brokerStampMark = 0x1e;
const digits = 13;
/** Bytes that a stamp adds. */
export const brokerStampBytes = 1 + digits;

const zero = 0x30;
const largest = 10 ** digits;

/**
 * The payload with one stamp behind it.
 * @param readAtMs whole milliseconds since 1970
 * @throws RangeError for a time that 13 digits do not hold
 */
export function stampPayload(payload: Uint8Array, readAtMs: number): Uint8Array {
  if (!Number.isInteger(readAtMs) || readAtMs < 0 || readAtMs >= largest) {
    throw new RangeError(`not a time in milliseconds since 1970: ${readAtMs}`);
  }
  const stamped = new Uint8Array(payload.length + brokerStampBytes);
  stamped.set(payload);
  stamped[payload.length] = brokerStampMark;
  let rest = readAtMs;
  for (let at = stamped.length - 1; at > payload.length; at -= 1) {
    stamped[at] = zero + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return stamped;
}

/**
 * Strips exactly one stamp. `payload` is a view, not a copy; `brokerAt` is null where there is no stamp, as behind a
 * foreign broker, and the payload is then untouched.
 */
export function readStamp(payload: Uint8Array): { payload: Uint8Array; brokerAt: number | null } {
  const mark = payload.length - brokerStampBytes;
  if (mark < 0 || payload[mark] !== brokerStampMark) return { payload, brokerAt: null };
  let brokerAt = 0;
  for (let at = mark + 1; at < payload.length; at += 1) {
    const digit = (payload[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return { payload, brokerAt: null };
    brokerAt = brokerAt * 10 + digit;
  }
  return { payload: payload.subarray(0, mark), brokerAt };
}
