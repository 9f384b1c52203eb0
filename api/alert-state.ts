import type { Priority } from '#schemas/messages/record.ts';
import type { AlertState, Responsibility } from '#schemas/rules/alert.ts';

/** An alert's columns that its state is made of; times in milliseconds since 1970. */
export type AlertRow = {
  id: string;
  priority: Priority;
  condition: 'active' | 'ended';
  responsibility: Responsibility['at'];
  owner: string | null;
  offeredTo: string | null;
  times: number;
  endedAt: number | null;
  endReason: string | null;
  acceptedUntil: number | null;
  acceptedAt: number | null;
  acceptedSince: number | null;
  seenAt: number | null;
  now: number;
};

export function stateOf(row: AlertRow): AlertState {
  return {
    priority: row.priority,
    condition:
      row.condition === 'active'
        ? { at: 'active' }
        : { at: 'ended', since: row.endedAt ?? row.now, reason: row.endReason ?? 'unknown' },
    responsibility: responsibilityOf(row),
    seenAt: row.seenAt,
    times: row.times,
  };
}

function responsibilityOf(row: AlertRow): Responsibility {
  const by = row.owner ?? '';
  switch (row.responsibility) {
    case 'unassigned':
      return { at: 'unassigned' };
    case 'offered':
      return { at: 'offered', step: 0, to: row.offeredTo };
    case 'accepted':
      return { at: 'accepted', by, since: row.acceptedSince ?? row.acceptedAt ?? 0, until: row.acceptedUntil };
    case 'declined':
    case 'lapsed':
      return { at: row.responsibility, by, since: 0 };
  }
}

export type ResponsibilityColumns = {
  responsibility: Responsibility['at'];
  owner: string | null;
  acceptedUntil: number | null;
  offeredTo: string | null;
};

/** The columns of who has it. Who passed it on is told by the actions; who let it lapse is still named. */
export function columnsOf({ responsibility }: AlertState): ResponsibilityColumns {
  return {
    responsibility: responsibility.at,
    owner: responsibility.at === 'accepted' || responsibility.at === 'lapsed' ? responsibility.by || null : null,
    acceptedUntil: responsibility.at === 'accepted' ? responsibility.until : null,
    offeredTo: responsibility.at === 'offered' ? responsibility.to : null,
  };
}
