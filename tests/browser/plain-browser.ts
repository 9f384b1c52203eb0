import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import * as z from 'zod';
import { findChromium } from '../../scripts/testing/chromium.ts';
import { waitFor } from '../support/wait-for.ts';

const answer = z.looseObject({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const evaluated = z.object({ result: z.looseObject({ value: z.unknown().optional() }) });

export interface Tab {
  /** The value of an expression in the page; promises are awaited. */
  evaluate: (expression: string) => Promise<unknown>;
  toFront: () => Promise<void>;
}

/**
 * A Chromium as people run it: a tab behind another one is hidden and its timers are throttled. Playwright keeps every
 * page visible, so this one is spoken to directly. Ends with the running test.
 */
export async function plainBrowser(): Promise<{ open: (url: string) => Promise<Tab> }> {
  const executable = findChromium(process.env);
  if (executable === null) throw new Error('no Chromium: install one or set CHROMIUM_PATH');
  const profile = mkdtempSync(join(tmpdir(), 'dripwatch-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
  ];
  const more = ['--no-first-run', '--disable-component-update', '--disable-sync', '--remote-debugging-port=0'];
  const browser = spawn(executable, [...flags, ...more, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((done) => browser.once('close', () => done()));
  onTestFinished(async () => {
    browser.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const [port, path] = await waitFor(
    () => {
      const lines = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
      return lines.length > 1 ? lines : null;
    },
    { what: 'Chromium’s port', timeoutMs: 20_000 },
  );
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  const waiting = new Map<number, { done: (result: unknown) => void; failed: (error: Error) => void }>();
  socket.on('message', (data) => {
    const { id, result, error } = answer.parse(JSON.parse(data.toString()));
    const asked = id === undefined ? undefined : waiting.get(id);
    if (asked === undefined) return;
    if (error === undefined) asked.done(result);
    else asked.failed(new Error(JSON.stringify(error)));
  });

  let last = 0;
  function ask<T extends z.ZodType>(
    schema: T,
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<z.infer<T>> {
    last += 1;
    const id = last;
    const reply = new Promise<unknown>((done, failed) => waiting.set(id, { done, failed }));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return reply.then((result) => schema.parse(result));
  }

  return {
    async open(url) {
      const { targetId } = await ask(z.object({ targetId: z.string() }), 'Target.createTarget', { url });
      const attach = { targetId, flatten: true };
      const { sessionId } = await ask(z.object({ sessionId: z.string() }), 'Target.attachToTarget', attach);
      return {
        async evaluate(expression) {
          const params = { expression, awaitPromise: true, returnByValue: true };
          return (await ask(evaluated, 'Runtime.evaluate', params, sessionId)).result.value;
        },
        async toFront() {
          await ask(z.unknown(), 'Target.activateTarget', { targetId });
        },
      };
    },
  };
}
