import { createTransport } from 'nodemailer';
import { emailAddress } from '#schemas/http/contact-methods.ts';
import type { Message } from '../message.ts';
import { later, type Outcome, refused, taken } from '../outcome.ts';
import type { ChannelSender } from './channel.ts';

const patienceMs = 8_000;

/** @param from what receivers see as the sender */
export function emailChannel(smtpUrl: string, from: string): ChannelSender {
  return {
    atOnce: 16,
    send: async (message, address, signal) => {
      const to = emailAddress.safeParse(address);
      if (!to.success) return refused('not an e-mail address');
      // A connection for each mail: one kept open for months would be dead when it is needed.
      const transport = createTransport({
        url: smtpUrl,
        connectionTimeout: patienceMs,
        greetingTimeout: patienceMs,
        socketTimeout: patienceMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      const stopped = new Promise<Outcome>((resolve) => {
        limit.addEventListener('abort', () => resolve(later('the mail server did not answer in time')), { once: true });
      });
      const sent = transport.sendMail(mailOf(message, from, to.data.address)).then(() => taken(), judge);
      try {
        return await Promise.race([sent, stopped]);
      } finally {
        transport.close();
      }
    },
  };
}

function mailOf({ key, shortKey, payload, words, url }: Message, from: string, to: string) {
  return {
    from: { name: 'Dripwatch', address: from },
    to,
    subject: words.title,
    text: `${words.text}\n\n${url}\n\nThe link asks you to sign in. This mail holds no patient data.\nDripwatch does not replace the pump’s own alarm.\n`,
    // One id at every try, so that a mailbox shows it once.
    messageId: `<${shortKey}@dripwatch.invalid>`,
    headers: { 'X-Dripwatch-Key': key, 'Auto-Submitted': 'auto-generated' },
    ...(payload.priority === 'high' ? { priority: 'high' as const } : {}),
  };
}

/** By the server's reply code alone: its text may repeat the address [RFC 5321, 4.2]. */
function judge(error: unknown): Outcome {
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  const kind = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code >= 500 && kind === 'EENVELOPE') return refused(`the mail server refuses this address (${code})`);
  if (code !== 0) return later(`the mail server answered ${code}`);
  return later(`the mail server can’t be reached (${kind})`);
}
