// A pump as lean as the protocol allows: a journal in memory, a raw socket, batches as large as they may be. It takes
// next to no processor time, so that what is measured is the platform.
import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { type Ack, ack, type Command, command } from '#schemas/messages/control.ts';
import { maxBatchRecords, maxMessageBytes } from '#schemas/topics.ts';
import type { HistoryLog } from '../../firmware-sim/history-log.ts';
import type { JournalEntry } from './therapy-journal.ts';

export type PumpAccount = { id: string; token: string; prefix: string; epoch: string };

export type JournalPumpOptions = {
  port: number;
  account: PumpAccount;
  /** What the journal holds at first; shared with nobody who changes it. */
  entries: readonly JournalEntry[];
  /** Monotonic clock of the pump now, ms. */
  uptimeMs: () => number;
  /** Acknowledged over an earlier connection. */
  upTo?: number;
  /** Records in a batch at most; without it, as many as a batch may hold. */
  batchRecords?: number;
  /** The drug library that it says it has, in its hello. */
  libraryVersion?: () => string;
  /** Is told of every command. */
  commanded?: (command: Command) => void;
  /** Where the checker reads what befell the journal. */
  history?: HistoryLog;
};

type Flight = { lane: JournalEntry['lane']; seqs: number[]; at: number; round: number };

/** Room in a message for the envelope's own fields, bytes. */
const envelopeBytes = 512;
/** An acknowledgement may cross what it calls missing, ms. */
const crossingMs = 5_000;
const resendAfterMs = 10_000;
const mostResendMs = 300_000;
const reconnectMs = 1_000;

export class JournalPump {
  readonly account: PumpAccount;
  readonly entries: JournalEntry[];
  upTo = 0;
  /** Acknowledgements heard, and records sent, each sending counted. */
  acks = 0;
  sent = 0;
  connected = false;
  /** Counts power-ups. */
  boot = 1;
  #options: JournalPumpOptions;
  #socket: Socket | null = null;
  #closed = false;
  #off = false;
  #ready: (() => void) | null = null;
  #window = maxBatchRecords;
  #inFlight = 0;
  #flights: Flight[] = [];
  /** Records of the alarm lane that wait, ahead of the others. */
  #urgent: number[] = [];
  /** What happened since it came to be and was not sent yet: it goes before the backlog. */
  #live: number[] = [];
  /** Those of them that were sent ahead of their turn. */
  #ahead = new Set<number>();
  #next = 1;
  #messageId = 0;
  #timer: NodeJS.Timeout;

