import { demoLibrary } from '#schemas/library/demo-library.ts';
import { libraryVersionName } from '#schemas/library/distributed.ts';
import { indexLibrary, type LibraryIndex } from '#schemas/rules/library-index.ts';

// What a simulated pump comes with: the demo's library in its first version. NOT FOR CLINICAL USE.

const content = demoLibrary();
const index = indexLibrary(content);

/** As the platform calls it, and as programmes name it. */
export const factoryVersion = libraryVersionName(content.name, 1);

export function factoryLibrary(version: string): LibraryIndex | null {
  return version === factoryVersion ? index : null;
}
