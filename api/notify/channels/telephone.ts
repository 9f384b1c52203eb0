import * as z from 'zod';
import { telephone } from '#schemas/http/contact-methods.ts';
import { failureOf } from '../failure.ts';
import type { Message } from '../message.ts';
import type { Post } from '../outbound.ts';
import { later, type Outcome, refused, taken } from '../outcome.ts';
import { callTwiml } from '../twiml.ts';
import type { ChannelSender } from './channel.ts';

// Twilio's HTTP interface of 2010-04-01, which other gateways speak too.

export type Gateway = { apiUrl: string; account: string; token: string; from: string };

/** How long it rings. */
const ringS = 30;

const made = z.object({ sid: z.string().max(100) });
const complaint = z.object({ code: z.number() });

/** @param publicUrl where the gateway reports how it went */
export function smsChannel(gateway: Gateway, publicUrl: () => URL, post: Post): ChannelSender {
  return {
    atOnce: 32,
    send: (message, address, signal) =>
      ask(gateway, post, 'Messages', message, address, signal, {
        Body: textOf(message),
        StatusCallback: new URL(`/api/v1/telephone/messages/${message.delivery}/status`, publicUrl()).href,
      }),
  };
}

/** @param publicUrl where the gateway hands on the key that was pressed and reports how it went */
export function voiceChannel(gateway: Gateway, publicUrl: () => URL, post: Post): ChannelSender {
  return {
    atOnce: 32,
    send: (message, address, signal) => {
      const at = (what: string) => new URL(`/api/v1/telephone/calls/${message.delivery}/${what}`, publicUrl()).href;
      return ask(gateway, post, 'Calls', message, address, signal, {
        Twiml: callTwiml(message.payload, at('digits')),
        StatusCallback: at('status'),
        Timeout: String(ringS),
      });
    },
  };
}

function textOf({ payload, words, url, replyCode }: Message): string {
  const isTest = payload.kind === 'test' || payload.kind === 'reachability';
  const reply = replyCode === null ? '' : ` Reply ${replyCode} ${isTest ? 'to answer' : 'to say that you saw this'}.`;
  return `Dripwatch: ${words.title}. ${words.text}${reply} ${url}`;
}

async function ask(
  { apiUrl, account, token, from }: Gateway,
  post: Post,
  what: 'Messages' | 'Calls',
  { key, delivery }: Message,
  address: unknown,
  signal: AbortSignal,
  fields: Record<string, string>,
): Promise<Outcome> {
  const to = telephone.safeParse(address);
  if (!to.success) return refused('not a telephone number with its country code');
  const body = new URLSearchParams({ To: to.data.number, From: from, ...fields }).toString();
  const headers = {
    authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    // One for each number: a gateway that knows a key asks nothing of a second number of the same person.
    'idempotency-key': `${key}:${delivery}`,
  };
  try {
    const target = new URL(`/2010-04-01/Accounts/${account}/${what}.json`, apiUrl).href;
    const answer = await post(target, headers, body, signal);
    return judge(answer.status, answer.body, answer.retryAfter);
  } catch (error) {
    return failureOf(error, 'the telephone gateway');
  }
}

function judge(status: number, body: string, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return taken(read(made, body)?.sid);
  const code = read(complaint, body)?.code;
  const said = code === undefined ? `${status}` : `${status}, code ${code}`;
  // What is wrong with the number; anything else (account, token, limits) is not the number's fault.
  if (status === 400) return refused(`the telephone gateway refuses this number (${said})`);
  return later(`the telephone gateway answered ${said}`, retryAfter, Date.now());
}

function read<T extends z.ZodType>(schema: T, body: string): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    // Not JSON: the status has to do.
    return undefined;
  }
}
