// Used by the containers' health checks: exit code 0 when the given URL answers 2xx.
const url = process.argv[2];
if (url === undefined) throw new Error('usage: health.ts URL');
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) {
    console.error(`${response.status} ${await response.text()}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
