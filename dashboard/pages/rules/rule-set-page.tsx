import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { type RuleSetDetail, ruleSetDetail, ruleSetDiff, ruleSetInForce } from '#schemas/http/rule-sets.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { RequestError } from '../../http.ts';
import { useMay, useServices } from '../../services.tsx';
import { plural } from '../../words.ts';
import styles from '../library/library.module.css';
import { lastStep, spellMoment, stateWords } from '../library/library-words.ts';
import { DraftEditor } from './draft-editor.tsx';
import { RuleSetSteps } from './rule-set-steps.tsx';

/** One version of the rule set: next steps, problems, its settings, what it changes, who did what. */
export default function RuleSetPage({ version }: { version: string }) {
  if (!useMay('read')) return <Denied what="Rules" />;
  return <OneVersion number={version} />;
}

function OneVersion({ number }: { number: string }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['rules', 'version', number],
    queryFn: ({ signal }) => http(`/rule-sets/${encodeURIComponent(number)}`, ruleSetDetail, { signal }),
  });
  const holds = useQuery({
    queryKey: ['rules', 'in-force'],
    queryFn: ({ signal }) => http('/rule-sets/in-force', ruleSetInForce, { signal }),
  });
  if (query.error instanceof RequestError && [400, 404].includes(query.error.status)) {
    return (
      <Empty whole title={`There is no version ${number} of the rules`}>
        <Link href="/rules">All versions</Link>
      </Empty>
    );
  }
  if (query.isError) return <Failed what="This version" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the version" />;
  return <Shown version={query.data} knownAreas={holds.data?.knownAreas ?? []} />;
}

function Shown({ version, knownAreas }: { version: RuleSetDetail; knownAreas: readonly string[] }) {
  const mayWrite = useMay('rules.write');
  const { content, problems, state, inForce } = version;
  return (
    <div className={styles.page}>
      <div>
        <Link href="/rules">All versions of the rules</Link>
        <h1>Rules, version {version.version}</h1>
        <p>
          <span className={styles.word}>{inForce ? 'in force' : stateWords[state]}</span> {lastStep(version)}
        </p>
        <p>
          {content.reason} · to be reviewed by {content.reviewDate}
        </p>
      </div>
      {mayWrite && <RuleSetSteps version={version} />}
      {problems.length > 0 && (
        <section className={styles.problems} aria-label="Problems">
          <p>
            <strong>{plural(problems.length, 'problem')} to be solved before it can be submitted</strong>
          </p>
          <ul>
            {problems.map(({ path, what, expected }) => (
              <li key={`${path} ${what}`}>
                <strong>{spellPlace(path, version)}: </strong>
                {what}; expected: {expected}
              </li>
            ))}
          </ul>
        </section>
      )}
      {problems.length === 0 && state === 'draft' && <p role="status">The check finds no problem.</p>}
      <Changes version={version} />
      {mayWrite && state === 'draft' && (
        <DraftEditor key={version.revision} version={version} knownAreas={knownAreas} />
      )}
      <Panel title="Life of this version">
        <Life version={version} />
      </Panel>
    </div>
  );
}

/** `careAreas[0].silent-pump` → the care area's name and the rule. */
function spellPlace(path: string, { content }: RuleSetDetail): string {
  const [, index, rest = ''] = /^careAreas\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  if (index === undefined) return path.replace(/^changes\./, 'everywhere, ');
  const area = content.careAreas[Number(index)]?.careArea ?? path;
  return rest === '' ? area : `${area}, ${rest}`;
}

/** Against what holds now, the version that it began from, or the defaults. */
function Changes({ version }: { version: RuleSetDetail }) {
  const { http } = useServices();
  const [params, setParams] = useSearchParams();
  const against = params.get('against') ?? '';
  const query = useQuery({
    queryKey: ['rules', 'diff', version.version, version.revision, version.state, against],
    queryFn: ({ signal }) =>
      http(`/rule-sets/${version.version}/diff${against === '' ? '' : `?against=${against}`}`, ruleSetDiff, { signal }),
  });
  return (
    <Panel title="What it changes">
      <label>
        Against{' '}
        <select
          value={against}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setParams((now) => {
              if (value === '') now.delete('against');
              else now.set('against', value);
              return now;
            });
          }}
        >
          <option value="">what is in force</option>
          <option value="0">the defaults</option>
          {version.basedOn !== null && <option value={version.basedOn}>version {version.basedOn}, its origin</option>}
        </select>
      </label>
      {query.isError && <Failed what="The changes" error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading what="the changes" lines={2} />}
      {query.data !== undefined && (
        <>
          <p role="status">
            {query.data.changes.length === 0 ? 'Nothing differs.' : plural(query.data.changes.length, 'change')}
          </p>
          <ul className={styles.list}>
            {query.data.changes.map(({ words }) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Life({ version }: { version: RuleSetDetail }) {
  const { authors, created, basedOn, submitted, sentBack, approved, published, urgent, retired } = version;
  return (
    <Facts
      facts={[
        ['Begun', `${spellMoment(created)}${basedOn === null ? '' : `, a copy of version ${basedOn}`}`],
        ['Authors', authors.map(({ name }) => name).join(', ')],
        ['Submitted', submitted && spellMoment(submitted)],
        ['Sent back', sentBack && `${spellMoment(sentBack)}: ${sentBack.reason}`],
        [urgent ? 'Confirmed' : 'Approved', approved && spellMoment(approved)],
        ['Published', published && `${spellMoment(published)}${urgent ? `, urgently: ${urgent.reason}` : ''}`],
        ['Retired', retired && `${spellMoment(retired)}: ${retired.reason}`],
      ]}
    />
  );
}
