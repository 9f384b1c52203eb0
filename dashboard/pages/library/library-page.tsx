import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { checkedVersion, type DrugLibrary, drugLibrary, type LibraryVersion } from '#schemas/http/libraries.ts';
import { page } from '#schemas/http/shapes.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { ImportLibrary } from './import-library.tsx';
import styles from './library.module.css';
import { lastStep, stateWords } from './library-words.ts';

const libraries = page(drugLibrary);

/** Drug libraries and their versions with their states. */
export default function LibraryPage() {
  if (!useMay('read')) return <Denied what="Drug libraries" />;
  return <Libraries />;
}

function Libraries() {
  const { http } = useServices();
  const mayWrite = useMay('library.write');
  const query = useInfiniteQuery({
    queryKey: ['library', 'list'],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === '' ? '' : `?cursor=${encodeURIComponent(pageParam)}`;
      return http(`/drug-libraries${cursor}`, libraries, { signal });
    },
    getNextPageParam: ({ next }) => next,
  });
  if (query.isError) return <Failed what="Drug libraries" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="drug libraries" />;
  const items = query.data.pages.flatMap((one) => one.items);
  return (
    <div className={styles.page}>
      <div>
        <h1>Drug libraries</h1>
        <Link href="/library/roll-out">Roll-out to pumps</Link>
      </div>
      {items.length === 0 && (
        <Empty title="There is no drug library yet">
          <p>Programmes can’t be checked against limits without one.</p>
        </Empty>
      )}
      {items.map((library) => (
        <OneLibrary key={library.id} library={library} mayWrite={mayWrite} />
      ))}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'Older ones'}
        </button>
      )}
      {mayWrite && (
        <details className={styles.more}>
          <summary>Import a library</summary>
          <ImportLibrary path="/drug-libraries/import" />
        </details>
      )}
      {mayWrite && (
        <details className={styles.more}>
          <summary>Begin an empty library</summary>
          <NewLibrary />
        </details>
      )}
    </div>
  );
}

function OneLibrary({ library, mayWrite }: { library: DrugLibrary; mayWrite: boolean }) {
  return (
    <Panel title={library.name}>
      <ul className={styles.list}>
        {library.versions.map((version) => (
          <li key={version.version}>
            <VersionLine version={version} />
          </li>
        ))}
      </ul>
      {mayWrite && <NewDraft library={library} />}
    </Panel>
  );
}

function VersionLine({ version }: { version: LibraryVersion }) {
  const { drugs, careAreas, notice } = version;
  return (
    <>
      <p>
        <Link href={`/library/${version.library.id}/${version.version}`}>Version {version.version}</Link>{' '}
        <span className={styles.word}>{stateWords[version.state]}</span>
        {notice !== null && <strong className={styles.notice}>{notice}</strong>}
      </p>
      <p className="muted">
        {drugs} {drugs === 1 ? 'drug' : 'drugs'} in {careAreas} care {careAreas === 1 ? 'area' : 'areas'} ·{' '}
        {lastStep(version)}
      </p>
    </>
  );
}

function NewDraft({ library }: { library: DrugLibrary }) {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { busy, away, error, send } = useSending();
  const newest = library.versions[0];
  if (newest === undefined) return null;
  const make = () =>
    send(async () => {
      const made = await http(`/drug-libraries/${library.id}/versions`, checkedVersion, { method: 'POST' });
      await client.invalidateQueries({ queryKey: ['library'] });
      go(`/library/${library.id}/${made.version}`);
    });
  return (
    <Buttons>
      <button type="button" aria-disabled={away} disabled={busy} onClick={() => void make()}>
        New draft from version {newest.version}
        <span className="visually-hidden"> of {library.name}</span>
      </button>
      <Refusal error={error} what="The draft was not made." />
    </Buttons>
  );
}

function NewLibrary() {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={(fields) =>
        void send(async () => {
          const body = { name: fields.text('name') };
          const made = await http('/drug-libraries', drugLibrary, { method: 'POST', body });
          await client.invalidateQueries({ queryKey: ['library'] });
          go(`/library/${made.id}/1`);
        })
      }
    >
      <Field label="Name" name="name" required />
      <Refusal error={error} what="The library was not made." />
      <Buttons>
        <button type="submit" aria-disabled={away} disabled={busy}>
          {busy ? 'Making…' : 'Make it: version 1 is an empty draft'}
        </button>
      </Buttons>
    </Form>
  );
}
