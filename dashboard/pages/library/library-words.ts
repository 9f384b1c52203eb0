import type { LibraryStep, LibraryVersion } from '#schemas/http/libraries.ts';
import { dayAndTime } from '../../words.ts';

export const stateWords: Record<LibraryVersion['state'], string> = {
  draft: 'draft',
  'in-review': 'in review',
  approved: 'approved',
  published: 'published',
  retired: 'retired',
};

/** What a step's button says: what will be so afterwards. */
export const stepWords: Record<LibraryStep, string> = {
  submit: 'Submit: it goes to review and can’t be edited',
  approve: 'Approve: it may be published',
  'send-back': 'Send back to the authors',
  publish: 'Publish: it never changes again',
  'publish-urgently': 'Publish alone: another one has to confirm it within 24 h',
  confirm: 'Confirm this urgent publication',
  retire: 'Retire: it is not to be used any more',
};

/** Steps that nobody takes without saying why. */
export const needsReason: readonly LibraryStep[] = ['send-back', 'publish-urgently', 'retire'];

type Moment = { by: { name: string }; at: string };
/** `A. Moreau, 23 Nov, 14:02` */
export const spellMoment = ({ by, at }: Moment): string => `${by.name}, ${dayAndTime(Date.parse(at))}`;

type Told = Pick<
  LibraryVersion,
  'state' | 'retired' | 'published' | 'approved' | 'submitted' | 'sentBack' | 'changed' | 'urgent'
>;

/** What happened to a version last, who did it and when. */
export function lastStep(version: Told): string {
  const { state, retired, published, approved, submitted, sentBack, changed, urgent } = version;
  if (state === 'retired' && retired) return `retired by ${spellMoment(retired)}: ${retired.reason}`;
  if (state === 'published' && published) {
    if (urgent === null) return `published by ${spellMoment(published)}`;
    if (approved) return `published urgently by ${spellMoment(published)}, confirmed by ${spellMoment(approved)}`;
    const until = dayAndTime(Date.parse(urgent.until));
    return `published urgently by ${spellMoment(published)}: another one has to confirm it until ${until}`;
  }
  if (state === 'approved' && approved) return `approved by ${spellMoment(approved)}`;
  if (state === 'in-review' && submitted) return `submitted by ${spellMoment(submitted)}`;
  if (sentBack && Date.parse(sentBack.at) >= Date.parse(changed.at)) {
    return `sent back by ${spellMoment(sentBack)}: ${sentBack.reason}`;
  }
  return `changed by ${spellMoment(changed)}`;
}

/** A written number as it is said elsewhere: `10000 to 200000 ng` → `10,000 to 200,000 ng`; decimals stay as they are. */
export const grouped = (text: string): string =>
  text.replace(/(?<![\d.])\d{4,}/g, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));
