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
  #view: DataView;
  #at: number;

  constructor(initialBytes = 16_384) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = viewOf(this.#bytes);
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
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }

  /** Begins a row of so many fields; each must then be written. */
  row(fields: number): void {
    this.#room(2);
    this.#view.setInt16(this.#at, fields);
    this.#at += 2;
    this.rows += 1;
  }

  nothing(): void {
    this.#room(4);
    this.#view.setInt32(this.#at, -1);
    this.#at += 4;
  }

  text(value: string | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    const { length } = value;
    this.#room(4 + length * 3);
    const start = this.#at + 4;
    let written = length < shortText ? this.#ascii(value, start) : -1;
    if (written < 0) written = this.#bytes.write(value, start, 'utf8');
    this.#view.setInt32(this.#at, written);
    this.#at = start + written;
  }

  /** Short ASCII without a call into the runtime; -1 when there is anything else in it. */
  #ascii(value: string, start: number): number {
    const bytes = this.#bytes;
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 127) return -1;
      bytes[start + i] = code;
    }
    return value.length;
  }

  /** @param value milliseconds since 1970; stored as timestamptz, microseconds since 2000 */
  time(value: number | null): void {
    if (value === null) this.nothing();
    else this.int8((value - postgresOrigin) * 1000);
  }

  int4(value: number): void {
    this.#room(8);
    this.#view.setInt32(this.#at, 4);
    this.#view.setInt32(this.#at + 4, value);
    this.#at += 8;
  }

  /** @param value a safe integer */
  int8(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(12);
    const high = Math.floor(value / 4_294_967_296);
    this.#view.setInt32(this.#at, 8);
    this.#view.setInt32(this.#at + 4, high);
    this.#view.setUint32(this.#at + 8, value - high * 4_294_967_296);
    this.#at += 12;
  }

  float8(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(12);
    this.#view.setInt32(this.#at, 8);
    this.#view.setFloat64(this.#at + 4, value);
    this.#at += 12;
  }

  bool(value: boolean | null | undefined): void {
    if (value === null || value === undefined) {
      this.nothing();
      return;
    }
    this.#room(5);
    this.#view.setInt32(this.#at, 1);
    this.#bytes[this.#at + 4] = value ? 1 : 0;
    this.#at += 5;
  }

  /** The finished message, valid until the next `clear`. */
  finish(): Buffer {
    this.#room(2);
    this.#at += trailer.copy(this.#bytes, this.#at);
    return this.#bytes.subarray(0, this.#at);
  }
}

/** Texts shorter than this are written byte by byte. */
const shortText = 32;

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
