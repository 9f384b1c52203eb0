import { spawn } from 'node:child_process';
import type { Channel } from './channel.ts';

/**
 * Runs a program for each page, without a shell: the subject is its only argument, the page stands in its environment.
 * @param program path of an executable file
 */
export function commandChannel(program: string, path: string | undefined): Channel {
  return {
    name: 'command',
    send: (page, signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, [page.subject], {
          shell: false,
          signal,
          killSignal: 'SIGKILL',
          stdio: ['ignore', 'ignore', 'pipe'],
          // Nothing of our own environment: it holds secrets.
          env: {
            ...(path === undefined ? {} : { PATH: path }),
            DRIPWATCH_PAGE_ID: page.id,
            DRIPWATCH_KIND: page.kind,
            DRIPWATCH_SINCE: new Date(page.since).toISOString(),
            DRIPWATCH_COMPONENTS: page.components.join(' '),
            DRIPWATCH_SUBJECT: page.subject,
            DRIPWATCH_TEXT: page.text,
          },
        });
        let words = '';
        child.stderr.on('data', (part) => {
          words = (words + part).slice(-300);
        });
        child.once('error', reject);
        child.once('close', (code, end) => {
          if (code === 0) resolve();
          else reject(new Error(`the command ended with ${code ?? end}: ${words.trim()}`));
        });
      }),
  };
}