  constructor(options: JournalPumpOptions) {
    this.#options = options;
    this.account = options.account;
    this.entries = [...options.entries];
    this.upTo = options.upTo ?? 0;
    this.#next = this.upTo + 1;
    for (let seq = this.#next; seq <= this.entries.length; seq += 1) this.#offer(seq);
    const held = this.entries.slice(this.upTo).map(({ kind, text }, index) => [this.#next + index, kind, text]);
    this.#told('open', { previousEpoch: null, boot: 1, upTo: this.upTo, last: this.last, held });
    this.#timer = setInterval(() => this.#resend(), 1_000);
  }

  get last(): number {
    return this.entries.length;
  }

  /** Connects, says hello and begins to send. Fulfilled when the broker has admitted it. */
  connect(): Promise<void> {
    return new Promise((resolve) => {
      this.#ready = resolve;
      this.#open();
    });
  }

  /** Writes a record that happens now, and sends it. @returns its seq */
  append(lane: JournalEntry['lane'], kind: string, fields: object): number {
    const seq = this.entries.length + 1;
    const at = Date.now();
    const text = JSON.stringify({
      seq,
      at: new Date(at).toISOString(),
      uptimeMs: this.#options.uptimeMs(),
      kind,
      ...fields,
    });
    this.entries.push({ lane, kind, at, text });
    this.#told('write', { records: [[seq, kind, text]] });
    this.#offer(seq);
    if (lane !== 'alarm') this.#live.push(seq);
    this.#send();
    return seq;
  }

  /** Answers a command. */
  reply(body: object): void {
    if (this.connected) this.#publish('reply', JSON.stringify(body));
  }

  /** The power goes: the link is dead at once, and nothing is said any more. */
  losePower(): void {
    this.#off = true;
    this.connected = false;
    this.#socket?.destroy();
  }

  /** The power is back: a boot, and a new connection. */
  powerUp(): Promise<void> {
    this.#off = false;
    this.boot += 1;
    return this.connect();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#socket?.destroy();
  }

  #told(event: string, detail: Record<string, unknown>): void {
    const { id, epoch } = this.account;
    this.#options.history?.write({ pump: id, epoch, event, ...detail });
  }

  #offer(seq: number): void {
    if (this.entries[seq - 1]?.lane === 'alarm') this.#urgent.push(seq);
  }

  #open(): void {
    const { account, port } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    const read = parser();
    read.on('packet', (packet) => this.#onPacket(packet));
    socket.on('data', (bytes) => read.parse(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.connected = false;
      if (!this.#closed && !this.#off)
        setTimeout(() => !this.#closed && !this.#off && this.#open(), reconnectMs * (0.5 + Math.random()));
    });
    socket.write(
      generate({
        cmd: 'connect',
        clientId: account.id,
        username: account.id,
        password: Buffer.from(account.token),
        keepalive: 60,
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
      }),
    );
  }

  #onPacket(packet: Packet): void {
    if (packet.cmd === 'connack') this.#admitted(packet.returnCode ?? 0);
    else if (packet.cmd === 'publish') this.#onPublish(packet.topic, packet.payload, packet.messageId);
  }

  #admitted(code: number): void {
    if (code !== 0) {
      this.#socket?.destroy();
      return;
    }
    this.connected = true;
    const { prefix } = this.account;
    this.#socket?.write(
      generate({
        cmd: 'subscribe',
        messageId: this.#nextId(),
        subscriptions: [
          { topic: `${prefix}/down/ack`, qos: 0 },
          { topic: `${prefix}/down/cmd`, qos: 1 },
        ],
      }),
    );
    for (const flight of this.#flights) Object.assign(flight, { at: 0, round: 0 });
    this.#hello();
    this.#resend();
    this.#send();
    this.#ready?.();
    this.#ready = null;
  }

  #hello(): void {
    const hello = {
      v: 1,
      epoch: this.account.epoch,
      boot: this.boot,
      libraryVersion: this.#options.libraryVersion?.(),
      first: this.upTo + 1,
      last: this.last,
      sampleEveryS: 10,
      sentAt: new Date().toISOString(),
      uptimeMs: this.#options.uptimeMs(),
    };
    this.#publish('hello', JSON.stringify(hello));
  }

  #onPublish(topic: string, payload: string | Buffer, messageId: number | undefined): void {
    if (messageId !== undefined) this.#socket?.write(generate({ cmd: 'puback', messageId }));
    const value: unknown = JSON.parse(payload.toString());
    if (topic.endsWith('/down/ack')) {
      this.#acknowledged(ack.parse(value));
      return;
    }
    const given = command.parse(value);
    this.#options.commanded?.(given);
    if (given.cmd === 'hello') {
      for (const flight of this.#flights) flight.round = 0;
      this.#hello();
      this.#resend();
    }
  }

