import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { type LibraryVersionDetail, libraryDiff } from '#schemas/http/libraries.ts';
import { Panel } from '../../components/facts.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';
import { plural } from '../../words.ts';
import styles from './library.module.css';

/** What this version changes against another one, property by property. */
export function Changes({ version, others }: { version: LibraryVersionDetail; others: readonly number[] }) {
  const { http } = useServices();
  const [params, setParams] = useSearchParams();
  const asked = others.find((one) => String(one) === params.get('against'));
  const against =
    asked ?? others.find((one) => one === version.basedOn) ?? others.find((one) => one < version.version) ?? others[0];
  const path = `/drug-libraries/${version.library.id}/versions/${version.version}/diff?against=${against}`;
  const query = useQuery({
    queryKey: ['library', version.library.id, 'diff', version.version, version.revision, against],
    enabled: against !== undefined,
    queryFn: ({ signal }) => http(path, libraryDiff, { signal }),
  });
  if (against === undefined) return null;
  return (
    <Panel title="What it changes">
      <label>
        Against version{' '}
        <select
          value={against}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setParams((now) => {
              now.set('against', value);
              return now;
            });
          }}
        >
          {others.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
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
