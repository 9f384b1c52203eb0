import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const maxBytes = 10_000_000;
const keptFiles = 3;

/** A log file that is set aside when it is full: name.log, name.log.1 … name.log.3. */
export function openLogFile(file: string): (text: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return (text) => {
    if (size > maxBytes) {
      for (let number = keptFiles - 1; number >= 0; number -= 1) {
        const from = number === 0 ? file : `${file}.${number}`;
        if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${file}.${number + 1}`);
      }
      size = 0;
    }
    appendFileSync(file, text, { mode: 0o600 });
    size += Buffer.byteLength(text);
  };
}
