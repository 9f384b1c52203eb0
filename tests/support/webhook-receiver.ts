import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

const hook = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.object({
    alert: z.string(),
    since: z.string(),
    components: z.array(z.string()),
    findings: z.array(z.object({ component: z.string(), problem: z.string() })),
    subject: z.string(),
    text: z.string(),
  }),
});

export type Hook = z.infer<typeof hook> & { id: string; heardAt: number };

export interface WebhookReceiver {
  url: string;
  secret: string;
  /** Those whose signature the library verified, in order. */
  hooks: Hook[];
  /** Ids of those that were refused, whether for their signature or on purpose. */
  refused: string[];
  /** So many more are answered with 503. */
  refuse: (count: number) => void;
}

/** A receiver of Standard Webhooks as a customer would write it: the library verifies, what fails is refused. */
export async function webhookReceiverForThisTest(): Promise<WebhookReceiver> {
  const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long').toString('base64')}`;
  const hooks: Hook[] = [];
  const refused: string[] = [];
  let refusals = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const header = (name: string) => String(request.headers[name] ?? '');
    const id = header('webhook-id');
    const answer = (status: number) => {
      if (status !== 204) refused.push(id);
      response.writeHead(status).end();
    };
    if (refusals > 0) {
      refusals -= 1;
      return answer(503);
    }
    try {
      const verified = new Webhook(secret).verify(Buffer.concat(parts), {
        'webhook-id': id,
        'webhook-timestamp': header('webhook-timestamp'),
        'webhook-signature': header('webhook-signature'),
      });
      hooks.push({ ...hook.parse(verified), id, heardAt: Date.now() });
      answer(204);
    } catch {
      answer(400);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`,
    secret,
    hooks,
    refused,
    refuse: (count) => {
      refusals = count;
    },
  };
}
