import { type FormEvent, useState } from 'react';
import type * as z from 'zod';
import { useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';

type Given<T> = {
  /** As it is now. */
  given: T;
  /** Below which address it stands, by its id. */
  under: string;
  schema: z.ZodType<T>;
  onClose: () => void;
  /** It was sent and may be another one now, taken or refused. */
  onSent: () => Promise<void>;
};

/** A policy or a schedule, changed as a whole; somebody else's change in between is refused by its version. */
export function useWholeChange<T extends { id: string; name: string; version: number }>(all: Given<T>) {
  const { http } = useServices();
  // As it was when the form was opened: read anew meanwhile, a change of somebody else would be overwritten unseen.
  const [held] = useState(all.given);
  const { busy, away, error, send } = useSending();

  /** @param changed what of it is another one now */
  async function submit(event: FormEvent, changed: Partial<T>): Promise<void> {
    event.preventDefault();
    const body = { name: held.name, version: held.version, ...changed };
    const path = `${all.under}/${encodeURIComponent(held.id)}`;
    if (await send(() => http(path, all.schema, { method: 'PUT', body }))) all.onClose();
    await all.onSent();
  }

  return { held, busy, away, error, submit };
}
