import type {
  AedesOptions,
  AedesPublishPacket,
  AuthenticateError,
  Client,
  ConnectPacket,
  PublishPacket,
  Subscription,
} from 'aedes';

/** CONNACK return codes [MQTT 3.1.1, table 3.1]; null: the link is closed without CONNACK [MQTT-3.2.2-6]. */
export const connack = { protocol: 1, identifier: 2, unavailable: 3, badCredentials: 4, notAuthorized: 5 } as const;
export type ConnackCode = (typeof connack)[keyof typeof connack];

export type ConnectRefusal = { code: ConnackCode | null; reason: string };

/** What is decided about a client. Null or true lets it through; nothing here answers the client itself. */
export interface Decisions {
  preConnect(client: Client, packet: ConnectPacket): ConnectRefusal | null;
  authenticate(client: Client, password: Buffer | undefined): ConnectRefusal | null | Promise<ConnectRefusal | null>;
  /** A reason closes the link: MQTT 3.1.1 has no way to refuse a single message. May change the packet. */
  authorizePublish(client: Client | null, packet: PublishPacket): string | null;
  /** False is answered by 0x80 in the SUBACK [MQTT 3.1.1, 3.9.3]. */
  authorizeSubscribe(client: Client, subscription: Subscription): boolean;
  authorizeForward(client: Client, packet: AedesPublishPacket): boolean;
}

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>
>;

const internal: ConnectRefusal = { code: connack.unavailable, reason: 'internal error' };

/**
 * The decisions as aedes wants them. aedes calls its hooks without try/catch, so that a throw would end the process:
 * here it refuses what was asked, and `thrown` is told the hook's name and the error.
 */
export function aedesHooks(decide: Decisions, thrown: (hook: keyof Hooks, error: unknown) => void): Hooks {
  return {
    preConnect(client, packet, done) {
      let refusal: ConnectRefusal | null = internal;
      try {
        refusal = decide.preConnect(client, packet);
      } catch (error) {
        thrown('preConnect', error);
      }
      if (!refusal) return done(null, true);
      const error = new Error(refusal.reason);
      if (refusal.code === null) return done(error, false);
      // aedes answers a refusal here by silence; the client is told first.
      client.conn.write(Buffer.from([0x20, 2, 0, refusal.code]), () => done(error, false));
    },

    authenticate(client, _username, password, done) {
      const answer = (refusal: ConnectRefusal | null) => {
        if (!refusal) return done(null, true);
        const error: AuthenticateError = Object.assign(new Error(refusal.reason), {
          returnCode: refusal.code ?? connack.notAuthorized,
        });
        done(error, false);
      };
      const failed = (error: unknown) => {
        thrown('authenticate', error);
        answer(internal);
      };
      let decided: ReturnType<Decisions['authenticate']>;
      try {
        decided = decide.authenticate(client, password);
      } catch (error) {
        return failed(error);
      }
      if (decided instanceof Promise) decided.then(answer, failed);
      else answer(decided);
    },

    authorizePublish(client, packet, done) {
      let reason: string | null = 'internal error';
      try {
        reason = decide.authorizePublish(client, packet);
      } catch (error) {
        thrown('authorizePublish', error);
      }
      if (reason === null) done(null);
      else done(new Error(reason));
    },

    authorizeSubscribe(client, subscription, done) {
      let allowed = false;
      try {
        allowed = decide.authorizeSubscribe(client, subscription);
      } catch (error) {
        thrown('authorizeSubscribe', error);
      }
      done(null, allowed ? subscription : null);
    },

    authorizeForward(client, packet) {
      try {
        return decide.authorizeForward(client, packet) ? packet : null;
      } catch (error) {
        thrown('authorizeForward', error);
        return null;
      }
    },
  };
}
