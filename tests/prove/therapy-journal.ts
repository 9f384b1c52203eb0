// The journal of a pump that ran for a long time: samples every 10 s, a new bag with its programme every day, a segment
// every hour, a bolus every third, and alarms. Everything in it is known, so that what is stored can be compared.
import type { BatchLane } from '#schemas/topics.ts';

export type JournalEntry = { lane: BatchLane; kind: string; at: number; text: string };

export type JournalAlarm = { alarm: number; code: string; startedAt: number; endedAt: number | null };

export type TherapyJournal = {
  /** The record with seq n stands at n − 1. */
  entries: JournalEntry[];
  alarms: JournalAlarm[];
  infusions: number;
  totalMl: number;
};

const sampleEveryMs = 10_000;
const hourMs = 3_600_000;
const rateMlPerH = 5;
/** An alarm stops the flow for so long. */
const alarmSamples = 48;
const codes = ['MDC_EVT_FLUID_LINE_OCCL', 'MDC_EVT_FLUID_LINE_AIR', 'MDC_EVT_DOOR_POSN_ERR'];

/**
 * @param records how many
 * @param endsAt when the newest happened, ms since 1970
 * @param alarmEveryMs from one alarm's start to the next
 * @param oneActive the last alarm has not ended
 */
export function therapyJournal(given: {
  records: number;
  endsAt: number;
  alarmEveryMs: number;
  oneActive: boolean;
}): TherapyJournal {
  const { records, endsAt, oneActive } = given;
  const entries: JournalEntry[] = [];
  const alarms: JournalAlarm[] = [];
  // Events share the moment of the sample beside them: the time runs with the samples alone.
  let at = 0;
  const add = (lane: BatchLane, kind: string, fields: object) => {
    entries.push({ lane, kind, at, text: JSON.stringify({ kind, ...fields }) });
  };
  let infusion = 0;
  let segment = 0;
  let infusedMl = 0;
  let segmentMl = 0;
  let stoppedFor = 0;
  let nextBagAt = 0;
  let nextSegmentAt = 0;
  let nextBolusAt = 90 * 60_000;
  let nextAlarmAt = given.alarmEveryMs / 2;
  let totalMl = 0;
  let sounding: JournalAlarm | null = null;

  const startSegment = () => {
    segment += 1;
    segmentMl = 0;
    add('event', 'delivery', { infusion, segment, phase: 'start', rateMlPerH });
  };
  const endSegment = (phase: 'stop' | 'complete', reason?: string) => {
    add('event', 'delivery', {
      infusion,
      segment,
      phase,
      segmentMl: round(segmentMl),
      totalMl: round(infusedMl),
      ...(reason ? { reason } : {}),
    });
  };
  add('event', 'device', { event: 'boot' });
  while (entries.length < records) {
    const room = records - entries.length;
    if (at >= nextBagAt && sounding === null && room > 4) {
      if (infusion > 0) endSegment('complete');
      infusion += 1;
      segment = 0;
      infusedMl = 0;
      add('event', 'programme', {
        infusion,
        careArea: 'home',
        drug: 'vancomycin',
        libraryVersion: '1',
        mode: 'continuous',
        concentration: { amount: 5, unit: 'mg', perMl: 1 },
        rateMlPerH,
        vtbiMl: 240,
        durationMin: 1_440,
      });
      startSegment();
      nextBagAt += 24 * hourMs;
      nextSegmentAt = at + hourMs;
    } else if (at >= nextSegmentAt && sounding === null && room > 3) {
      endSegment('stop', 'transition');
      startSegment();
      nextSegmentAt += hourMs;
    }
    if (at >= nextBolusAt && sounding === null && room > 1) {
      const given = Math.floor(at / hourMs) % 2 === 0;
      add('event', 'bolus', {
        infusion,
        origin: 'patient',
        result: given ? 'given' : 'locked-out',
        ...(given ? { ml: 1 } : {}),
      });
      if (given) {
        infusedMl += 1;
        segmentMl += 1;
        totalMl += 1;
      }
      nextBolusAt += 3 * hourMs;
    }
    const lastChance = oneActive && sounding === null && room <= 200 && room > 190;
    if (sounding === null && (lastChance || (at >= nextAlarmAt && room > 300))) {
      const alarm = alarms.length + 1;
      sounding = { alarm, code: codes[alarm % codes.length] ?? '', startedAt: at, endedAt: null };
      alarms.push(sounding);
      const { code } = sounding;
      add('alarm', 'alarm', { alarm, code, phase: 'start', priority: 'medium', infusion });
      endSegment('stop', 'alarm');
      stoppedFor = 0;
      nextAlarmAt += given.alarmEveryMs;
    } else if (sounding && stoppedFor >= alarmSamples && room > 100 + alarmSamples && !(oneActive && room <= 250)) {
      const { alarm, code } = sounding;
      sounding.endedAt = at;
      sounding = null;
      add('alarm', 'alarm', { alarm, code, phase: 'end', infusion });
      startSegment();
    }
    if (entries.length >= records) break;
    if (sounding) stoppedFor += 1;
    else {
      const ml = (rateMlPerH * sampleEveryMs) / hourMs;
      infusedMl += ml;
      segmentMl += ml;
      totalMl += ml;
    }
    add('telemetry', 'sample', {
      infusion,
      state: sounding ? 'alarm' : 'delivering',
      rateMlPerH: sounding ? 0 : rateMlPerH,
      infusedMl: round(infusedMl),
      vtbiRemainingMl: round(Math.max(0, 240 - infusedMl)),
      reservoirMl: round(Math.max(0, 250 - infusedMl)),
      pressureKpa: sounding ? 62.5 : 12.5,
      batteryPct: 88,
      mains: true,
      temperatureC: 21.5,
      signalDbm: -71,
    });
    at += sampleEveryMs;
  }
  return dated({ entries, alarms, infusions: infusion, totalMl }, endsAt - at);
}

/** Puts the journal at its place in time, and numbers in its records. */
function dated(journal: TherapyJournal, from: number): TherapyJournal {
  const entries = journal.entries.map((entry, index) => {
    const at = from + entry.at;
    const head = `{"seq":${index + 1},"at":"${new Date(at).toISOString()}","uptimeMs":${entry.at},`;
    return { ...entry, at, text: head + entry.text.slice(1) };
  });
  const alarms = journal.alarms.map((alarm) => ({
    ...alarm,
    startedAt: from + alarm.startedAt,
    endedAt: alarm.endedAt === null ? null : from + alarm.endedAt,
  }));
  return { ...journal, entries, alarms };
}

const round = (ml: number) => Math.round(ml * 1_000) / 1_000;
