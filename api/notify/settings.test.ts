import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readApiConfig } from '../config.ts';
import { readVapid } from './vapid.ts';

const base = { DATABASE_URL: 'postgresql://dripwatch@127.0.0.1/dripwatch' };
const sms = { SMS_ACCOUNT_SID: 'AC1', SMS_AUTH_TOKEN: 'a token', SMS_FROM: '+15005550006' };
const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long').toString('base64')}`;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'dripwatch-settings-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test.each<[Record<string, string>, string]>([
  [{ WEBHOOK_URL: 'https://example.org/hook' }, 'WEBHOOK_SECRET: not set; expected the secret'],
  [{ WEBHOOK_URL: 'https://example.org/hook', WEBHOOK_SECRET: 'x' }, 'WEBHOOK_SECRET: got "a value (not shown)"'],
  [
    { WEBHOOK_URL: 'http://example.org/hook', WEBHOOK_SECRET: secret },
    'WEBHOOK_URL: got a value (not shown); expected https',
  ],
  [{ WEBHOOK_URL: 'http://127.0.0.1/hook', WEBHOOK_SECRET: secret }, 'OUTBOUND_ALLOW is loopback or private'],
  [{ VAPID_PUBLIC_KEY: 'short' }, 'VAPID_PUBLIC_KEY: got "a value (not shown)"; expected a P-256 public key'],
  [{ VAPID_PRIVATE_KEY: Buffer.alloc(32, 1).toString('base64url') }, 'VAPID_PUBLIC_KEY: not set'],
  [{ VAPID_SUBJECT: 'somebody' }, 'VAPID_SUBJECT: got "somebody"; expected a mailto: or https: address'],
  [{ SMTP_URL: 'mail.example.org' }, 'SMTP_URL: got "a value (not shown)"; expected a URL'],
  [{ SMS_ACCOUNT_SID: 'AC1' }, 'SMS_AUTH_TOKEN: not set; expected the token of SMS_ACCOUNT_SID'],
  [{ ...sms, SMS_FROM: '070' }, 'SMS_FROM: got "070"; expected a number'],
  [sms, 'PUBLIC_URL: not set; expected the https address at which the gateway of SMS_ACCOUNT_SID'],
  [{ OUTBOUND_ALLOW: 'everything' }, 'OUTBOUND_ALLOW: got "everything"; expected public'],
  [{ SMTP_URL_FILE: '/nowhere' }, 'SMTP_URL_FILE: got "/nowhere"; expected a readable file'],
])('settings %j are refused in one line', (env, line) => {
  expect(() => readApiConfig({ ...base, ...env })).toThrow(line);
});

test('a secret comes from its file unless it is set itself', () => {
  const file = join(folder(), 'token');
  writeFileSync(file, ' of the file\n');
  const env = { ...base, ...sms, PUBLIC_URL: 'https://dripwatch.example' };
  expect(readApiConfig({ ...env, SMS_AUTH_TOKEN: '', SMS_AUTH_TOKEN_FILE: file }).SMS_AUTH_TOKEN).toBe('of the file');
  expect(readApiConfig({ ...env, SMS_AUTH_TOKEN_FILE: file }).SMS_AUTH_TOKEN).toBe('a token');
});

test('keys for web push are made once, kept for nobody else to read, and read again', () => {
  const config = readApiConfig({ ...base, DATA_DIR: join(folder(), 'data') });
  const first = readVapid(config, new URL('https://dripwatch.example/'));
  expect(readVapid(config, new URL('http://127.0.0.1:3000'))).toEqual({
    ...first,
    subject: 'mailto:operator@dripwatch.invalid',
  });
  expect(first.subject).toBe('https://dripwatch.example');
  const file = join(config.DATA_DIR, 'vapid.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{"publicKey":"x"}');
  expect(() => readVapid(config, new URL('https://dripwatch.example'))).toThrow('holds no keys');
  expect(readFileSync(file, 'utf8')).toBe('{"publicKey":"x"}');
});
