import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { twilioSignature } from '../../api/notify/twilio-signature.ts';

export interface Asked {
  what: 'Messages' | 'Calls';
  fields: Record<string, string>;
  key: string;
  sid: string;
  heardAt: number;
}

export interface TelephoneGateway {
  url: string;
  /** Settings that make an api use it for text messages and calls. */
  env: Record<string, string>;
  asked: Asked[];
  /** Answers so many more requests with this status and code; a status of 0 never answers. */
  answer: (status: number, count: number, code?: number) => void;
  /** Posts what the gateway posts: form fields, signed. `token`: as which account. */
  post: (url: string, fields: Record<string, string>, token?: string) => Promise<{ status: number; text: string }>;
}

const account = 'AC00000000000000000000000000000001';
const token = 'the token of a test account';

/** A gateway that speaks Twilio's interface of 2010-04-01, as much of it as messages and calls need. */
export async function telephoneGatewayForThisTest(): Promise<TelephoneGateway> {
  const asked: Asked[] = [];
  let special = { status: 201, count: 0, code: 0 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const [, what] =
      new RegExp(`^/2010-04-01/Accounts/${account}/(Messages|Calls)\\.json$`).exec(request.url ?? '') ?? [];
    const basic = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
    if (request.headers.authorization !== basic) return say(401, { code: 20003, status: 401 });
    if (what !== 'Messages' && what !== 'Calls') return say(404, { code: 20404, status: 404 });
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString('utf8')));
    const key = String(request.headers['idempotency-key'] ?? '');
    const sid = `${what === 'Calls' ? 'CA' : 'SM'}${randomBytes(16).toString('hex')}`;
    asked.push({ what, fields, key, sid, heardAt: Date.now() });
    if (special.count > 0) {
      special.count -= 1;
      if (special.status === 0) return;
      return say(special.status, { code: special.code, status: special.status, message: 'as the test asked' });
    }
    say(201, { sid, status: 'queued', to: fields.To });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const settings = (kind: string) => ({
    [`${kind}_API_URL`]: url,
    [`${kind}_ACCOUNT_SID`]: account,
    [`${kind}_AUTH_TOKEN`]: token,
    [`${kind}_FROM`]: '+15005550006',
  });
  return {
    url,
    env: { OUTBOUND_ALLOW: 'loopback', ...settings('SMS'), ...settings('VOICE') },
    asked,
    answer: (status, count, code = 0) => {
      special = { status, count, code };
    },
    post: async (target, fields, by = token) => {
      const response = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': twilioSignature(by, target, fields),
        },
        body: new URLSearchParams(fields),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}
