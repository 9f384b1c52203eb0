import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { drugLibrary, type LibraryVersionDetail, libraryVersionDetail } from '#schemas/http/libraries.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { plural } from '../../words.ts';
import { AreaForms } from './area-forms.tsx';
import { Changes } from './changes.tsx';
import { DrugsTable } from './drugs-table.tsx';
import { EntryForm } from './entry-form.tsx';
import { ImportLibrary } from './import-library.tsx';
import styles from './library.module.css';
import { lastStep, spellMoment, stateWords } from './library-words.ts';
import { Replay } from './replay.tsx';
import { VersionSteps } from './version-steps.tsx';

/** One version: state and next steps, problems, drugs with their limits, what it changes, a replay. */
export default function VersionPage({ id, version }: { id: string; version: string }) {
  if (!useMay('read')) return <Denied what="Drug libraries" />;
  return <OneVersion id={id} number={version} />;
}

function OneVersion({ id, number }: { id: string; number: string }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['library', id, number],
    queryFn: ({ signal }) => http(`/drug-libraries/${id}/versions/${number}`, libraryVersionDetail, { signal }),
  });
  const library = useQuery({
    queryKey: ['library', id],
    queryFn: ({ signal }) => http(`/drug-libraries/${id}`, drugLibrary, { signal }),
  });
  if (query.isError) return <Failed what="This version" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the version" />;
  const others = library.data?.versions.map(({ version }) => version).filter((one) => one !== query.data.version);
  return <Shown version={query.data} others={others ?? []} />;
}

/** `?edit=2.0`: the first drug of the third care area; `?edit=2.new`: another one there. */
function placeOf(text: string | null, version: LibraryVersionDetail) {
  const [, area = '', drug = ''] = /^(\d+)\.(\d+|new)$/.exec(text ?? '') ?? [];
  const given = area === '' ? undefined : version.content.careAreas[Number(area)];
  if (given === undefined) return null;
  if (drug === 'new') return { area: Number(area), drug: null };
  return given.drugs[Number(drug)] === undefined ? null : { area: Number(area), drug: Number(drug) };
}

function Shown({ version, others }: { version: LibraryVersionDetail; others: readonly number[] }) {
  const mayWrite = useMay('library.write');
  const mayAssign = useMay('fleet.write');
  const [params, setParams] = useSearchParams();
  const edit = params.get('edit');
  const editable = mayWrite && version.state === 'draft';
  const place = editable ? placeOf(edit, version) : null;
  const close = () =>
    setParams((now) => {
      now.delete('edit');
      return now;
    });
  const path = `/drug-libraries/${version.library.id}/versions/${version.version}`;
  const { notice } = version.content;
  return (
    <div className={styles.page}>
      <div>
        <Link href="/library">All drug libraries</Link>
        <h1>
          {version.library.name}, version {version.version}
        </h1>
        <p>
          <span className={styles.word}>{stateWords[version.state]}</span> {lastStep(version)}
          {notice !== null && <strong className={styles.notice}>{notice}</strong>}
        </p>
      </div>
      {version.state === 'published' && (
        <p>
          <Link href={`/library/roll-out?library=${version.library.id}&version=${version.version}`}>
            {mayAssign ? 'Roll it out to pumps' : 'Roll-out to pumps'}
          </Link>
        </p>
      )}
      {mayWrite && <VersionSteps version={version} />}
      <Problems version={version} />
      {place !== null && <EntryForm key={edit} version={version} place={place} onDone={close} />}
      <Panel title="Drugs and limits">
        {version.content.careAreas.length === 0 && <p className="muted">No care area yet.</p>}
        {version.content.careAreas.map((area, index) => (
          <DrugsTable key={area.name} area={area} index={index} version={version} editable={editable} />
        ))}
        {editable && <AreaForms version={version} />}
      </Panel>
      <Changes version={version} others={others} />
      {mayWrite && <Replay version={version} />}
      <Panel title="Life of this version">
        <Life version={version} />
        <p>
          <a href={`/api/v1${path}/export?format=json`}>Export as JSON</a> ·{' '}
          <a href={`/api/v1${path}/export?format=csv`}>Export as CSV</a>
        </p>
      </Panel>
      {mayWrite && (
        <details className={styles.more}>
          <summary>Import a file as the next version</summary>
          <ImportLibrary path={`/drug-libraries/${version.library.id}/import`} />
        </details>
      )}
    </div>
  );
}

function Problems({ version: { problems, state } }: { version: LibraryVersionDetail }) {
  if (problems.length === 0) return state === 'draft' ? <p role="status">The check finds no problem.</p> : null;
  return (
    <section className={styles.problems} aria-label="Problems">
      <p>
        <strong>{plural(problems.length, 'problem')} to be solved before it can be submitted</strong>
      </p>
      <ul>
        {problems.slice(0, mostShown).map(({ path, where, what, expected }) => (
          <li key={`${path} ${what}`} title={path}>
            {where !== '' && <strong>{where}: </strong>}
            {what}; expected: {expected}
          </li>
        ))}
      </ul>
      {problems.length > mostShown && <p>and {problems.length - mostShown} more</p>}
    </section>
  );
}

const mostShown = 50;

function Life({ version }: { version: LibraryVersionDetail }) {
  const { authors, created, basedOn, submitted, sentBack, approved, published, urgent, retired } = version;
  const from = basedOn === null ? '' : `, a copy of version ${basedOn}`;
  return (
    <Facts
      facts={[
        ['Begun', `${spellMoment(created)}${from}`],
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
