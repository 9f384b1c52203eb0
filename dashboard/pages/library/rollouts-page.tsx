import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useSearchParams } from 'wouter';
import { drugLibrary } from '#schemas/http/libraries.ts';
import {
  type LibraryAssignment,
  libraryAssignment,
  libraryAssignmentDetail,
} from '#schemas/http/library-assignments.ts';
import { page } from '#schemas/http/shapes.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Choice, Field, type Fields, Form, NumberField, Refusal, useSending } from '../../components/form.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { count, plural } from '../../words.ts';
import styles from './library.module.css';
import { spellMoment } from './library-words.ts';
import { scopeWords, stageWords, totalOf } from './rollout-words.ts';

const assignments = page(libraryAssignment);
const libraries = page(drugLibrary);

/** Roll-outs of drug libraries to pumps: what is under way, and for a technician the way to begin one. */
export default function RolloutsPage() {
  if (!useMay('read')) return <Denied what="Roll-outs" />;
  return <Rollouts />;
}

function Rollouts() {
  const { http } = useServices();
  const mayAssign = useMay('fleet.write');
  const query = useInfiniteQuery({
    queryKey: ['rollouts', 'list'],
    initialPageParam: '',
    refetchInterval: 3_000,
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === '' ? '' : `?cursor=${encodeURIComponent(pageParam)}`;
      return http(`/library-assignments${cursor}`, assignments, { signal });
    },
    getNextPageParam: ({ next }) => next,
  });
  if (query.isError) return <Failed what="Roll-outs" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="roll-outs" />;
  const items = query.data.pages.flatMap((one) => one.items);
  return (
    <div className={styles.page}>
      <div>
        <Link href="/library">All drug libraries</Link>
        <h1>Roll-out</h1>
      </div>
      {mayAssign && <Assign />}
      {items.length === 0 ? (
        <Empty title="No library was rolled out yet">
          <p>Pumps keep the library that they came with. A technician assigns a published version to them here.</p>
        </Empty>
      ) : (
        <Panel title="Roll-outs, newest first">
          <ul className={styles.list}>
            {items.map((one) => (
              <li key={one.id}>
                <Line rollout={one} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'Older ones'}
        </button>
      )}
    </div>
  );
}

function Line({ rollout }: { rollout: LibraryAssignment }) {
  const { counts } = rollout;
  const open = counts.straggler + counts.failed;
  return (
    <>
      <p>
        <Link href={`/library/roll-out/${rollout.id}`}>
          {rollout.library.name}, version {rollout.version}
        </Link>{' '}
        <span className={styles.word}>{stageWords[rollout.stage]}</span>{' '}
        <strong>
          {count(counts.installed)} of {plural(totalOf(rollout), 'pump')}
        </strong>
        {open > 0 && `, ${plural(open, 'straggler')}`}
      </p>
      <p className="muted">
        to {scopeWords(rollout.scope)} · {spellMoment(rollout.created)}
        {rollout.rollsBack !== null && ' · a roll-back'}
      </p>
    </>
  );
}

/** Which version, to whom, and who goes first. */
function Assign() {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [params] = useSearchParams();
  const { busy, away, error, send } = useSending();
  const query = useInfiniteQuery({
    queryKey: ['library', 'published'],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) =>
      http(
        `/drug-libraries?limit=200${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        libraries,
        { signal },
      ),
    getNextPageParam: ({ next }) => next,
  });
  const published = (query.data?.pages ?? [])
    .flatMap(({ items }) => items)
    .flatMap(({ versions }) => versions.filter(({ state }) => state === 'published'));
  const options = published.map(
    ({ library, version }) => [`${library.id} ${version}`, `${library.name}, version ${version}`] as const,
  );
  if (query.data !== undefined && options.length === 0)
    return <p className="muted">No version is published: nothing can go to pumps.</p>;
  if (query.data === undefined) return null;
  const assign = (fields: Fields) =>
    send(async () => {
      const made = await http('/library-assignments', libraryAssignmentDetail, {
        method: 'POST',
        body: requestOf(fields),
      });
      await client.invalidateQueries({ queryKey: ['rollouts'] });
      go(`/library/roll-out/${made.id}`);
    });
  return (
    <Panel title="Assign a published version to pumps">
      <Form submit={(fields) => void assign(fields)}>
        <Choice
          label="Version"
          name="version"
          options={options}
          value={`${params.get('library')} ${params.get('version')}`}
        />
        <Choice
          label="To"
          name="to"
          options={[
            ['fleet', 'the whole fleet'],
            ['careAreas', 'care areas, named beside'],
            ['pumps', 'pumps, named beside'],
          ]}
        />
        <Field label="Care areas or pump ids, with commas" name="names" hint="oncology, inotropes" wide />
        <NumberField label="Canaries first, % of them" name="percent" value={5} hint="empty: all at once" />
        <Field label="or these pumps first" name="canaries" hint="PUMP-0001, PUMP-0002" />
        <NumberField label="A straggler after, h" name="hours" value={24} required />
        <Refusal error={error} what="Nothing was assigned." names={fieldNames} />
        <Buttons>
          <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
            {busy ? 'Assigning…' : 'Assign: the canaries get it first'}
          </button>
        </Buttons>
      </Form>
    </Panel>
  );
}

const fieldNames = {
  'scope.pumps': 'Pumps',
  'scope.careAreas': 'Care areas',
  'canary.pumps': 'Pumps first',
  scope: 'To',
};

function requestOf(fields: Fields) {
  const list = (name: string) =>
    (fields.text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const [library, version] = (fields.text('version') ?? '').split(' ');
  const to = fields.text('to');
  const named = list('canaries');
  const percent = fields.number('percent');
  return {
    library,
    version: Number(version),
    scope: {
      fleet: to === 'fleet',
      careAreas: to === 'careAreas' ? list('names') : [],
      pumps: to === 'pumps' ? list('names') : [],
    },
    canary: named.length > 0 ? { pumps: named } : percent === null ? null : { percent },
    timeOutMin: Math.round((fields.number('hours') ?? 24) * 60),
  };
}
