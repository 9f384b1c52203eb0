import { createServer } from 'node:net';

/** Binds a port for a moment; the port, or null when somebody else has it. Port 0 gives a free one. */
async function tryPort(port: number, host: string): Promise<number | null> {
  const server = createServer();
  const bound = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, host, () => resolve(true));
  });
  if (!bound) return null;
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address === null || typeof address === 'string' ? null : address.port;
}

/**
 * Makes sure that a port can be used before anything starts.
 *
 * @param name the variable that sets it, for the message
 * @param port 0 for any free port
 * @throws Error with one line for a person
 */
export async function claimPort(name: string, port: number, host: string): Promise<number> {
  let free: number | null;
  try {
    free = await tryPort(port, host);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}: port ${port} of ${host} cannot be used (${reason})`);
  }
  if (free === null) throw new Error(`Port ${port} is taken by another program: set ${name} to another one.`);
  return free;
}

/**
 * A port that nobody needs to know: the set one, else the usual one, else any free one.
 *
 * @param set what the variable says; undefined where it is not set
 * @throws Error with one line for a person, when the set one is taken
 */
export async function claimSpare(name: string, set: number | undefined, usual: number, host: string): Promise<number> {
  if (set !== undefined) return await claimPort(name, set, host);
  return (await tryPort(usual, host)) ?? (await claimPort(name, 0, host));
}
