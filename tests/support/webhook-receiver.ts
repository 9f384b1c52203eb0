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

/** What came, and under which id. */
export type Heard<T> = T & { id: string; heardAt: number };
export type Hook = Heard<z.infer<typeof hook>>;

export interface WebhookReceiver<T> {
  url: string;
  secret: string;
  /** Those whose signature the library verified, in order. */
  hooks: Heard<T>[];
  /** Ids of those that were refused, whether for their signature or on purpose. */
  refused: string[];
  /** So many more are answered with 503. */
  refuse: (count: number) => void;
}

/** The watchdog's pages. */
export const webhookReceiverForThisTest = () => webhookReceiver(hook);

/** A receiver of Standard Webhooks as a customer would write it: the library verifies, what fails is refused. */
export async function webhookReceiver<S extends z.ZodObject>(schema: S): Promise<WebhookReceiver<z.infer<S>>> {
  const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long').toString('base64')}`;
  const hooks: Heard<z.infer<S>>[] = [];
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
      hooks.push({ ...schema.parse(verified), id, heardAt: Date.now() });
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
