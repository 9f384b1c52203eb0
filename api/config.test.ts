import { expect, test } from 'vitest';
import { readApiConfig, readServiceToken } from './config.ts';

const least = { DATABASE_URL: 'postgres://localhost/dripwatch' };

test('only the database has to be named', () => {
  const config = readApiConfig(least);
  expect(config).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', MQTT_URL: 'mqtt://127.0.0.1:1883', DEMO: false });
});

test.each([
  [{}, 'DATABASE_URL: not set'],
  [{ ...least, PORT: '70000' }, 'PORT: got "70000"'],
  [{ ...least, PUBLIC_URL: 'drip.example' }, 'PUBLIC_URL'],
  [{ ...least, PUBLIC_URL: 'http://drip.example' }, 'expected https'],
  [{ ...least, DEMO: '1' }, 'DEMO_PASSWORD: not set'],
  [{ ...least, DEMO: '1', DEMO_PASSWORD: 'short' }, 'DEMO_PASSWORD'],
  [{ ...least, DEMO: 'yes' }, 'DEMO'],
])('%j stops with one line', (env, words) => {
  expect(() => readApiConfig(env)).toThrow(words);
  try {
    readApiConfig(env);
  } catch (error) {
    expect(String(error)).not.toContain('\n');
    expect(String(error)).not.toContain('short');
  }
});

test('a missing token file is named', () => {
  expect(() => readServiceToken({ DATA_DIR: '/nowhere' })).toThrow('/nowhere/secrets.json');
});
