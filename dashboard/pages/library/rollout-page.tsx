import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import {
  assignmentPump,
  type LibraryAssignmentDetail,
  libraryAssignmentDetail,
} from '#schemas/http/library-assignments.ts';
import { page } from '#schemas/http/shapes.ts';
import { Age } from '../../components/age.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { count, plural } from '../../words.ts';
import styles from './library.module.css';
import { spellMoment } from './library-words.ts';
import { progressWords, reasonOf, scopeWords, stageWords, totalOf } from './rollout-words.ts';

const pumps = page(assignmentPump);

/** One roll-out: how many pumps have it, who does not and why, and what the next step would do to how many. */
export default function RolloutPage({ id }: { id: string }) {
  if (!useMay('read')) return <Denied what="This roll-out" />;
  return <OneRollout id={id} />;
}

function OneRollout({ id }: { id: string }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['rollouts', id],
    refetchInterval: 2_000,
    queryFn: ({ signal }) => http(`/library-assignments/${id}`, libraryAssignmentDetail, { signal }),
  });
  const mayAssign = useMay('fleet.write');
  if (query.isError) return <Failed what="This roll-out" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the roll-out" />;
  const rollout = query.data;
  return (
    <div className={styles.page}>
      <div>
        <Link href="/library/roll-out">All roll-outs</Link>
        <h1>
          {rollout.library.name}, version {rollout.version}
        </h1>
        <p>
          <span className={styles.word}>{stageWords[rollout.stage]}</span> to {scopeWords(rollout.scope)} ·{' '}
          {spellMoment(rollout.created)}
        </p>
      </div>
      <Progress rollout={rollout} />
      {mayAssign && rollout.stage !== 'rolled-back' && <NextSteps rollout={rollout} />}
      <NotYet id={id} />
      <Panel title="About it">
        <Facts
          facts={[
            ['Pumps call it', rollout.versionName],
            ['Size', `${count(rollout.bytes)} bytes in ${plural(rollout.parts, 'part')}`],
            ['Canaries', count(rollout.canaries)],
            ['A straggler after', plural(Math.round(rollout.timeOutMin / 6) / 10, 'hour')],
            ['On to everybody', rollout.wentOn && spellMoment(rollout.wentOn)],
            ['Rolled back', rollout.rolledBack && `${spellMoment(rollout.rolledBack)}: ${rollout.rolledBack.reason}`],
            ['Note', rollout.note],
          ]}
        />
      </Panel>
    </div>
  );
}

function Progress({ rollout }: { rollout: LibraryAssignmentDetail }) {
  const { counts } = rollout;
  const total = totalOf(rollout);
  return (
    <Panel title="Progress">
      <p className={styles.figure}>
        <strong>{count(counts.installed)}</strong> of {plural(total, 'pump')} have it
      </p>
      <progress
        className={styles.bar}
        max={Math.max(1, total)}
        value={counts.installed}
        aria-label="Pumps that have it"
      />
      <ul className={styles.counts}>
        {progressWords
          .filter(([key]) => counts[key] > 0)
          .map(([key, words]) => (
            <li key={key}>
              <strong>{count(counts[key])}</strong> {words}
            </li>
          ))}
        {rollout.notYet > 0 && (
          <li>
            <strong>{count(rollout.notYet)}</strong> not given yet
          </li>
        )}
      </ul>
    </Panel>
  );
}

