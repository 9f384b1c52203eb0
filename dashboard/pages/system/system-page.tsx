import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { system } from '#schemas/http/administration.ts';
import { Age } from '../../components/age.tsx';
import { DelayTable } from '../../components/delay-table.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { Scrolled } from '../../components/scrolled.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useServices, useSituation } from '../../services.tsx';
import { count, duration, shortAge } from '../../words.ts';
import styles from './system-page.module.css';

/** A worker names itself `ingest-…` where nobody named it: said once. */
const partName = (name: string) => name.replace(/^ingest ingest-/, 'ingest ');

/** How the platform itself is: its parts, the delays of each hop, who is watching. */
export default function SystemPage() {
  const { http } = useServices();
  const unreadable = useSituation((situation) => situation.unreadable);
  const query = useQuery({
    queryKey: ['system'],
    refetchInterval: 5_000,
    queryFn: ({ signal }) => http('/system', system, { signal }),
  });
  if (query.data === undefined) {
    if (query.isError) return <Failed what="System" error={query.error} retry={() => void query.refetch()} />;
    return <Loading what="system" lines={8} />;
  }
  const { components, delays, screens, database, pathAgeMs, feedHead } = query.data;
  return (
    <div className={styles.page}>
      <h1>System</h1>
      {query.isError && <Failed what="The newest state" error={query.error} retry={() => void query.refetch()} />}
      <Panel title="Parts">
        <Scrolled label="Parts">
          <table>
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">State</th>
                <th scope="col">Heard</th>
              </tr>
            </thead>
            <tbody>
              {components.map((part) => (
                <tr key={part.name}>
                  <td>{partName(part.name)}</td>
                  <td>
                    <strong>{{ up: 'up', down: 'DOWN', unknown: 'not known' }[part.state]}</strong>
                    {part.detail !== null && <span className="muted"> · {part.detail}</span>}
                  </td>
                  <td>{part.ageMs === null ? '–' : `${duration(part.ageMs)} ago`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      </Panel>
      <div className={styles.columns}>
        <Panel title="Path">
          <Facts
            facts={[
              ['Newest record', pathAgeMs === null ? 'none yet' : `${shortAge(pathAgeMs)} ago`],
              ['Alert feed at', count(feedHead)],
              ['Unreadable here', count(unreadable)],
            ]}
          />
        </Panel>
        <Panel title="Database">
          {database === null ? (
            <p>The database does not answer.</p>
          ) : (
            <Facts
              facts={[
                ['TimescaleDB', database.edition],
                ['PostgreSQL', database.version],
                ['Ingest workers', count(database.ingestWorkers)],
                ['Shards owned', `${count(database.shardsOwned)} of 16`],
                ['Pumps', count(database.pumps)],
              ]}
            />
          )}
        </Panel>
        <Panel title={`Screens watching (${screens.length})`}>
          {screens.length === 0 ? (
            <p>Nobody is watching.</p>
          ) : (
            <ul className={styles.screens}>
              {screens.map((screen) => (
                <li key={`${screen.user.id} ${screen.since}`}>
                  {screen.user.name} <span className="muted">{screen.user.role}</span>, since <Age at={screen.since} />
                  {screen.lastReceiptAt === null ? (
                    ' · nothing painted yet'
                  ) : (
                    <Age at={screen.lastReceiptAt} prefix=" · painted " />
                  )}
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Panel title="Delays of alerts, last 24 h">
        {delays === null && <p>Not known while the database is away.</p>}
        {delays !== null && <DelayTable hops={delays} label="Delays" none="No alert in 24 h." />}
        <p>
          <Link href="/reports">Any span, by day, as a file</Link>
        </p>
      </Panel>
    </div>
  );
}
