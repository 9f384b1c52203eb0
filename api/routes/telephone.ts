import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { idParams } from '#schemas/http/queries.ts';
import type { ApiDeps } from '../deps.ts';
import { answerDelivery, payloadOf } from '../notify/answer.ts';
import { gatewayOf } from '../notify/notify.ts';
import { isSignedBy } from '../notify/twilio-signature.ts';
import { callTwiml, noReplyTwiml, overTwiml, thanksTwiml } from '../notify/twiml.ts';
import { ApiProblem, problem } from '../problem.ts';

const mostFormBytes = 16 * 1024;
const digits = z.object({ Digits: z.string().max(32).default('') });
const callStatus = z.object({ CallStatus: z.string().max(40) });
const messageStatus = z.object({ MessageStatus: z.string().max(40), ErrorCode: z.string().max(20).optional() });
const inbound = z.object({ From: z.string().max(40), Body: z.string().max(2_000) });

/** What a gateway says of a call or message that nobody got. `method`: whether the number itself is at fault. */
const unreached: Readonly<Record<string, { because: string; method: boolean }>> = {
  busy: { because: 'the line was busy', method: false },
  'no-answer': { because: 'nobody answered the call', method: false },
  canceled: { because: 'the call was cancelled', method: false },
  failed: { because: 'this number can’t be reached', method: true },
  undelivered: { because: 'the text message did not arrive', method: true },
};

/**
 * `POST /telephone/…`: what a gateway that speaks Twilio's interface reports and hands on. Nobody is signed in; each request
 * must carry the gateway's signature over address and fields.
 */
export function telephoneRoutes(deps: ApiDeps): FastifyPluginAsyncZod {
  const { db, config, live, publicUrl } = deps;
  const answering = { db, feedChanged: live.feedHint };

  // Before validation, which drops the fields that a route does not name: the signature is over all of them.
  function signedBy(kind: 'SMS' | 'VOICE') {
    return async (request: FastifyRequest) => {
      const token = gatewayOf(config, kind)?.token;
      const url = new URL(request.url, publicUrl()).href;
      const fields = z.record(z.string(), z.string()).safeParse(request.body);
      const signature = request.headers['x-twilio-signature'];
      if (token === undefined || !fields.success || !isSignedBy(token, url, fields.data, signature)) {
        throw problem(403, 'X-Twilio-Signature: not the signature of the gateway that is set up');
      }
    };
  }

  const twiml = (reply: FastifyReply, text: string) => reply.type('text/xml; charset=utf-8').send(text);

  async function unsent(delivery: string, status: string, code?: string): Promise<void> {
    const { because, method } = unreached[status] ?? { because: '', method: false };
    const said = code === undefined ? because : `${because} (code ${code})`;
    await db.transaction(async (query) => {
      await query('delivery_failed', [delivery, said, method, false]);
      await query('notification_unsent', [delivery]);
    });
  }

  return async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: mostFormBytes },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
    );
    const schema = { tags: ['telephone'] };

    app.post(
      '/telephone/calls/:id/digits',
      {
        config: { access: 'public' },
        preValidation: signedBy('VOICE'),
        schema: { ...schema, summary: 'A key was pressed in a call: 1 answers', params: idParams, body: digits },
      },
      async (request, reply) => {
        const { id } = request.params;
        const payload = await payloadOf(db, id);
        if (payload === null) return twiml(reply, overTwiml());
        if (request.body.Digits === '1') {
          await answerDelivery(answering, id, { via: 'call' });
          return twiml(reply, thanksTwiml(payload));
        }
        const again = new URL(`/api/v1/telephone/calls/${id}/digits`, publicUrl());
        return twiml(reply, callTwiml(payload, again.href));
      },
    );

    app.post(
      '/telephone/calls/:id/status',
      {
        config: { access: 'public' },
        preValidation: signedBy('VOICE'),
        schema: { ...schema, summary: 'How a call ended', params: idParams, body: callStatus },
      },
      async (request, reply) => {
        const { CallStatus: status } = request.body;
        if (status === 'completed') await db.query('delivery_delivered', [request.params.id]);
        else if (status in unreached) await unsent(request.params.id, status);
        return reply.code(204).send();
      },
    );

    app.post(
      '/telephone/messages/:id/status',
      {
        config: { access: 'public' },
        preValidation: signedBy('SMS'),
        schema: { ...schema, summary: 'What became of a text message', params: idParams, body: messageStatus },
      },
      async (request, reply) => {
        const { MessageStatus: status, ErrorCode: code } = request.body;
        if (status === 'delivered') await db.query('delivery_delivered', [request.params.id]);
        else if (status in unreached) await unsent(request.params.id, status, code);
        return reply.code(204).send();
      },
    );

    app.post(
      '/telephone/messages/inbound',
      {
        config: { access: 'public' },
        preValidation: signedBy('SMS'),
        schema: { ...schema, summary: 'A text message came in: the code of ours answers it', body: inbound },
      },
      async (request, reply) => {
        const code = /(?<!\d)\d{6}(?!\d)/.exec(request.body.Body)?.[0];
        const number = request.body.From;
        const [found] =
          code === undefined ? [] : await db.query<{ delivery: string }>('delivery_by_reply', [number, code]);
        // Whoever writes anything else gets no answer: it costs money and says nothing.
        if (!found) return twiml(reply, noReplyTwiml());
        try {
          await answerDelivery(answering, found.delivery, { via: 'sms' });
        } catch (error) {
          if (!(error instanceof ApiProblem)) throw error;
        }
        return twiml(reply, noReplyTwiml());
      },
    );
  };
}