function NextSteps({ rollout }: { rollout: LibraryAssignmentDetail }) {
  const { http } = useServices();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { busy, away, error, send } = useSending();
  const take = async (step: 'go-on' | 'roll-back', body?: object) => {
    const path = `/library-assignments/${rollout.id}/${step}`;
    const went = await send(() => http(path, libraryAssignmentDetail, { method: 'POST', body }));
    await client.invalidateQueries({ queryKey: ['rollouts'] });
    if (went) setAsking(false);
  };
  const { counts } = rollout;
  const back = rollout.rollBack.filter(({ obstacle }) => obstacle === null);
  const kept = rollout.rollBack.filter(({ obstacle }) => obstacle !== null);
  return (
    <Panel title="Next steps">
      {rollout.stage === 'canary' && (
        <>
          <p>
            Going on offers it to {plural(rollout.notYet, 'more pump')}
            {rollout.notYetHaveIt > 0 && `, of which ${count(rollout.notYetHaveIt)} have it already`}.{' '}
            {count(counts.installed)} of {plural(rollout.canaries, 'canary', 'canaries')}{' '}
            {counts.installed === 1 ? 'has' : 'have'} it. Each pump installs it between infusions only.
          </p>
          <Buttons>
            <button
              type="button"
              data-kind="main"
              aria-disabled={away}
              disabled={busy || rollout.notYet === 0}
              onClick={() => void take('go-on')}
            >
              Go on to {plural(rollout.notYet, 'pump')}
            </button>
          </Buttons>
        </>
      )}
      {back.map(({ versionName, pumps: many }) => (
        <p key={versionName}>
          Rolling back offers {versionName} to {plural(many, 'pump')} again.
        </p>
      ))}
      {kept.map(({ versionName, pumps: many, obstacle }) => (
        <p key={versionName ?? ''} className="muted">
          {plural(many, 'pump')} can’t be rolled back: {obstacle}.
        </p>
      ))}
      {back.length > 0 && (
        <Buttons>
          <button type="button" aria-expanded={asking} disabled={busy} onClick={() => setAsking(!asking)}>
            Roll back{' '}
            {plural(
              back.reduce((sum, { pumps: many }) => sum + many, 0),
              'pump',
            )}
          </button>
        </Buttons>
      )}
      {asking && (
        <Form submit={(fields) => void take('roll-back', { reason: fields.text('reason') ?? '' })}>
          <Field label="Reason" name="reason" required wide />
          <Buttons>
            <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
              {busy ? 'Rolling back…' : 'Roll back now'}
            </button>
          </Buttons>
        </Form>
      )}
      <Refusal error={error} what="Nothing was changed." />
    </Panel>
  );
}

/** Everybody without it, with the reason and since when it is so. */
function NotYet({ id }: { id: string }) {
  const { http } = useServices();
  const query = useInfiniteQuery({
    queryKey: ['rollouts', id, 'open'],
    initialPageParam: '',
    refetchInterval: 5_000,
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      return http(`/library-assignments/${id}/pumps?progress=open${cursor}`, pumps, { signal });
    },
    getNextPageParam: ({ next }) => next,
  });
  if (query.isError) return <Failed what="Pumps without it" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="pumps without it" />;
  const items = query.data.pages.flatMap((one) => one.items);
  return (
    <Panel title="Pumps without it">
      {items.length === 0 && <Empty title="Every pump that was given it has it" />}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className={styles.wide} aria-label="Pumps without it" tabIndex={0}>
          <table className={styles.pumps}>
            <thead>
              <tr>
                <th scope="col">Pump</th>
                <th scope="col">Where it is</th>
                <th scope="col">Why</th>
                <th scope="col">Since</th>
                <th scope="col">Has now</th>
                <th scope="col">Last contact</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.pump}>
                  <td>
                    <Link href={`/pumps/${encodeURIComponent(row.pump)}`}>{row.pump}</Link>
                    {row.canary && ' (canary)'}
                  </td>
                  <td>
                    {row.progress === 'straggler' ? `straggler, ${row.step}` : row.progress}
                    {row.step === 'transferring' && `, ${row.partsConfirmed} of ${plural(row.parts, 'part')}`}
                  </td>
                  <td>{reasonOf(row)}</td>
                  <td>{row.reason?.since ? <Age at={row.reason.since} /> : '–'}</td>
                  <td>{row.installed ?? '–'}</td>
                  <td>{row.lastContactAt ? <Age at={row.lastContactAt} /> : 'never'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'More'}
        </button>
      )}
    </Panel>
  );
}
