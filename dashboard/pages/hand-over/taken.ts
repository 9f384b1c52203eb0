import type { HandOverPage } from '#schemas/http/hand-over.ts';

/** What changes hands when this person's shift is signed for: accepted alerts that are active, open follow-ups. */
export function takenFrom(page: HandOverPage, person: string): { alerts: string[]; followUps: string[] } {
  return {
    alerts: page.alerts
      .filter(
        ({ owner, responsibility, condition }) =>
          owner?.id === person && responsibility === 'accepted' && condition === 'active',
      )
      .map(({ id }) => id),
    followUps: page.followUps.filter(({ followUp }) => followUp?.owner.id === person).map(({ id }) => id),
  };
}
