import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type HandOverPage, handOverDetail, people } from '#schemas/http/hand-over.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Choice, type Fields, Form, LongText, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plain, plural } from '../../words.ts';
import { takenFrom } from './taken.ts';

/** The outgoing person names the next one and writes what no list says. */
export function OfferForm({ page }: { page: HandOverPage }) {
  const { http, session } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const query = useQuery({
    queryKey: ['hand-overs', 'people'],
    staleTime: 60_000,
    queryFn: ({ signal }) => http('/hand-overs/people', people, { signal }),
  });
  const others = (query.data?.items ?? []).filter(({ id }) => id !== session.user.id);
  const { alerts, followUps } = takenFrom(page, session.user.id);

  async function offer(fields: Fields): Promise<void> {
    const body = {
      ...{ to: fields.text('to'), note: fields.text('note') },
      ...{ shiftFrom: page.from, shiftTo: page.until },
    };
    await send(() => http('/hand-overs', handOverDetail, { method: 'POST', body }));
    await client.invalidateQueries({ queryKey: ['hand-overs'] });
  }

  return (
    <div data-screen-only>
      <Panel title="Hand over">
        <p>
          You have {plural(alerts.length, 'alert')} and {plural(followUps.length, 'follow-up')}. They stay yours until
          the next person signs.
        </p>
        <Form submit={(fields) => void offer(fields)}>
          <Choice
            label="To"
            name="to"
            options={[['', 'choose'], ...others.map(({ id, name, role }) => [id, `${name}, ${plain(role)}`] as const)]}
          />
          <LongText label="What the next person has to know" name="note" />
          <Refusal error={error} what="Not handed over." names={{ to: 'To' }} />
          <Buttons>
            <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
              {busy ? 'Sending…' : 'Hand over: ask for the signature'}
            </button>
          </Buttons>
        </Form>
      </Panel>
    </div>
  );
}