  #acknowledged({ epoch, upTo, missing, window }: Ack): void {
    if (epoch !== this.account.epoch) return;
    this.acks += 1;
    this.#window = window;
    this.#told('ack', { upTo });
    if (upTo > this.upTo) {
      this.#told('trim', { from: this.upTo + 1, to: upTo });
      this.upTo = upTo;
      for (const flight of this.#flights) flight.seqs = flight.seqs.filter((seq) => seq > upTo);
      this.#flights = this.#flights.filter(({ seqs }) => seqs.length > 0);
      for (const seq of this.#ahead) if (seq <= upTo) this.#ahead.delete(seq);
      this.#inFlight = this.#flights.reduce((sum, { seqs }) => sum + seqs.length, 0);
    }
    const crossed = Date.now() - crossingMs;
    for (const flight of this.#flights) {
      const [first = 0] = flight.seqs;
      const isMissing = missing.some(([from, to]) => from <= first && first <= to);
      if (isMissing && flight.at < crossed) this.#fly(flight, 0);
    }
    this.#send();
  }

  /** Sends again what was not acknowledged in time: 10 s doubling to 5 min. */
  #resend(): void {
    if (!this.connected) return;
    const now = Date.now();
    for (const flight of this.#flights) {
      if (now - flight.at >= Math.min(mostResendMs, resendAfterMs * 2 ** flight.round))
        this.#fly(flight, flight.round + 1);
    }
  }

  /** Sends what the window has room for: alarms first, then what happens now, then the backlog. */
  #send(): void {
    if (!this.connected) return;
    while (this.#urgent.length > 0 && this.#inFlight < this.#window) {
      const seqs = this.#fill(this.#urgent);
      this.#urgent.splice(0, seqs.length);
      for (const seq of seqs) this.#ahead.add(seq);
      this.#launch('alarm', seqs);
    }
    while (this.#live.length > 0 && this.#inFlight < this.#window) {
      const seqs = this.#fill(this.#live);
      this.#live.splice(0, seqs.length);
      for (const seq of seqs) this.#ahead.add(seq);
      this.#launch('telemetry', seqs);
    }
    const most = this.#options.batchRecords ?? maxBatchRecords;
    for (;;) {
      const room = this.#window - this.#inFlight;
      const waiting: number[] = [];
      for (let seq = this.#next; seq <= this.last && waiting.length < Math.min(room, most); seq += 1) {
        if (this.entries[seq - 1]?.lane !== 'alarm' && !this.#ahead.has(seq)) waiting.push(seq);
      }
      if (waiting.length === 0) return;
      const seqs = this.#fill(waiting);
      this.#next = (seqs.at(-1) ?? this.#next) + 1;
      // The lanes differ only in urgency: backlog of any kind travels on the bulk lane.
      this.#launch(seqs.length > 1 ? 'telemetry' : (this.entries[(seqs[0] ?? 1) - 1]?.lane ?? 'telemetry'), seqs);
    }
  }

  /** As many of these as one message holds. */
  #fill(waiting: readonly number[]): number[] {
    let bytes = envelopeBytes;
    const seqs: number[] = [];
    for (const seq of waiting.slice(0, maxBatchRecords)) {
      bytes += Buffer.byteLength(this.entries[seq - 1]?.text ?? '') + 1;
      if (bytes > maxMessageBytes && seqs.length > 0) break;
      seqs.push(seq);
    }
    return seqs;
  }

  #launch(lane: Flight['lane'], seqs: number[]): void {
    const flight: Flight = { lane, seqs, at: 0, round: 0 };
    this.#flights.push(flight);
    this.#inFlight += seqs.length;
    this.#fly(flight, 0);
  }

  #fly(flight: Flight, round: number): void {
    flight.at = Date.now();
    flight.round = round;
    this.sent += flight.seqs.length;
    const head = `{"v":1,"epoch":"${this.account.epoch}","boot":${this.boot},"sentAt":"${new Date().toISOString()}"`;
    const records = flight.seqs.map((seq) => this.entries[seq - 1]?.text).join(',');
    this.#publish(flight.lane, `${head},"uptimeMs":${this.#options.uptimeMs()},"records":[${records}]}`);
  }

  #publish(lane: string, payload: string): void {
    const topic = `${this.account.prefix}/up/${lane}`;
    this.#socket?.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, messageId: this.#nextId(), dup: false, retain: false }),
    );
  }

  #nextId(): number {
    this.#messageId = (this.#messageId % 65_535) + 1;
    return this.#messageId;
  }
}
