import { useCallback, useState } from 'react';
import * as z from 'zod';
import type { AnswerKind } from '#schemas/rules/permitted-answers.ts';
import { RequestError } from '../../http.ts';
import { type NotRecordedNow, useRecording } from '../../outage.ts';
import { useServices } from '../../services.tsx';

export type Answering = {
  busy: AnswerKind | null;
  /** Nothing can be recorded now. */
  away: boolean;
  /** At a press that only opens a form: true where it could not be sent, which is said. */
  refuse: () => boolean;
  /** What went wrong, in words. */
  problem: string | null;
  /** When this viewer accepted (monotonic clock), for taking it back within 5 s. */
  acceptedAt: number | null;
  answer: (kind: AnswerKind, body?: object) => Promise<boolean>;
};

/** Sends one person's answers to one alert. What changed comes back over the live feed, to every screen alike. */
export function useAnswer(id: string): Answering {
  const { http } = useServices();
  const [busy, setBusy] = useState<AnswerKind | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [acceptedAt, setAcceptedAt] = useState<number | null>(null);
  const { away, refused, refuse } = useRecording();

  const answer = useCallback(
    async (kind: AnswerKind, body: object = {}) => {
      if (refuse()) return false;
      setBusy(kind);
      setProblem(null);
      try {
        await http(`/alerts/${encodeURIComponent(id)}/${kind}`, z.unknown(), { method: 'POST', body });
        setAcceptedAt(kind === 'accept' ? performance.now() : null);
        return true;
      } catch (error) {
        setProblem(inWords(kind, error));
        return false;
      } finally {
        setBusy(null);
      }
    },
    [http, id, refuse],
  );
  return { busy, away, refuse, problem: refused === null ? problem : inPerson(refused), acceptedAt, answer };
}

export type AnsweringAll = {
  busy: boolean;
  away: boolean;
  problem: string | null;
  acceptAll: (ids: readonly string[]) => Promise<void>;
};

/** Takes several alerts that stand before the viewer, one after the other; what did not go through is said for each. */
export function useAnswerAll(): AnsweringAll {
  const { http } = useServices();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { away, refused, refuse } = useRecording();
  const acceptAll = useCallback(
    async (ids: readonly string[]) => {
      if (refuse()) return;
      setBusy(true);
      setProblem(null);
      const failed = new Set<string>();
      for (const id of ids) {
        try {
          await http(`/alerts/${encodeURIComponent(id)}/accept`, z.unknown(), { method: 'POST', body: {} });
        } catch (error) {
          failed.add(inWords('accept', error));
        }
      }
      setProblem(failed.size === 0 ? null : [...failed].join(' '));
      setBusy(false);
    },
    [http, refuse],
  );
  return { busy, away, problem: refused === null ? problem : inPerson(refused), acceptAll };
}

/** What is left to do while nothing can be recorded. */
const inPerson = (refused: NotRecordedNow): string => `${refused.message} Tell the others by phone.`;

function inWords(kind: AnswerKind, error: unknown): string {
  if (!(error instanceof RequestError)) return 'This did not go through. Try again.';
  if (error.status === 409 && error.problem?.owner) return `${error.problem.owner.name} has it already.`;
  if (error.status === 409) return error.problem?.detail ?? 'Somebody else was first.';
  if (error.status === 503 || error.status === 0) {
    const what = kind === 'accept' ? 'Your acceptance is not recorded' : 'This is not recorded';
    return `${what}: ${error.message} Tell the others by phone, then try again.`;
  }
  return error.message;
}
