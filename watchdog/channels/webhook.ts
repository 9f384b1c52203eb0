import { Webhook } from 'standardwebhooks';
import type { Channel } from './channel.ts';

/** Posts pages signed as in https://www.standardwebhooks.com: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
export function webhookChannel(url: string, secret: string): Channel {
  const signer = new Webhook(secret);
  return {
    name: 'webhook',
    async send({ id, kind, type, at, since, components, findings, subject, text }, signal) {
      const body = JSON.stringify({
        type: `watchdog.${kind}`,
        timestamp: new Date(at).toISOString(),
        data: { alert: type, since: new Date(since).toISOString(), components, findings, subject, text },
      });
      // Signed anew at each try: receivers refuse old timestamps; the id stays.
      const sentAt = new Date();
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          'webhook-signature': signer.sign(id, sentAt, body),
        },
        body,
        redirect: 'error',
        signal,
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
    },
  };
}
