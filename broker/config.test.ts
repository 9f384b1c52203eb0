import { describe, expect, test } from 'vitest';
import { isLoopback, readBrokerConfig } from './config.ts';

const database = { DATABASE_URL: 'postgres://127.0.0.1/dripwatch' };
const tls = { TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' };

test('with a database alone the broker stays on loopback', () => {
  expect(readBrokerConfig(database)).toMatchObject({
    MQTT_PORT: 1883,
    MQTT_HOST: '127.0.0.1',
    MQTTS_PORT: 8883,
    HOST: '127.0.0.1',
    BROKER_HTTP_PORT: 3001,
    DATA_DIR: '.data',
  });
});

describe('plain MQTT beyond loopback', () => {
  const beyond = { ...database, MQTT_HOST: '0.0.0.0' };
  test('is refused in one line that names the variable', () => {
    expect(() => readBrokerConfig(beyond)).toThrow(
      /^MQTT_HOST: got "0\.0\.0\.0"; expected a loopback address, or TLS_CERT/,
    );
  });
  test('is allowed when asked for', () => {
    expect(readBrokerConfig({ ...beyond, MQTT_PLAIN: 'allow' }).MQTT_HOST).toBe('0.0.0.0');
  });
  test('is not meant when there is TLS', () => {
    expect(readBrokerConfig({ ...beyond, ...tls }).MQTT_PLAIN).toBe('loopback');
  });
});

test.each([
  [{}, /^DATABASE_URL: not set/],
  [{ ...database, MQTT_PORT: '65536' }, /^MQTT_PORT: got "65536"; expected a port number/],
  [{ ...database, MQTT_PLAIN: 'yes' }, /^MQTT_PLAIN: got "yes"; expected allow/],
  [{ ...database, TLS_CERT: 'cert.pem' }, /^TLS_KEY: not set; expected the path of the key/],
  [{ ...database, TLS_KEY: 'key.pem' }, /^TLS_CERT: not set; expected the path of the certificate/],
  [{ ...database, TLS_CA: 'ca.pem' }, /^TLS_CERT: not set/],
  [{ ...database, LOG_LEVEL: 'loud' }, /^LOG_LEVEL: got "loud"; expected one of/],
])('%j stops with a line about it', (env, line) => {
  expect(() => readBrokerConfig(env)).toThrow(line);
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
  ['127.example.org', false],
])('%s is loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
