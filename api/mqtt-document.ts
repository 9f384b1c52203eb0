import * as z from 'zod';
import { ack, command, hello, reply, will } from '#schemas/messages/control.ts';
import { envelope } from '#schemas/messages/envelope.ts';
import { recordKinds, recordSchemas } from '#schemas/messages/record.ts';
import { batchLanes } from '#schemas/topics.ts';

type JsonObject = Record<string, unknown>;

const json = (schema: z.ZodType): JsonObject => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return rest;
};
const ref = (path: string) => ({ $ref: `#/${path}` });

const lanes = {
  hello: { schema: hello, summary: 'Once per connection, first; a simple client need not send it.' },
  will: { schema: will, summary: 'Last will: a hint that the link broke.' },
  reply: { schema: reply, summary: 'Answer to a command.' },
} as const;
const down = {
  ack: { schema: ack, summary: 'Every record up to `upTo` is committed to the database.' },
  cmd: { schema: command, summary: 'Backfill, hello, time, library and firmware offers; never therapy.' },
} as const;

/** AsyncAPI 3.0 of what pumps and the platform say to each other over MQTT, made from the schemas that read it. */
export function mqttDocument(): JsonObject {
  const records = Object.fromEntries(recordKinds.map((kind) => [kind, json(recordSchemas[kind])]));
  const batch = json(envelope);
  const properties = { ...(batch.properties as JsonObject) };
  properties.records = {
    type: 'array',
    minItems: 1,
    maxItems: 200,
    items: { oneOf: recordKinds.map((kind) => ref(`components/schemas/${kind}`)) },
  };
  const schemas: JsonObject = { ...records, batch: { ...batch, properties } };
  const channels: JsonObject = {};
  const operations: JsonObject = {};
  const add = (direction: 'up' | 'down', lane: string, payload: string, summary: string) => {
    const name = `${direction}-${lane}`;
    channels[name] = {
      address: `{prefix}/${direction}/${lane}`,
      summary,
      parameters: { prefix: { description: 'Handed out at provisioning, such as dw/1/0f/PUMP-0001.' } },
      messages: { [payload]: ref(`components/messages/${payload}`) },
    };
    const action = direction === 'up' ? 'receive' : 'send';
    operations[name] = {
      action,
      channel: ref(`channels/${name}`),
      bindings: { mqtt: { qos: lane === 'ack' ? 0 : 1, retain: false, bindingVersion: '0.2.0' } },
    };
  };
  for (const lane of batchLanes) add('up', lane, 'batch', 'Journal records; the lanes differ only in urgency.');
  for (const [lane, { schema, summary }] of Object.entries(lanes)) {
    schemas[lane] = json(schema);
    add('up', lane, lane, summary);
  }
  for (const [lane, { schema, summary }] of Object.entries(down)) {
    schemas[lane] = json(schema);
    add('down', lane, lane, summary);
  }
  const messages = Object.fromEntries(
    ['batch', ...Object.keys(lanes), ...Object.keys(down)].map((name) => [
      name,
      { name, contentType: 'application/json', payload: ref(`components/schemas/${name}`) },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Dripwatch device protocol',
      version: '1',
      description:
        'MQTT 3.1.1, clean sessions, at most 64 KiB a message. A record counts as stored only once acknowledged.',
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages, schemas },
  };
}
