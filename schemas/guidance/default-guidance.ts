// What to do about each type of alert, until a pharmacist has published something better. General wording, shown with a
// mark that it is the default and NOT FOR CLINICAL USE. `type` is a rule's name, or the beginning of an alarm's code.

export type GuidanceText = { type: string; drug: string | null; title: string; steps: readonly string[] };

const notAnswering = 'Nobody answers: second contact, then the patient’s plan (welfare check).';
const notWell = 'Not awake, not breathing well, or chest pain: ambulance first.';
const backup = '★ drug: backup pump now; do not wait for a visit.';

const fromThePump: readonly GuidanceText[] = [
  text('MDC_EVT_PUMP_FLOW_FREE', 'Free flow', [
    'Call: close the clamp, then stop the pump.',
    notWell,
    'Read the volume given on the pump. Call the prescriber with it.',
    'Do not restart with this set. Backup pump or nurse visit.',
  ]),
  text('MDC_EVT_FLUID_LINE_OCCL_PROXIMAL', 'Upstream occlusion', [
    'Call: is the clamp between bag and pump open, the line kinked, the bag empty?',
    'Clear it, restart on the pump, wait until it runs.',
    backup,
    'Again within the hour: change the set.',
  ]),
  text('MDC_EVT_FLUID_LINE_OCCL', 'Downstream occlusion', [
    'Call: close the clamp at the patient before the line is freed. Pressure in it gives a bolus.',
    'Look at the site. Swelling, pain or leak: do not restart, nurse visit.',
    'Look for a kink or a closed clamp. Clear it, open the clamp, restart on the pump.',
    backup,
  ]),
  text('MDC_EVT_FLUID_LINE_AIR', 'Air in line', [
    'Call: close the clamp. Do not restart with air in the line.',
    'Breathless or chest pain: lie on the left side, ambulance.',
    'Disconnect and prime away from the patient, as taught. Not taught: nurse visit.',
    backup,
  ]),
  text('MDC_EVT_DOOR_POSN_ERR', 'Door or cassette open', [
    'Call: close the clamp first.',
    'Seat the cassette, close the door, open the clamp, restart on the pump.',
    'Does not close: do not use this pump. Backup pump.',
  ]),
  text('MDC_EVT_CHECK_IV_SET', 'Infusion set', [
    'Call: close the clamp first.',
    'Take the set out and seat it again; restart on the pump.',
    'Same again: new set. Then backup pump.',
  ]),
  text('MDC_EVT_BATT_DEPL', 'Battery depleted', [
    'Call: mains plug or new batteries now.',
    'Pump is off: close the clamp. ★ drug: backup pump now.',
    'After restart: have the rate read to you and compare it with the order.',
  ]),
  text('MDC_EVT_BATT_LO', 'Battery low', [
    'Call: plug it in or change the batteries.',
    'Low although plugged in: another pump today.',
  ]),
  text('MDC_EVT_PWR_LOSS', 'Mains power lost', [
    'Call: loose plug, or is the power out?',
    'Power out: how long does the battery last? Spare batteries at home?',
    'Not long enough: bring a pump or move the patient.',
  ]),
  text('MDC_EVT_VOL_INFUS_NEAR_COMP', 'Near end of infusion', [
    'Is the next bag at home and out of the refrigerator?',
    '★ drug: call now and stay until the new bag runs.',
    'Early by the order: ask whether it ran too fast.',
  ]),
  text('MDC_EVT_VOL_INFUS_COMP', 'Infusion complete', [
    'Is it the end by the order? Then disconnect and flush, as taught.',
    'Too early: it may have run too fast. Ask how the patient is, call the prescriber.',
    '★ drug: next bag or backup pump now.',
  ]),
  text('MDC_EVT_EMPTY', 'Reservoir empty', [
    'Call: hang the next bag, as taught.',
    'No bag at home: pharmacy. ★ drug: call the prescriber at the same time.',
    'Empty too early: it may have run too fast. Ask how the patient is.',
  ]),
  text('MDC_EVT_PCA_MAX_LIMIT', 'PCA limit reached', [
    'Call: awake? breathing? pain 0 to 10?',
    'Sleepy or breathing slowly: nobody presses the button, ambulance.',
    'Awake and in pain: call the prescriber.',
  ]),
  text('MDC_EVT_PCA_HANDSET_DETACHED', 'PCA handset detached', [
    'Call: plug the handset in until it clicks.',
    'Pain meanwhile? Broken: another pump.',
  ]),
  text('MDC_EVT_PCA_DOOR_UNLOCKED', 'PCA door unlocked', [
    'Call: who opened it, and why?',
    'Lock it. Have the volume read to you and compare it with the record.',
    'Volume missing: call the pharmacist on call.',
  ]),
  text('MDC_EVT_STANDBY_WARN', 'Paused for long', [
    'Call: why is it paused?',
    'No reason: restart on the pump. ★ drug: at once.',
    'Cannot be restarted: backup pump.',
  ]),
  text('MDC_EVT_CALLBACK', 'Paused too long', [
    'Call: why is it paused?',
    'No reason: restart on the pump. ★ drug: at once.',
    'Cannot be restarted: backup pump.',
  ]),
  ...['MDC_EVT_MALF', 'MDC_EVT_FAIL'].map((type) =>
    text(type, 'Pump malfunction', [
      'Call: close the clamp. Do not use this pump again.',
      notWell,
      'Backup pump. ★ drug: now.',
      'Leave the pump as it is; the technician collects it.',
    ]),
  ),
];

