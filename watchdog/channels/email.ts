import { createTransport } from 'nodemailer';
import type { Channel } from './channel.ts';

const patienceMs = 10_000;

/**
 * Mails pages; the sender is the first of the addresses.
 * @param to addresses, separated by commas
 */
export function emailChannel(smtpUrl: string, to: string): Channel {
  return {
    name: 'e-mail',
    async send({ id, at, subject, text }) {
      // A connection for each page: one that was kept open for months would be dead when it is needed.
      const transport = createTransport({
        url: smtpUrl,
        connectionTimeout: patienceMs,
        greetingTimeout: patienceMs,
        socketTimeout: patienceMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await transport.sendMail({
          from: { name: 'Dripwatch watchdog', address: to.split(',')[0]?.trim() ?? to },
          to,
          subject,
          text,
          date: new Date(at),
          // One id at every try, so that a mailbox shows it once.
          messageId: `<${id}@dripwatch.invalid>`,
          priority: 'high',
        });
      } finally {
        transport.close();
      }
    },
  };
}
