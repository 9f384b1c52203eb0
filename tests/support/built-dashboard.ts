import { resolve } from 'node:path';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';

/** Builds the dashboard before any test file: two that build it at once would take it away from each other. */
export default async function setUpDashboard(): Promise<void> {
  await buildDashboard(resolve(import.meta.dirname, '../..'), () => {}, new AbortController().signal);
}