const foundByUs: readonly GuidanceText[] = [
  text('silent-pump', 'Silent pump', [
    'Call: is the pump on? Have state, rate and any alarm read to you.',
    'Runs well: plug in the gateway or phone that sends its data.',
    notAnswering,
    '★ drug or battery was low: backup pump.',
  ]),
  text('programme-against-order', 'Programme is not the order', [
    'Call: runs too fast: stop the pump, close the clamp. Too slow: do not stop.',
    notWell,
    'Have rate and volume given read to you. Call the prescriber with both.',
    'Too much given: ask the prescriber about an antidote now.',
  ]),
  {
    type: 'programme-against-order',
    drug: 'fluorouracil',
    title: 'Fluorouracil is not as ordered',
    steps: [
      'Call: runs too fast: stop the pump, close the clamp. Too slow: do not stop.',
      'Have rate and volume given read to you. Call the prescriber with both.',
      'Too much given: antidote uridine triacetate, as early as possible, no later than 96 h. Feeling well proves nothing.',
      'Patient to hospital as the prescriber says.',
    ],
  },
  text('no-verified-order', 'No verified order', [
    'Do not stop the pump for this alone.',
    'Find the prescription; have the order entered and verified.',
    'Programme differs from the prescription: call the patient and the prescriber.',
  ]),
  text('programme-against-library', 'Programme outside the library', [
    'Compare programme and order. Hard limit passed: call, stop the pump, close the clamp.',
    'Call the prescriber: is it meant?',
    'Meant: the pharmacist writes down why.',
  ]),
  text('soft-limit-without-override', 'Soft limit passed unasked', [
    'Compare programme and order. Not as ordered: call.',
    'Tell the technician: this pump should have asked.',
  ]),
  text('cumulative-dose', 'Dose over its window', [
    'Call: how is the patient? Opioid: awake, breathing?',
    notWell,
    'Hard limit: stop the pump. Call the prescriber with the amount.',
  ]),
  text('flow-while-stopped', 'Flow while stopped', [
    'Call: close the clamp now.',
    notWell,
    'Do not use this pump again. Backup pump. Call the prescriber with the volume.',
  ]),
  text('delivery-deviation', 'Delivery differs from programme', [
    'Call: is the bag as full as the pump says?',
    'Too much or too little given: call the prescriber.',
    'Another pump today.',
  ]),
  text('counters', 'Counters do not agree', ['Compare bag and pump at the next contact.', 'Tell the technician.']),
  ...(['missed-dose', 'late-dose', 'short-dose'] as const).map((type) =>
    text(type, { 'missed-dose': 'Missed dose', 'late-dose': 'Late dose', 'short-dose': 'Short dose' }[type], [
      'Call: why? Do not give two doses together.',
      'Ask the prescriber whether and when the rest is given.',
    ]),
  ),
  text('ends-before-visit', 'Ends before the visit', [
    'Is there another bag at home?',
    'No: bring the visit or the delivery forward.',
  ]),
  ...['occlusion-trend', 'repeated-occlusion'].map((type) =>
    text(type, type === 'occlusion-trend' ? 'Pressure rises' : 'Repeated occlusion', [
      'Call: look for a kink or a half-closed clamp.',
      'Look at the site. Swelling, pain or leak: stop, nurse visit.',
      'Goes on: change the set; have the line looked at.',
    ]),
  ),
  text('pca-demand', 'Many PCA demands', [
    'Call: awake? breathing? pain 0 to 10? Who presses the button?',
    'Sleepy: nobody presses the button, ambulance.',
    'In pain: call the prescriber.',
  ]),
  text('running-on-hold', 'Runs although on hold or ended', [
    'Call: who started it?',
    'Call the prescriber: stop or go on? Opioid or chemotherapy: stop the pump, close the clamp first.',
    'Meant: put the therapy back to active.',
  ]),
  ...['unreadable-alarm', 'unreadable-pump'].map((type) =>
    text(type, type === 'unreadable-alarm' ? 'Alarm could not be read' : 'Records could not be read', [
      'Call: have state, rate and any alarm read to you from the pump.',
      'Until it is mended this pump is not watched: call again every hour, or another pump.',
      'Tell the technician.',
    ]),
  ),
];

