import type { Order } from '#schemas/http/orders.ts';
import { orderFieldWords } from '#schemas/rules/programme-against-order.ts';
import { spellMinutes, spellNumber, spellUnit } from '#schemas/rules/words.ts';
import { plain } from '../../words.ts';

/** What the form calls the fields that a refusal names. */
export const orderFieldNames: Readonly<Record<string, string>> = {
  drug: 'Drug',
  mode: 'Mode',
  concentration: 'Concentration',
  'concentration.amount': 'Concentration',
  'concentration.unit': 'Unit of the concentration',
  'concentration.perMl': 'Concentration, per mL',
  doseRate: 'Dose rate',
  doseUnit: 'Unit of the dose rate',
  rateMlPerH: 'Rate',
  volumeMl: 'Volume',
  overfillMl: 'Overfill',
  totalDose: 'Total',
  'totalDose.amount': 'Total',
  'totalDose.unit': 'Unit of the total',
  durationMin: 'Duration',
  pca: 'PCA',
  therapy: 'Therapy',
  by: 'You',
};

const compared: Readonly<Record<string, string>> = orderFieldWords;

/** What a field is called where a programme is compared with its order. */
export const comparedFieldName = (field: string) => compared[field] ?? plain(field);

/** One side of a comparison with its unit; a duration in hours and minutes. */
export const comparedNumber = (field: string, value: number, unit: string) =>
  field === 'durationMin' ? spellMinutes(value) : `${spellNumber(value)} ${unit}`;

type Numbers = Omit<Order, 'patient'>;

/** An order's numbers as names and values. */
export function orderFacts(order: Numbers): [string, string | null][] {
  const { concentration, doseRate, doseUnit, rateMlPerH, volumeMl, overfillMl, totalDose, durationMin, pca } = order;
  const facts: [string, string | null][] = [
    ['Drug', order.drug],
    ['Concentration', concentration === null ? null : concentrationWords(concentration)],
    ['Dose rate', doseRate === null ? null : `${spellNumber(doseRate)} ${spellUnit(doseUnit ?? '')}`],
    ['Rate', rateMlPerH === null ? null : `${spellNumber(rateMlPerH)} mL/h`],
    ['Volume', `${spellNumber(volumeMl)} mL${overfillMl > 0 ? `, overfill ${spellNumber(overfillMl)} mL` : ''}`],
    ['Total', totalDose === null ? null : `${spellNumber(totalDose.amount)} ${totalDose.unit}`],
    ['Duration', spellMinutes(durationMin)],
    ['Made for', bodyWords(order)],
    ['Notes', order.notes],
  ];
  if (order.mode !== 'continuous') facts.splice(1, 0, ['Mode', order.mode]);
  if (pca !== null) {
    const most = pca.maxMlPer4H === null ? '' : `, at most ${spellNumber(pca.maxMlPer4H)} mL in 4 h`;
    facts.push(['PCA', `${spellNumber(pca.demandMl)} mL, lockout ${spellNumber(pca.lockoutMin)} min${most}`]);
  }
  return facts.filter(([name, value]) => value !== null || name === 'Concentration');
}

function concentrationWords({ amount, unit, perMl }: NonNullable<Order['concentration']>): string {
  const per = perMl === 1 ? '/mL' : ` in ${spellNumber(perMl)} mL`;
  return `${spellNumber(amount)} ${unit}${per}`;
}

function bodyWords({ weightKg, bsaM2 }: Numbers): string | null {
  const parts = [
    weightKg === null ? null : `${spellNumber(weightKg)} kg`,
    bsaM2 === null ? null : `${spellNumber(bsaM2)} m²`,
  ];
  return parts.filter((part) => part !== null).join(', ') || null;
}
