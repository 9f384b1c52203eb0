import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';

test('a fleet with nothing else typed runs against the platform beside it', () => {
  expect(readCommandLine(['fleet'])).toMatchObject({
    command: 'fleet',
    options: {
      api: 'http://127.0.0.1:3000',
      user: 'technician@demo.dripwatch',
      seed: 1,
      'alarm-rate': 1,
      journal: 'file',
    },
  });
});

test.each([
  [[], 'what to do? fleet, replay FILE or scenario NAME'],
  [['fly'], 'unknown command "fly"; expected fleet, replay or scenario'],
  [['fleet', 'x'], 'fleet takes no argument; got "x"'],
  [['replay'], 'replay needs a FILE'],
  [['replay', 'a', 'b'], 'unexpected argument "b"'],
  [['scenario'], 'scenario needs a NAME; scenario --list names them'],
  [['fleet', '--pumps', 'many'], '--pumps: got "many"; expected a whole number from 1 to 100000'],
  [['fleet', '--pumps', '0'], '--pumps: got "0"; expected a whole number'],
  [['fleet', '--pumps', '1.5'], '--pumps: got "1.5"; expected a whole number'],
  [['fleet', '--speed', '0'], '--speed: got "0"; expected a number from 1'],
  [['fleet', '--api', 'localhost'], '--api: got "localhost"; expected a URL such as'],
  [['fleet', '--prefix', 'svc-x'], '--prefix: got "svc-x"; expected letters'],
  [['fleet', '--journal', 'tape'], '--journal: got "tape"; expected file or memory'],
  [['fleet', '--frobnicate'], "Unknown option '--frobnicate'"],
])('%j is refused in one line', (args, message) => {
  let thrown: unknown;
  try {
    readCommandLine(args);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: 'Failure', exitCode: 2 });
  expect(String(thrown)).toContain(message);
  expect(String(thrown)).not.toContain('\n');
});
