import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { checkedRuleSet, type RuleSetInForce, ruleSetInForce, ruleSetVersion } from '#schemas/http/rule-sets.ts';
import { page } from '#schemas/http/shapes.ts';
import { diffRuleSets } from '#schemas/rules/rule-set-diff.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from '../library/library.module.css';
import { lastStep, stateWords } from '../library/library-words.ts';

const versions = page(ruleSetVersion);

/** Which thresholds hold, where they differ from the defaults, and the versions that they came in. */
export default function RulesPage() {
  if (!useMay('read')) return <Denied what="Rules" />;
  return <Rules />;
}

function Rules() {
  const { http } = useServices();
  const mayWrite = useMay('rules.write');
  const holds = useQuery({
    queryKey: ['rules', 'in-force'],
    queryFn: ({ signal }) => http('/rule-sets/in-force', ruleSetInForce, { signal }),
  });
  const list = useQuery({
    queryKey: ['rules', 'list'],
    queryFn: ({ signal }) => http('/rule-sets?limit=100', versions, { signal }),
  });
  if (holds.isError) return <Failed what="The rules" error={holds.error} retry={() => void holds.refetch()} />;
  if (list.isError) return <Failed what="Rule sets" error={list.error} retry={() => void list.refetch()} />;
  if (holds.data === undefined || list.data === undefined) return <Loading what="the rules" />;
  return (
    <div className={styles.page}>
      <h1>Rules</h1>
      <InForce holds={holds.data} />
      <Panel title="Versions">
        {list.data.items.length === 0 && <p>There is none yet: the defaults hold everywhere.</p>}
        <ul className={styles.list}>
          {list.data.items.map((one) => (
            <li key={one.version}>
              <p>
                <Link href={`/rules/${one.version}`}>Version {one.version}</Link>{' '}
                <span className={styles.word}>{one.inForce ? 'in force' : stateWords[one.state]}</span> {one.reason}
              </p>
              <p className="muted">
                {lastStep(one)} · to be reviewed by {one.reviewDate}
              </p>
            </li>
          ))}
        </ul>
        {mayWrite && <NewDraft from={holds.data.version} />}
      </Panel>
    </div>
  );
}

/** What differs from the defaults, level by level: the rest is the catalogue's. */
function InForce({ holds: { version, content, publishedAt } }: { holds: RuleSetInForce }) {
  if (content === null || version === null) {
    return (
      <Panel title="In force: the defaults">
        <p>No rule set is published. Every rule uses its default thresholds in every care area.</p>
      </Panel>
    );
  }
  const changes = diffRuleSets(null, content);
  return (
    <Panel title={`In force: version ${version}`}>
      <p>
        {content.reason}
        {publishedAt !== null && ` · since ${dayAndTime(Date.parse(publishedAt))}`} · to be reviewed by{' '}
        {content.reviewDate}
      </p>
      {changes.length === 0 && <p>Nothing differs from the defaults.</p>}
      <ul className={styles.list}>
        {changes.map(({ words }) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </Panel>
  );
}

function NewDraft({ from }: { from: number | null }) {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { busy, away, error, send } = useSending();
  return (
    <details className={styles.more}>
      <summary>New draft {from === null ? 'from the defaults' : `from version ${from}`}</summary>
      <Form
        submit={(fields) =>
          void send(async () => {
            const reviewDate = fields.text('reviewDate');
            const body = { reason: fields.text('reason'), ...(reviewDate === null ? {} : { reviewDate }) };
            const made = await http('/rule-sets', checkedRuleSet, { method: 'POST', body });
            await client.invalidateQueries({ queryKey: ['rules'] });
            go(`/rules/${made.version}`);
          })
        }
      >
        <Field label="Why this version" name="reason" required wide />
        <Field label="To be reviewed by (empty: in a year)" name="reviewDate" type="date" />
        <Refusal error={error} what="The draft was not made." />
        <Buttons>
          <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
            {busy ? 'Making…' : 'Make the draft'}
          </button>
        </Buttons>
      </Form>
    </details>
  );
}