const forTechnicians: readonly GuidanceText[] = [
  text('library-version', 'Wrong library', ['Offer the assigned library; it is taken between infusions.']),
  text('battery-fade', 'Battery fades', ['Plan another battery; it holds less than it says.']),
  text('clock-off', 'Clock is off', ['Send the time to the pump. Off again: service.']),
  text('gap-open', 'Records are missing', ['Ask for them again. Still missing: is the pump within reach?']),
  text('reboot-storm', 'Restarts again and again', ['Have it replaced at the patient, then to service.']),
  text('duplicate-pump', 'Two pumps with one id', ['Find both. Give one of them a new id and credential.']),
  text('rejected-records', 'Records were rejected', ['Read them on the Fleet page; firmware may be at fault.']),
  text('nobody-watching', 'Nobody is watching', [
    'Call the person on call: open the alert board.',
    'Nobody answers: watch it yourself and call the next on the list.',
  ]),
  text('on-call-unreachable', 'Nobody on call can be reached', [
    'Find somebody for the shift before it begins.',
    'Have them answer a test.',
  ]),
  text('platform-delayed', 'The platform is late', [
    'Nurses work from the downtime list, ★ first.',
    'Look at System: broker, ingest, database.',
  ]),
  text('canary-late', 'The test pump is late', ['Look at System: broker, ingest, database.']),
];

const fallback = text('other', 'Any other alert', [
  'Call: have the screen of the pump read to you.',
  notWell,
  'Does it deliver as ordered? No: backup pump, call the prescriber.',
]);

/** Every default, the fallback `other` last. */
export const defaultGuidance: readonly GuidanceText[] = [...fromThePump, ...foundByUs, ...forTechnicians, fallback];

/** The types that guidance is written for. */
export const guidanceTypes = [...new Set(defaultGuidance.map(({ type }) => type))];

function text(type: string, title: string, steps: readonly string[]): GuidanceText {
  return { type, drug: null, title, steps };
}
