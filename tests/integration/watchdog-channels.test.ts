import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Channel } from '../../watchdog/channels/channel.ts';
import { commandChannel } from '../../watchdog/channels/command.ts';
import { emailChannel } from '../../watchdog/channels/email.ts';
import { webhookChannel } from '../../watchdog/channels/webhook.ts';
import { readWatchdogConfig } from '../../watchdog/config.ts';
import { createNotifier } from '../../watchdog/notifier.ts';
import { writePage } from '../../watchdog/page.ts';
import type { PageCause } from '../../watchdog/watch-state.ts';
import { smtpServerForThisTest } from '../support/smtp-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { webhookReceiverForThisTest } from '../support/webhook-receiver.ts';

const what: PageCause['what'] = [{ component: 'ingest', problem: 'does not answer ($(touch /tmp/x); `id` "\'\n)' }];
const page = (kind: PageCause['kind'] = 'failing') => writePage({ kind, since: Date.now() - 30_000, what }, Date.now());

/** A notifier that retries quickly, and the lines that it logs. */
function notifierOf(...channels: Channel[]) {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const counts: string[] = [];
  const notifier = createNotifier(channels, {
    log,
    now: Date.now,
    counted: (name, outcome) => counts.push(`${name} ${outcome}`),
    pauseMs: { first: 20, longest: 50 },
  });
  onTestFinished(notifier.close);
  return { notifier, lines, counts };
}

test('a webhook is signed so that the library verifies it, and tells what stopped and since when', async () => {
  const receiver = await webhookReceiverForThisTest();
  const { notifier } = notifierOf(webhookChannel(receiver.url, receiver.secret));
  const sent = page();
  notifier.page(sent);
  await waitFor(() => receiver.hooks.length === 1, { what: 'the webhook' });
  expect(receiver.hooks[0]).toMatchObject({
    id: sent.id,
    type: 'watchdog.failing',
    data: { alert: 'canary-late', components: ['ingest'], findings: what, since: new Date(sent.since).toISOString() },
  });
});

test('a webhook with another secret is refused by the receiver', async () => {
  const receiver = await webhookReceiverForThisTest();
  const other = `whsec_${Buffer.from('another secret, also 32 bytes lo').toString('base64')}`;
  const channel = webhookChannel(receiver.url, other);
  await expect(channel.send(page(), new AbortController().signal)).rejects.toThrow('400');
  expect(receiver.hooks).toEqual([]);
});

test('a channel that fails is tried again with the same id, in order, said in the log, while the other delivers at once', async () => {
  const receiver = await webhookReceiverForThisTest();
  const smtp = await smtpServerForThisTest();
  receiver.refuse(3);
  const { notifier, lines, counts } = notifierOf(
    webhookChannel(receiver.url, receiver.secret),
    emailChannel(smtp.url, 'oncall@example.org'),
  );
  const [first, second] = [page(), page('recovered')];
  notifier.page(first);
  notifier.page(second);
  await waitFor(() => receiver.hooks.length === 2 && smtp.mails.length === 2, { what: 'both pages on both channels' });
  expect(receiver.refused).toEqual([first.id, first.id, first.id]);
  expect(receiver.hooks.map(({ id }) => id)).toEqual([first.id, second.id]);
  expect(lines.filter((line) => line.includes('webhook took no page; it is tried again'))).toHaveLength(3);
  expect(counts.filter((count) => count === 'webhook failed')).toHaveLength(3);
});

test('a mail server gets sender, every addressee, subject and text; a refusal for now is tried again', async () => {
  const smtp = await smtpServerForThisTest();
  smtp.refuse(2);
  const { notifier } = notifierOf(emailChannel(smtp.url, 'oncall@example.org, second@example.org'));
  const sent = page();
  notifier.page(sent);
  const [mail] = await waitFor(() => (smtp.mails.length === 1 ? smtp.mails : null), { what: 'the mail' });
  expect(mail).toMatchObject({ from: 'oncall@example.org', to: ['oncall@example.org', 'second@example.org'] });
  expect(mail?.content).toContain('Subject: Dripwatch FAILING: ingest');
  expect(mail?.content).toContain(`Message-ID: <${sent.id}@dripwatch.invalid>`);
  expect(mail?.content).toContain('Pumps may be unwatched.');
});

test('a command gets the page as argument and environment, without a shell and without our secrets', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-command-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [program, out] = [join(dir, 'page me'), join(dir, 'out')];
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > '${out}.1'\nenv >> '${out}.1'\nmv '${out}.1' '${out}'\n`,
  );
  chmodSync(program, 0o700);
  const { notifier } = notifierOf(commandChannel(program, process.env.PATH));
  const sent = page();
  notifier.page(sent);
  const text = await waitFor(() => (existsSync(out) ? readFileSync(out, 'utf8') : null), { what: 'the command ran' });
  expect(text.startsWith(`1\n${sent.subject}\n`)).toBe(true);
  expect(text).toContain('DRIPWATCH_KIND=failing\n');
  expect(text).toContain(what[0]?.problem);
  const names = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  const own = /^(PATH|PWD|OLDPWD|SHLVL|_|DRIPWATCH_.*)$/;
  expect(names.filter((name) => !own.test(name ?? ''))).toEqual([]);
});

test('a command that fails or does not exist is a failed channel, and hurts nothing else', async () => {
  const { signal } = new AbortController();
  await expect(commandChannel('/bin/false', undefined).send(page(), signal)).rejects.toThrow('ended with 1');
  await expect(commandChannel('/no/such/program', undefined).send(page(), signal)).rejects.toThrow('ENOENT');
});

test.each([
  [{ WEBHOOK_URL: 'https://example.org/hook' }, 'WEBHOOK_SECRET: not set; expected the secret'],
  [{ WEBHOOK_URL: 'example.org', WEBHOOK_SECRET: '' }, 'WEBHOOK_URL: got "a value (not shown)"; expected a URL'],
  [{ WATCHDOG_EMAIL: 'oncall@example.org' }, 'SMTP_URL: not set; expected the mail server'],
  [{ WATCHDOG_EMAIL: 'somebody', SMTP_URL: 'smtp://localhost' }, 'WATCHDOG_EMAIL: got "somebody"; expected e-mail'],
])('settings %j are refused in one line', (env, line) => {
  expect(() => readWatchdogConfig(env)).toThrow(line);
});
