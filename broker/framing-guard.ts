import type { Socket } from 'node:net';
import { maxConnectBytes } from '#schemas/topics.ts';

// The parser behind this guard has no limit of its own: it would hold a 256 MB CONNECT of a stranger until complete.
// The guard reads the fixed headers only [MQTT 3.1.1, 2.2] and judges a packet by its announced length.

export type Violation = {
  reason: 'not-mqtt' | 'malformed-length' | 'before-connack' | 'too-large';
  /** Length that the packet announced, or bytes seen where nothing was announced. */
  bytes: number;
};

const connectHeader = 0x10;
const publishType = 3;

/** Follows the packet boundaries of one connection. */
export class FramingGuard {
  #maxPublishBytes = 0;
  #admitted = false;
  #seenBytes = 0;
  #bodyLeft = 0;
  #packets = 0;
  #type = 0;
  /** Bytes of the remaining length read so far; −1 while a packet's first byte is expected. */
  #lengthBytes = -1;
  #length = 0;

  /** The connection is authenticated: from now on a PUBLISH may be this long, everything after its fixed header. */
  admit(maxPublishBytes: number): void {
    this.#admitted = true;
    this.#maxPublishBytes = maxPublishBytes;
  }

  /** Takes the next bytes from the socket, in order. Not to be called again after a violation. */
  scan(chunk: Uint8Array): Violation | null {
    const end = chunk.length;
    let at = 0;
    while (at < end) {
      if (this.#bodyLeft > 0) {
        const step = Math.min(this.#bodyLeft, end - at);
        this.#bodyLeft -= step;
        at += step;
        continue;
      }
      const violation = this.#header(chunk[at] ?? 0);
      if (violation) return violation;
      at += 1;
    }
    if (this.#admitted) return null;
    this.#seenBytes += end;
    return this.#seenBytes > maxConnectBytes ? { reason: 'before-connack', bytes: this.#seenBytes } : null;
  }

  #header(byte: number): Violation | null {
    if (this.#lengthBytes < 0) {
      // [MQTT-3.1.0-1] the first packet is a CONNECT; its flags are reserved and zero [MQTT-2.2.2-1]
      if (this.#packets === 0 && byte !== connectHeader) return { reason: 'not-mqtt', bytes: 1 };
      this.#packets += 1;
      this.#type = byte >> 4;
      this.#lengthBytes = 0;
      this.#length = 0;
      return null;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if (byte & 0x80) {
      // [MQTT 3.1.1, 2.2.3] the remaining length has at most four bytes
      return this.#lengthBytes === 4 ? { reason: 'malformed-length', bytes: this.#length } : null;
    }
    this.#lengthBytes = -1;
    if (!this.#admitted) {
      if (this.#length > maxConnectBytes) return { reason: 'before-connack', bytes: this.#length };
    } else if (this.#length > (this.#type === publishType ? this.#maxPublishBytes : maxConnectBytes)) {
      return { reason: 'too-large', bytes: this.#length };
    }
    this.#bodyLeft = this.#length;
    return null;
  }
}

/**
 * Puts a guard between a socket and whatever reads it by `read()`. At a violation the socket is destroyed before the
 * reader sees a byte of that chunk; `refused` is told first.
 */
export function guardSocket(socket: Socket, guard: FramingGuard, refused: (violation: Violation) => void): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const violation = guard.scan(chunk);
    if (!violation) return chunk;
    refused(violation);
    socket.destroy();
    return null;
  };
}
