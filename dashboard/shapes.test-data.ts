import { type Alert, alert } from '#schemas/http/alert.ts';
import { type Pump, pump } from '#schemas/http/shapes.ts';

const at = '2026-11-22T02:10:04.120Z';
const noHops = {
  pumpAt: at,
  brokerAt: at,
  receivedAt: at,
  committedAt: at,
  sentAt: at,
  renderedAt: null,
  seenAt: null,
  acceptedAt: null,
};

/** An alert in the api's real shape, for tests. */
export function someAlert(facts: Partial<Alert> = {}): Alert {
  return alert.parse({
    id: 'alert-1',
    pump: 'PUMP-0001',
    infusion: null,
    type: 'MDC_EVT_FLUID_LINE_OCCL',
    audience: 'clinical',
    priority: 'medium',
    pumpPriority: 'high',
    condition: 'active',
    responsibility: 'unassigned',
    owner: null,
    offeredTo: null,
    acceptedUntil: null,
    raisedAt: at,
    late: false,
    endedAt: null,
    endReason: null,
    count: 1,
    message: 'Downstream occlusion',
    detail: {},
    drug: 'vancomycin',
    patient: null,
    neededSomebody: null,
    hops: noHops,
    ...facts,
  });
}

/** A pump in the api's real shape, for tests. */
export function somePump(facts: Partial<Pump> = {}): Pump {
  return pump.parse({
    id: 'PUMP-0001',
    model: 'Meridian H2',
    serial: 'MH2-1',
    firmware: null,
    libraryVersion: null,
    libraryAssigned: null,
    status: 'at-patient',
    presence: 'online',
    state: 'delivering',
    rateMlPerH: 120,
    infusedMl: 10,
    vtbiRemainingMl: 240,
    reservoirMl: 250,
    pressureKpa: 6,
    batteryPct: 80,
    mains: false,
    pumpInfusion: 1,
    infusion: null,
    drug: 'vancomycin',
    lastSampleAt: at,
    lastContactAt: at,
    silentSince: null,
    completeThrough: at,
    missing: 0,
    epochNo: 1,
    seq: 10,
    topicPrefix: 'dw/1/0f/PUMP-0001',
    ...facts,
  });
}
