import { checkedVersion } from '#schemas/http/libraries.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { type Person, shape } from './api.ts';

/** A library with as many published versions as asked for. @returns its id */
export async function publishedLibrary(
  author: Person,
  approver: Person,
  name: string,
  versions = 1,
  content: LibraryContent = demoLibrary(),
): Promise<string> {
  const made = shape(checkedVersion, await author.post('/drug-libraries/import', { ...content, name }));
  const path = `/drug-libraries/${made.library.id}`;
  for (let version = 1; version <= versions; version += 1) {
    if (version > 1) shape(checkedVersion, await author.post(`${path}/versions`));
    await author.post(`${path}/versions/${version}/submit`);
    await approver.post(`${path}/versions/${version}/approve`);
    shape(checkedVersion, await author.post(`${path}/versions/${version}/publish`));
  }
  return made.library.id;
}
