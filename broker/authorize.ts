import type { AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes';
import { stampPayload } from '#schemas/messages/broker-stamp.ts';
import { parsePumpTopic } from '#schemas/topics.ts';
import type { Link, Links } from './links.ts';
import type { Metrics } from './metrics.ts';
import type { Refusals } from './refusals.ts';

/** The access table applied to publish, subscribe and forward. The first and the last run for every message. */
export function createAuthorize(deps: { links: Links; metrics: Metrics; refusals: Refusals }) {
  const { links, metrics, refusals } = deps;
  const { messages } = metrics;

  /** Null: may be routed. A text: why the link is closed. */
  function authorizePublish(client: Client | null, packet: PublishPacket): string | null {
    const link = client ? links.of(client) : undefined;
    if (!link) return 'publish by nobody known';
    if (packet === link.will) return null; // its topic was checked when it connected
    messages.received += 1;
    const { topic, payload } = packet;
    if (!link.access.mayPublish(topic)) return foreignTopic(link, topic, payload.length);
    if (packet.qos === 2) {
      // No QoS 2 in this protocol; a PUBREC would promise what nobody keeps, so the publisher is not left waiting.
      refusals.list('qos-2', link, payload.length, 'published with QoS 2', laneOf(topic));
      return 'QoS 2 is not part of this protocol';
    }
    if (payload.length > link.maxPayloadBytes) {
      refusals.list('too-large', link, payload.length, 'message over the size limit', laneOf(topic));
      return 'message over the size limit';
    }
    packet.retain = false;
    packet.dup = false; // [MQTT-3.3.1-3] not propagated
    if (topic === link.access.stampedTopic) packet.payload = stamped(payload);
    return null;
  }

  function foreignTopic(link: Link, topic: string, bytes: number): string {
    const shown = topic.slice(0, 200);
    refusals.list('foreign-topic', link, bytes, `published on a topic that is not its own: ${shown}`, laneOf(topic));
    return 'publish on a topic that is not its own';
  }

  function authorizeSubscribe(client: Client, subscription: Subscription): boolean {
    const link = links.of(client);
    if (!link) return false;
    if (link.access.maySubscribe(subscription.topic)) return true;
    refusals.note('subscription', link, `subscribed to ${subscription.topic.slice(0, 200)}`);
    return false;
  }

  function authorizeForward(client: Client, packet: AedesPublishPacket): boolean {
    const link = links.of(client);
    if (!link?.access.mayReceive(packet.topic)) return false;
    if (link.conn.writableLength > link.maxQueuedBytes) {
      cutSlow(link, metrics);
      return false;
    }
    messages.sent += 1;
    return true;
  }

  return { authorizePublish, authorizeSubscribe, authorizeForward };
}

/** Ends the link of a subscriber for whom too much is waiting; it reconnects and asks again. */
export function cutSlow(link: Link, metrics: Metrics): void {
  if (link.conn.destroyed) return;
  metrics.slowCut.inc();
  link.conn.destroy(new Error(`cut: ${link.conn.writableLength} bytes are waiting for this subscriber`));
}

function laneOf(topic: string): string | null {
  return parsePumpTopic(topic)?.lane ?? null;
}

function stamped(payload: string | Buffer): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const { buffer, byteOffset, byteLength } = stampPayload(bytes, Date.now());
  return Buffer.from(buffer, byteOffset, byteLength);
}
