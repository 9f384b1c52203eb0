// PostgreSQL's binary COPY format (documentation, "COPY", "Binary Format"): a header, rows of length-prefixed fields in
// network byte order, a trailer.

const header = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const trailer = Buffer.from([0xff, 0xff]);
/** 2000-01-01, PostgreSQL's origin of time, ms since 1970. */
const postgresOrigin = 946_684_800_000;

/** Rows in binary COPY form, growing as they are written. */
export class CopyBuffer {
  rows = 0;
  #bytes: Buffer;
  #at: number;

  constructor(initialBytes = 16_384) {
    this.#bytes = Buffer.allocUnsafe(initialBytes);
    this.#at = header.copy(this.#bytes);
  }

  /** Empties it for the next message; what `finish` returned is overwritten. */
  clear(): this {
    this.rows = 0;
    this.#at = header.length;
    return this;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  /** Begins a row of so many fields; each must then be written. */
  row(fields: number): void {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(fields, this.#at);
    this.rows += 1;
  }

  nothing(): void {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(-1, this.#at);
  }

  text(value: string | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    this.#room(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#at + 4, 'utf8');
    this.#bytes.writeInt32BE(written, this.#at);
    this.#at += 4 + written;
  }

  /** @param value milliseconds since 1970; stored as timestamptz, microseconds since 2000 */
  time(value: number | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    this.#room(12);
    const micros = (value - postgresOrigin) * 1000;
    const high = Math.floor(micros / 4_294_967_296);
    this.#bytes.writeInt32BE(8, this.#at);
    this.#bytes.writeInt32BE(high, this.#at + 4);
    this.#bytes.writeUInt32BE(micros - high * 4_294_967_296, this.#at + 8);
    this.#at += 12;
  }

  int4(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeInt32BE(4, this.#at);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  /** @param value a safe integer */
  int8(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(12);
    const high = Math.floor(value / 4_294_967_296);
    this.#bytes.writeInt32BE(8, this.#at);
    this.#bytes.writeInt32BE(high, this.#at + 4);
    this.#bytes.writeUInt32BE(value - high * 4_294_967_296, this.#at + 8);
    this.#at += 12;
  }

  float8(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(12);
    this.#at = this.#bytes.writeInt32BE(8, this.#at);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  bool(value: boolean | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(5);
    this.#at = this.#bytes.writeInt32BE(1, this.#at);
    this.#at = this.#bytes.writeUInt8(value ? 1 : 0, this.#at);
  }

  /** The finished message; nothing may be written afterwards. */
  finish(): Buffer {
    this.#room(2);
    this.#at += trailer.copy(this.#bytes, this.#at);
    return this.#bytes.subarray(0, this.#at);
  }
}
