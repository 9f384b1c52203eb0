import { useQueryClient } from '@tanstack/react-query';
import { checkedVersion, type LibraryVersionDetail } from '#schemas/http/libraries.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';

/** Writes a draft anew; refused where somebody else has changed it since `version` was read. */
export function useSave(version: LibraryVersionDetail) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const path = `/drug-libraries/${version.library.id}/versions/${version.version}`;
  const save = (content: LibraryContent) =>
    send(async () => {
      const body = { revision: version.revision, content };
      await http(path, checkedVersion, { method: 'PUT', body });
      await client.invalidateQueries({ queryKey: ['library'] });
    });
  return { busy, away, error, save };
}
