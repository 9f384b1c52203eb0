import type { Infusion } from '#schemas/http/shapes.ts';
import { cadenceMs } from '../../pump-age.ts';
import { useNow } from '../../services.tsx';
import { stateWord } from '../../words.ts';

/** What a running infusion's pump said last; greyed as last known once it is older than three cadences. */
export function LastState({ infusion }: { infusion: Infusion }) {
  const now = useNow();
  const old = now === null || now - Date.parse(infusion.lastKnownAt) > 3 * cadenceMs(infusion.state);
  return old ? (
    <span className="muted">last known: {stateWord(infusion.state)}</span>
  ) : (
    <span>{stateWord(infusion.state)}</span>
  );
}
