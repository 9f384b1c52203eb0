import type { AlertNotification } from '#schemas/http/notification.ts';
import { At } from '../../components/age.tsx';

const channelWords: Record<AlertNotification['channel'], string> = {
  'web-push': 'notification',
  'e-mail': 'e-mail',
  sms: 'text message',
  voice: 'call',
  webhook: 'webhook',
};
const stateWords: Record<AlertNotification['state'], string> = {
  queued: 'on its way',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
  cancelled: 'not needed any more',
};

/** Who was told by what, beside the board, and what became of it. */
export function Told({ notifications }: { notifications: readonly AlertNotification[] }) {
  if (notifications.length === 0) return null;
  return (
    <ul className="small" aria-label="Who was told">
      {notifications.map(({ at, step, channel, to, state, answeredAt, error }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was sent is never reordered
        <li key={i}>
          <At at={at} /> {channelWords[channel]}
          {to !== null && ` to ${to}`}
          {step !== null && ` (step ${step})`}: <strong>{answeredAt === null ? stateWords[state] : 'answered'}</strong>
          {error !== null && state !== 'delivered' && `, ${error}`}
        </li>
      ))}
    </ul>
  );
}
