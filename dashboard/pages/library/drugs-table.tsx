import { Fragment } from 'react';
import { Link } from 'wouter';
import type { LibraryVersionDetail } from '#schemas/http/libraries.ts';
import type { DrugEntry } from '#schemas/library/drug-entry.ts';
import type { CareArea } from '#schemas/library/library.ts';
import { spellUnit } from '#schemas/rules/words.ts';
import { modeWord } from '../../event-words.ts';
import { draftOf, type LimitTexts, limitLevels, limitProperties } from './entry-draft.ts';
import styles from './library.module.css';
import { grouped } from './library-words.ts';

const outside = {
  stopped: 'a drug that is not here stays stopped',
  allowed: 'a drug that is not here runs outside the library',
};

/** What is limited, and the cells of its limits. */
const columns = 1 + limitLevels.length;

/** The drugs of a care area, each limit on a line of its own. */
export function DrugsTable({
  area,
  index,
  version,
  editable,
}: {
  area: CareArea;
  index: number;
  version: LibraryVersionDetail;
  editable: boolean;
}) {
  const base = `/library/${version.library.id}/${version.version}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard
    <section className={styles.wide} aria-label={`Drugs: ${area.name}`} tabIndex={0}>
      <table className={styles.table}>
        <caption>
          {area.name} <span className="muted">· {outside[area.outsideLibrary]}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">limit of</th>
            {limitLevels.map((level) => (
              <th key={level} scope="col" data-number>
                {level}
              </th>
            ))}
          </tr>
        </thead>
        {area.drugs.map((entry, drug) => (
          <Drug
            key={entry.name}
            entry={entry}
            edit={editable ? `${base}?edit=${index}.${drug}` : null}
            problem={version.problems.some(({ path }) => path.startsWith(`careAreas[${index}].drugs[${drug}].`))}
          />
        ))}
      </table>
      {editable && (
        <Link href={`${base}?edit=${index}.new`} className={styles.add}>
          Add a drug to {area.name}
        </Link>
      )}
    </section>
  );
}

function Drug({ entry, edit, problem }: { entry: DrugEntry; edit: string | null; problem: boolean }) {
  const { limits, texts } = draftOf(entry);
  const lines = limitProperties.flatMap(({ property }) => {
    const given = limits[property];
    return given && limitLevels.some((level) => given[level] !== '') ? [{ property, given }] : [];
  });
  const about = [
    entry.drugClass,
    entry.modes.map(modeWord).join(', '),
    ...texts.concentration.split('\n').map(grouped),
    `dosed in ${spellUnit(entry.doseUnit)}`,
  ];
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={columns}>
          {edit === null ? entry.name : <Link href={edit}>{entry.name}</Link>}
          {entry.critical && (
            <span title="critical continuity: any stop or silence is high">
              <span aria-hidden="true">★</span>
              <span className="visually-hidden"> critical continuity</span>
            </span>
          )}
          {problem && <strong> ▲ has a problem</strong>}
          <span className={styles.about}>{about.filter((word) => word !== '').join(' · ')}</span>
          {entry.advisories.map((advisory) => (
            <span key={advisory} className={styles.about}>
              {advisory}
            </span>
          ))}
        </th>
      </tr>
      {lines.length === 0 && (
        <tr>
          <td colSpan={columns}>no limit at all</td>
        </tr>
      )}
      {lines.map(({ property, given }) => (
        <Fragment key={property}>
          <tr>
            <td>
              {property}, <span className={styles.unit}>{spellUnit(given.unit)}</span>
            </td>
            {limitLevels.map((level) => (
              <td key={level} data-number>
                {given[level] === '' ? '–' : grouped(given[level])}
              </td>
            ))}
          </tr>
          {remarksOf(given) !== '' && (
            <tr>
              <td colSpan={columns} className={styles.about}>
                {remarksOf(given)}
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </tbody>
  );
}

/** Why a limit is so, where that is written, and when it is looked at again. */
function remarksOf(given: LimitTexts): string {
  const review = given['review date'];
  return [given.reason, given.reference, review === '' ? '' : `review by ${review}`]
    .filter((words) => words !== '')
    .join(' · ');
}
